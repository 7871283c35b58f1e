"""`lexpro ask`: the citations of an answer are checked, and what the user gets wrong is said."""

import json

import pytest
from sample_judgments import plain_form

from lexpro.cli import ask_case
from lexpro.cli.main import main
from lexpro.retrieval import cite
from lexpro.tasks.context import Context, Decisions
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import write_json


def row(ref, begin="1997-10-01", end="", exists="", law="刑法"):
    return {"law": law, "ref": ref, "unit": "条", "valid_from": begin, "valid_to": end, "exists_from": exists}


ROWS = [
    row("264"),
    row("67", "2011-05-01", exists="1997-10-01"),
    row("133之2", "2021-03-01", exists="2021-03-01"),
    row("199", "1997-10-01", "2015-11-01"),
    row("3", law="样本法"),
    {**row("17", "1997-10-01", "2021-03-01"), "complete": False},
    row("17", "2021-03-01"),
]


def test_a_law_is_known_by_any_of_its_names():
    for name in ("中华人民共和国样本法", "《样本法》", "《中华人民共和国样本法》"):
        assert cite.check([(name, "3")], ROWS) == [cite.Checked("样本法", "3", cite.FINE)]


@pytest.mark.parametrize(
    ("cited", "shown", "date", "verdict"),
    [
        (("刑法", "264"), {"264"}, None, cite.FINE),
        (("刑法", "264"), {"67"}, None, cite.NOT_SHOWN),
        (("刑法", "264"), None, None, cite.FINE),
        (("刑法", "999"), {"264"}, None, cite.MISSING),
        (("刑法", "199"), {"264"}, None, cite.NOT_IN_FORCE),
        (("刑法", "199"), {"199"}, "2010-01-01", cite.FINE),
        (("刑法", "133之2"), {"133之2"}, "2020-01-01", cite.NOT_IN_FORCE),
        (("刑法", "67"), {"67"}, "2000-01-01", cite.FINE),
        # A law that the table does not hold cannot be judged.
        (("刑事诉讼法", "15"), {"264"}, None, cite.UNKNOWN),
        # What was shown may be of any law: then (law, ref).
        (("样本法", "3"), {"264"}, None, cite.NOT_SHOWN),
        (("样本法", "3"), {("样本法", "3")}, None, cite.FINE),
        (("样本法", "4"), None, None, cite.MISSING),
        # A version whose text is not known exists all the same.
        (("刑法", "17"), None, "2005-01-01", cite.FINE),
        (("刑法", "17"), None, "1990-01-01", cite.NOT_IN_FORCE),
    ],
)
def test_citations_are_checked(cited, shown, date, verdict):
    (found,) = cite.check([cited], ROWS, shown, date)
    assert (found.law, found.ref, found.verdict) == (*cited, verdict)


@pytest.mark.parametrize(
    "text",
    [
        "《中华人民共和国刑法》第二百六十四条",
        "刑法第264条",
        "第２６４条",
        "依照第二百六十四条第一款",
        "第贰佰陆拾肆条",
        "第二六四条",
        "刑法264条",
    ],
)
def test_an_article_is_found_in_any_numeral_form(text):
    assert cite.cited_in(text) == [("刑法", "264")]


@pytest.mark.parametrize("text", ["第264条之一", "第二百六十四条之一", "第２６４条之１", "第264之1条"])
def test_an_inserted_article_that_does_not_exist_is_marked(text):
    (found,) = cite.check(cite.cited_in(text), ROWS)
    assert (found.ref, found.verdict) == ("264之1", cite.MISSING)


def test_a_law_is_taken_by_any_of_its_names():
    assert (
        ask_case.indexed_law("《中华人民共和国刑法》", ROWS) == "刑法"
        and ask_case.indexed_law(None, ROWS) is None
    )
    with pytest.raises(UserError, match="none of that name"):
        ask_case.indexed_law("民法", ROWS)


def test_a_summary_that_cannot_be_read_is_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results/experiments/demo").mkdir(parents=True)
    (tmp_path / "results/experiments/demo/summary.json").write_text("{")
    with pytest.raises(UserError, match="cannot be read"):
        ask_case.predictions("demo", "grpo")


def test_citations_of_a_completion_are_those_of_answer_and_reasoning():
    completion = '<think>依照第六十七条从轻。</think>{"法条":["264","133之1"]}'
    assert ask_case.citations("article", completion) == [("刑法", "264"), ("刑法", "133之1"), ("刑法", "67")]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "either as text or with --facts"),
        (["甲", "--facts", "x.txt"], "either as text or with --facts"),
        (["--facts", "missing.txt"], "--facts missing.txt: there is no such file."),
        (["--facts", "latin.txt/x"], "--facts latin.txt/x: cannot be read: Not a directory."),
        (["--facts", "latin.txt"], "--facts latin.txt: is no UTF-8 text (byte 0: "),
        ([" "], "the facts are empty"),
        (["甲"], "experiment demo has not run here"),
        (["甲", "--experiment", "nope"], "There are: demo, smoke"),
        (["甲", "--date", "2020-13-01"], "not a day as"),
        (["甲", "--province", "湖"], "none of 北京、"),
        (["甲", "-k", "0"], "-k must be 1 or more"),
        (["甲", "--charge", "盗窃车"], "no crime of the Criminal Law"),
        (["", "--experiment", "demo"], "the facts are empty"),
        (["--facts", "."], "--facts .: is a folder"),
    ],
)
def test_what_the_user_gets_wrong_is_said(arguments, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("demo", "smoke"):
        (tmp_path / "config/experiment").mkdir(parents=True, exist_ok=True)
        (tmp_path / f"config/experiment/{name}.yaml").touch()
    (tmp_path / "latin.txt").write_bytes("被告人".encode("gb18030"))
    with pytest.raises(SystemExit) as stopped:
        main(["ask", *arguments])
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err


def test_an_experiment_without_retrieval_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_json(tmp_path / "results/experiments/demo/summary.json", {"stages": {"predict": {}}})
    with pytest.raises(SystemExit):
        main(["ask", "甲", "--variant", "sft"])
    assert "no run of variant sft with retrieval" in capsys.readouterr().err


@pytest.mark.slow
def test_an_experiment_whose_plan_or_model_is_gone_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    summary = {"stages": {"predict": {"grpo": {"rag": {"key": "p"}}}}}
    write_json(tmp_path / "results/experiments/demo/summary.json", summary)
    with pytest.raises(SystemExit):
        main(["ask", "甲"])
    assert "config.yaml is gone" in capsys.readouterr().err
    plan = {"settings": {}, "inputs": {"model": "results/grpo/k"}}
    with pytest.raises(UserError, match="results/grpo/k/model is not there"):
        ask_case.answer(plan, "article", "甲", Context([]))


class Found:
    """Stands in for an opened index."""

    article_rows = ROWS

    def __init__(self, folder):
        assert str(folder) == "results/index/k"

    def articles(self, facts, k, date, law, named):
        path = "第二编 分则 / 第五章 侵犯财产罪"
        article = {
            "ref": "133之1",
            "law": "刑法",
            "text": "醉酒" * 60,
            "valid_from": "2011-05-01",
            "heading": path,
        }
        return [article, {**article, "ref": "264", "text": "盗窃", "valid_from": ""}][:k]

    def court_citations(self, facts, court, most):
        assert most == 10
        return {"甲法院": ["264", "52"], "乙法院": []}.get(court)

    def charges(self, facts):
        return [("盗窃罪", 0.75), ("诈骗罪", 0.25)]

    def decisions(self, facts):
        return Decisions({"盗窃罪": 0.9, "诈骗罪": 0.3})

    def cases(self, facts, k, scope):
        case = {"doc_id": "d1", "charges": ["盗窃罪"], "sentence": "拘役", "months": 2, "refs": ["264"]}
        why = {"charges": ["盗窃罪"], "amounts": [4000.0, 3000.0], "terms": ["窃得"]}
        case |= {"province": scope.province, "date": "2020-01-02", "facts": "窃得", "why": why}
        return [case, {**case, "doc_id": "d2", "why": {}}][:k]

    def close(self):
        pass


@pytest.fixture
def finished(tmp_path, monkeypatch):
    """A folder with an experiment that has run, its index a stand-in."""
    monkeypatch.chdir(tmp_path)
    plan = {"inputs": {"index": "results/index/k", "tasks": "results/tasks/k"}}
    stages = {"predict": {"grpo": {"rag": {"key": "p"}}}}
    summary = {"stages": stages, "corpus": {"synthetic": True}}
    write_json(tmp_path / "results/experiments/demo/summary.json", summary)
    write_json(tmp_path / "results/tasks/k/form.json", plain_form(court_cases=10).model_dump())
    (tmp_path / "results/.plan/predict/p").mkdir(parents=True)
    (tmp_path / "results/.plan/predict/p/config.yaml").write_text(json.dumps(plan))
    monkeypatch.setattr(ask_case, "Searcher", Found)
    return tmp_path


@pytest.mark.parametrize(
    ("court", "said", "told"),
    [
        ("甲法院", "264、52", ["264", "52"]),
        ("乙法院", "没有多数案件共引的法条", []),
        ("丙法院", "训练案件中没有这个法院，或者太少", None),
        (None, None, None),
    ],
)
def test_what_the_court_usually_cites_is_shown_and_told_the_model(
    court, said, told, finished, monkeypatch, capsys
):
    given = []

    def answer(plan, task, facts, context):
        assert context.decisions.charges == {"盗窃罪": 0.9, "诈骗罪": 0.3}
        given.append(context.court_citations)
        return '<think></think>{"法条":[]}', []

    monkeypatch.setattr(ask_case, "answer", answer)
    main(["ask", "被告人窃得手机", *(["--court", court] if court else [])])
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("【本院多引】")]
    assert given == [told] and lines == ([f"【本院多引】{court}：{said}"] if court else [])


def test_models_that_were_not_shown_what_courts_cite_are_not_told(finished, capsys):
    write_json(finished / "results/tasks/k/form.json", plain_form().model_dump())
    with pytest.raises(SystemExit):
        main(["ask", "被告人窃得手机", "--court", "甲法院"])
    assert "models of demo were not shown" in capsys.readouterr().err


@pytest.mark.parametrize("given", ["text", "file"])
def test_answer_with_checked_citations(given, finished, monkeypatch, capsys):
    tmp_path = finished
    said = '<think>甲盗窃，刑事诉讼法第十五条</think>{"法条":["264","67","999","199"]}'
    monkeypatch.setattr(ask_case, "answer", lambda *_: (said, ["264"]))
    (tmp_path / "f.txt").write_text("被告人窃得手机", encoding="utf-8")
    main(["ask", *(["被告人窃得手机"] if given == "text" else ["--facts", "f.txt"]), "--province", "湖北"])
    lines = capsys.readouterr().out.splitlines()
    assert "  1. 刑法 第133条之1（2011-05-01起）  第二编 分则 / 第五章 侵犯财产罪" in lines
    # The article is there whole, in lines that fit.
    assert "".join(map(str.strip, lines)).count("醉酒") == 60 and max(map(len, lines)) <= 100
    assert "【罪名】类案所判：盗窃罪 75%、诈骗罪 25%" in lines
    assert "  1. 湖北  2020-01-02  盗窃罪  拘役2个月  法条 264  [d1]" in lines
    assert "     相似之处：罪名 盗窃罪；金额相近 4,000元 与 3,000元；用语 窃得" in lines
    assert "     相似之处：事实整体相近" in lines and "  推理：甲盗窃，刑事诉讼法第十五条" in lines
    verdicts = [line.partition(": ")[2] for line in lines[lines.index("【引用核对】") + 1 :]]
    unknown = "知识库没有这部法律，没有核对"
    assert verdicts == ["有效", "有效，但没有提供给模型", "不存在", "当日不生效", unknown]
