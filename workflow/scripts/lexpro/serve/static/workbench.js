// 办案工作台: what a page does without the server. No framework; nothing is evaluated or built from text.
"use strict";

const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// Elements and their places, both ways.
function light(key, from) {
  all(".on").forEach((one) => one.classList.remove("on"));
  const marks = all("mark[data-keys]").filter((one) => one.dataset.keys.split(" ").includes(key));
  const rows = all("[data-key]").filter((one) => one.dataset.key === key);
  [...marks, ...rows].forEach((one) => one.classList.add("on"));
  const target = from === "row" ? marks[0] : rows[0];
  if (!target) return;
  const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  const pane = target.closest(".source");
  if (pane && getComputedStyle(pane).position === "sticky") {
    // Only the pane moves: the row that was pressed stays where it is.
    const down = target.getBoundingClientRect().top - pane.getBoundingClientRect().top;
    pane.scrollTo({ top: pane.scrollTop + down - pane.clientHeight / 2, behavior });
  } else {
    target.scrollIntoView({ block: "center", behavior });
  }
}

function press(element, act) {
  element.addEventListener("click", act);
  element.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); act(event); }
  });
}

all("tr[data-key], li[data-key]").forEach((row) => press(row, () => light(row.dataset.key, "row")));
all("mark[data-keys]").forEach((mark) => press(mark, () => {
  // Several elements may share a place: each press shows the next.
  const keys = mark.dataset.keys.split(" ").reverse();
  const next = (keys.indexOf(mark.dataset.shown) + 1) % keys.length;
  mark.dataset.shown = keys[next];
  light(keys[next], "mark");
}));

async function copied(button, text) {
  const label = button.textContent;
  try { await navigator.clipboard.writeText(text); button.textContent = "已复制"; }
  catch { button.textContent = "浏览器不让复制，请手动选择"; }
  setTimeout(() => { button.textContent = label; }, 1500);
}
all(".copy-address").forEach((button) => button.addEventListener("click", () => copied(button, location.href)));
all(".copy-from").forEach((button) => button.addEventListener("click", async () => {
  const answer = await fetch(button.dataset.from);
  // The mark that Excel needs at the beginning of a file is no part of what is pasted.
  copied(button, (await answer.text()).replace(/^\uFEFF/, ""));
}));
all(".print").forEach((button) => button.addEventListener("click", () => window.print()));

// What was pasted comes back after the server was restarted: it stays in this tab of the browser only.
const DRAFT = "lexpro-draft";
const intake = document.getElementById("intake");
if (intake) {
  const text = document.getElementById("text");
  if (!text.value) text.value = sessionStorage.getItem(DRAFT) || "";
  intake.addEventListener("submit", () => {
    try { sessionStorage.setItem(DRAFT, text.value); } catch { /* too long for the browser to keep */ }
    intake.querySelector("button.primary").disabled = true;
  });
  window.addEventListener("pageshow", () => { intake.querySelector("button.primary").disabled = false; });
}
all(".restore").forEach((button) => {
  const kept = sessionStorage.getItem(DRAFT);
  if (!kept || !location.pathname.startsWith("/d/")) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const form = new FormData();
    form.append("text", kept);
    const there = location.pathname + location.search;
    const answer = await fetch("/documents", { method: "POST", body: form });
    const id = (path) => path.split("/")[2];
    location.assign(id(new URL(answer.url).pathname) === id(there) ? there : answer.url);
  });
});
all("form[action$='/delete']").forEach((form) => form.addEventListener("submit", () => sessionStorage.removeItem(DRAFT)));

// An answer as it is written.
const answer = document.querySelector("#answer[data-events]");
if (answer) {
  const part = (id) => document.getElementById(id);
  const stream = part("stream");
  const source = new EventSource(answer.dataset.events);
  const words = { waiting: (e) => `前面还有 ${e.ahead} 个问题`, loading: () => "第一次提问要载入模型", writing: (e) => `已写 ${e.tokens} 个词元` };
  source.onmessage = (event) => {
    const said = JSON.parse(event.data);
    // After a broken connection the server begins again at what was seen last.
    stream.textContent = stream.textContent.slice(0, said.at - said.piece.length) + said.piece;
    part("state").textContent = said.label;
    part("progress-words").textContent = `${(words[said.state] || (() => ""))(said)}　${said.seconds} 秒`;
    if (said.limit) { part("progress").max = said.limit; part("progress").value = Math.min(said.tokens, said.limit); }
    if (["done", "stopped", "failed"].includes(said.state)) { source.close(); location.reload(); }
  };
  source.onerror = () => { part("progress-words").textContent = "连接断了，正在重新连接。如果程序已经停止，请重新启动后再问。"; };
  part("stop").addEventListener("click", () => {
    part("stop").disabled = true;
    fetch(answer.dataset.stop, { method: "POST" });
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") part("stop").click(); });
}
