// The page of the experts: one pair at a time. The same script works with a server (window.API) and
// in a folder that was carried to a machine without one (window.SHEET). Texts are set as text, never
// as markup.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const CHOICE_KEYS = { 1: "left", 2: "right", 3: "tie", t: "tie", 0: "tie", 4: "bad", b: "bad" };
  const REASONS = ["材料不完整或无法辨认", "超出本人专业范围", "认识案件或当事人，需要回避", "两份答案无法比较"];
  let state = null;
  let busy = false;
  let since = 0;
  let spent = 0;

  const memory = {
    get(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
    set(key, value) {
      try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; }
    },
    drop(key) { try { localStorage.removeItem(key); } catch { /* nothing is kept */ } },
  };

  // --- where ratings go: a server, or this browser

  function served(api) {
    async function call(path, body) {
      const wanted = body === undefined ? {} : {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
      };
      const answer = await fetch(api + path, { ...wanted, credentials: "same-origin" });
      if (answer.status === 401) throw new NotSignedIn();
      if (!answer.ok) {
        const told = await answer.json().catch(() => ({}));
        throw new Error(told.error || `服务器没有保存（${answer.status}）`);
      }
      return answer.json();
    }
    return {
      state: () => call("state"),
      rate: (rating) => call("ratings", rating),
      undo: () => call("undo", {}),
      enter: (token) => call("session", { token }),
      save: () => location.assign(api + "ratings.csv"),
    };
  }

  function carried(sheet) {
    const seat = `lexpro-seat:${sheet.id}`;
    const log = () => `lexpro-ratings:${sheet.id}:${memory.get(seat)}`;
    const given = () => memory.get(log()) || [];
    function told(previous) {
      const expert = memory.get(seat);
      if (!expert) throw new NotSignedIn();
      const own = sheet.showings.filter((one) => one.expert === expert);
      const rated = new Set(given().map((one) => one.showing));
      const next = own.find((one) => !rated.has(one.id));
      return {
        sheet: sheet.id, expert, done: rated.size, total: own.length, undoable: rated.size > 0,
        rubric: sheet.rubric, rule: sheet.rule, previous: previous || null,
        task: next ? {
          id: next.id, ...sheet.questions[next.question],
          left: sheet.answers[next.left], right: sheet.answers[next.right],
        } : null,
      };
    }
    return {
      async state() { return told(); },
      async rate(rating) {
        const row = { sheet: sheet.id, expert: memory.get(seat), ...rating, at: new Date().toISOString() };
        if (!memory.set(log(), [...given(), row])) throw new Error("浏览器不允许保存，请导出后换一个浏览器");
        return told();
      },
      async undo() {
        const kept = given();
        const last = kept.pop();
        memory.set(log(), kept);
        return told(last);
      },
      async sit(expert) { memory.set(seat, expert); return told(); },
      save() {
        const lines = given().map((one) => JSON.stringify(one) + "\n").join("");
        const link = document.createElement("a");
        link.href = URL.createObjectURL(new Blob([lines], { type: "application/jsonl" }));
        link.download = `ratings-${sheet.id}-${memory.get(seat)}.jsonl`;
        link.click();
      },
      seats: sheet.experts,
    };
  }

  class NotSignedIn extends Error {}
  const place = window.SHEET ? carried(window.SHEET) : served(window.API || "api/");

  // --- time in view

  const draftKey = () => `lexpro-draft:${state.sheet}:${state.expert}:${state.task.id}`;
  function seconds() {
    return spent + (since && document.visibilityState === "visible" ? (performance.now() - since) / 1000 : 0);
  }
  function hold() { spent = seconds(); since = document.visibilityState === "visible" ? performance.now() : 0; }
  function keepDraft() {
    if (!state || !state.task) return;
    hold();
    memory.set(draftKey(), { seconds: spent, comment: byId("comment").value, marks: marks() });
  }
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      spent += since ? (performance.now() - since) / 1000 : 0;
      since = 0;
      if (state && state.task) memory.set(draftKey(), { seconds: spent, comment: byId("comment").value, marks: marks() });
    } else since = performance.now();
  });
  window.addEventListener("pagehide", keepDraft);
  setInterval(() => {
    if (!state || !state.task) return;
    const now = Math.floor(seconds());
    byId("clock").textContent = `${Math.floor(now / 60)}:${String(now % 60).padStart(2, "0")}`;
  }, 1000);

  // --- marks

  function marks() {
    const found = {};
    for (const input of document.querySelectorAll("#dimensions input:checked")) found[input.name] = Number(input.value);
    return found;
  }
  function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }
  function drawRubric(rubric) {
    const box = byId("dimensions");
    if (box.childElementCount) return;
    for (const dimension of rubric) {
      const set = element("fieldset");
      const legend = element("legend", dimension.name);
      legend.append(element("small", dimension.asks));
      const rows = element("div", "", { class: "marks" });
      for (const [side, name] of [["left", "甲"], ["right", "乙"]]) {
        const row = element("div", "", { role: "radiogroup", "aria-label": `${dimension.name}：${name}` });
        row.append(element("b", name));
        for (const [mark, meaning] of Object.entries(dimension.anchors)) {
          const label = element("label", "", { title: meaning });
          const input = element("input", "", { type: "radio", name: `${side}_${dimension.key}`, value: mark });
          input.addEventListener("change", keepDraft);
          label.append(input, mark);
          row.append(label);
        }
        rows.append(row);
      }
      const anchors = element("ol", "", { class: "anchors" });
      for (const meaning of Object.values(dimension.anchors)) anchors.append(element("li", meaning));
      set.append(legend, rows, anchors);
      box.append(set);
    }
  }

  // --- what is shown

  function fill(side, answer) {
    const box = byId(`${side}-text`);
    box.textContent = answer.text || "（没有答案）";
    box.classList.toggle("none", !answer.text);
    const thought = byId(`${side}-thought`);
    thought.textContent = answer.thought || "";
    thought.parentElement.hidden = !answer.thought;
    thought.parentElement.open = false;
  }
  function show(next) {
    state = next;
    const { task, done, total, previous } = state;
    say("");
    byId("enter").hidden = true;
    byId("progress").hidden = false;
    byId("bar").max = total || 1;
    byId("bar").value = done;
    byId("count").textContent = `${done} / ${total}`;
    byId("undo").disabled = !state.undoable;
    byId("task").hidden = byId("choices").hidden = !task;
    byId("done").hidden = Boolean(task);
    byId("clock").hidden = !task;
    drawRubric(state.rubric);
    byId("rule").textContent =
      `排除规则（评测前已确定）：对照题通过率低于 ${state.rule.min_controls}、重复题一致率低于 ${state.rule.min_repeats}` +
      `（各至少 ${state.rule.at_least} 题），或每题用时中位数少于 ${state.rule.min_seconds} 秒的，不计入结果。`;
    if (!task) {
      byId("thanks").textContent = window.SHEET
        ? "请点“导出”，把文件交回。" : "结果已经保存，可以关闭本页。需要修改的，请撤销。";
      byId("done").querySelector("h2").focus?.();
      return;
    }
    const draft = previous && previous.showing === task.id ? previous : memory.get(draftKey());
    byId("title").textContent = task.title;
    byId("document").textContent = task.document;
    byId("material").scrollTop = 0;
    fill("left", task.left);
    fill("right", task.right);
    byId("comment").value = (draft && draft.comment) || "";
    for (const input of document.querySelectorAll("#dimensions input")) {
      input.checked = Boolean(draft && draft.marks && draft.marks[input.name] === Number(input.value));
    }
    spent = (draft && draft.seconds) || 0;
    since = document.visibilityState === "visible" ? performance.now() : 0;
    window.scrollTo(0, 0);
    byId("answers").focus({ preventScroll: true });
  }
  function say(text) { byId("status").textContent = text; }
  function askWho() {
    byId("enter").hidden = false;
    byId("task").hidden = byId("choices").hidden = byId("done").hidden = true;
    if (!place.seats) { byId("token").focus(); return; }
    byId("token-form").hidden = true;
    const seats = byId("seats");
    seats.hidden = false;
    while (seats.querySelector("button")) seats.querySelector("button").remove();
    for (let number = 1; number <= place.seats; number += 1) {
      const button = element("button", `专家 ${number}`, { type: "button", class: "main" });
      button.addEventListener("click", () => attempt(() => place.sit(number)));
      seats.append(button);
    }
  }
  async function attempt(work) {
    if (busy) return;
    busy = true;
    document.body.setAttribute("aria-busy", "true");
    try { show(await work()); } catch (error) {
      if (error instanceof NotSignedIn) askWho();
      else say(error instanceof TypeError ? "连接不上服务器，本题尚未保存，请稍后再按一次" : error.message);
    } finally {
      busy = false;
      document.body.removeAttribute("aria-busy");
    }
  }

  // --- what an expert does

  function rate(choice, reason = "") {
    if (!state || !state.task || busy) return;
    const draft = draftKey();
    const rating = {
      showing: state.task.id, choice, reason, comment: byId("comment").value.trim(),
      marks: choice === "skip" ? {} : marks(), seconds: Math.round(seconds() * 10) / 10,
    };
    attempt(async () => {
      const next = await place.rate(rating);
      memory.drop(draft);
      return next;
    });
  }
  const undo = () => state && state.undoable && attempt(() => place.undo());
  const askWhy = () => state && state.task && byId("why").showModal();

  for (const button of document.querySelectorAll("[data-choice]")) {
    button.addEventListener("click", () => rate(button.dataset.choice));
  }
  byId("undo").addEventListener("click", undo);
  byId("save").addEventListener("click", () => place.save());
  byId("skip").addEventListener("click", askWhy);
  byId("stay").addEventListener("click", () => byId("why").close());
  byId("help").addEventListener("click", () => byId("guide").showModal());
  byId("close").addEventListener("click", () => byId("guide").close());
  byId("comment").addEventListener("input", keepDraft);
  for (const [number, reason] of REASONS.entries()) {
    const label = element("label");
    label.append(element("input", "", { type: "radio", name: "why", value: reason, id: `why-${number}` }), ` ${reason}`);
    byId("reasons").append(label);
  }
  byId("why-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = document.querySelector("#reasons input:checked");
    const reason = byId("reason").value.trim() || (chosen ? chosen.value : "");
    if (!reason) { byId("reason").focus(); return; }
    byId("why").close();
    byId("why-form").reset();
    rate("skip", reason);
  });
  byId("token-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const token = byId("token").value.trim();
    byId("token").value = "";
    attempt(() => place.enter(token));
  });

  const shortcuts = byId("shortcuts");
  shortcuts.checked = memory.get("lexpro-shortcuts") !== false;
  shortcuts.addEventListener("change", () => memory.set("lexpro-shortcuts", shortcuts.checked));
  byId("why").addEventListener("keydown", (event) => {
    // Behind S a number takes a reason, Enter sends it.
    const wanted = byId(`why-${Number(event.key) - 1}`);
    if (!wanted || !shortcuts.checked || event.target.matches("#reason") || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    wanted.checked = true;
    wanted.focus();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("textarea, input:not([type=radio]):not([type=checkbox])");
    if (event.key === "Escape" && typing) event.target.blur();
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (!shortcuts.checked || document.querySelector("dialog[open]") || event.repeat) return;
    const key = event.key.toLowerCase();
    const act = {
      u: undo, s: askWhy, "?": () => byId("guide").showModal(), c: () => byId("comment").focus(),
      r: () => { byId("rubric").open = !byId("rubric").open; },
    }[key] || (CHOICE_KEYS[key] && (() => rate(CHOICE_KEYS[key])));
    if (!act || event.target.matches("input[type=radio]") && /^[0-9]$/.test(key)) return;
    event.preventDefault();
    act();
  });

  // A link may carry the token behind #, which is sent to no server and stands in no log.
  function begin() {
    const token = new URLSearchParams(location.hash.slice(1)).get("token");
    if (token && place.enter) {
      history.replaceState(null, "", location.pathname);
      attempt(() => place.enter(token));
    } else attempt(() => place.state());
  }
  // A link that is opened where the page stands already loads nothing anew.
  window.addEventListener("hashchange", begin);
  begin();
})();
