"""ask.py: the citations of an answer are checked, and what the user gets wrong is said."""

import json

import pytest

import ask
from lexpro.files import write_json
from lexpro.retrieval import cite


def row(ref, begin="1997-10-01", end="", exists="", law="刑法"):
    return {"law": law, "ref": ref, "unit": "条", "valid_from": begin, "valid_to": end, "exists_from": exists}


ROWS = [
    row("264"),
    row("67", "2011-05-01", exists="1997-10-01"),
    row("133之2", "2021-03-01", exists="2021-03-01"),
    row("199", "1997-10-01", "2015-11-01"),
]


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
        (("刑事诉讼法", "15"), {"264"}, None, cite.FINE),
    ],
)
def test_citations_are_checked(cited, shown, date, verdict):
    (found,) = cite.check([cited], ROWS, shown, date)
    assert (found.law, found.ref, found.verdict) == (*cited, verdict)


@pytest.mark.parametrize(
    "text", ["《中华人民共和国刑法》第二百六十四条", "刑法第264条", "第２６４条", "依照第二百六十四条第一款"]
)
def test_an_article_is_found_in_any_numeral_form(text):
    assert cite.cited_in(text) == [("刑法", "264")]


def test_citations_of_a_completion_are_those_of_answer_and_reasoning():
    completion = '<think>依照第六十七条从轻。</think>{"法条":["264","133之1"]}'
    assert ask.citations("article", completion) == [("刑法", "264"), ("刑法", "133之1"), ("刑法", "67")]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "either as text or with --facts"),
        (["甲", "--facts", "x.txt"], "either as text or with --facts"),
        (["--facts", "missing.txt"], "missing.txt"),
        (["--facts", "latin.txt"], "UTF-8"),
        ([" "], "the facts are empty"),
        (["甲"], "Run the experiment first"),
    ],
)
def test_what_the_user_gets_wrong_is_said(arguments, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "latin.txt").write_bytes("被告人".encode("gb18030"))
    with pytest.raises(SystemExit) as stopped:
        ask.main(arguments)
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err


def test_an_experiment_without_retrieval_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_json(tmp_path / "results/experiments/demo/summary.json", {"stages": {"predict": {}}})
    with pytest.raises(SystemExit):
        ask.main(["甲", "--variant", "sft"])
    assert "no run of variant sft with retrieval" in capsys.readouterr().err


class Found:
    """Stands in for an opened index."""

    def __init__(self, folder):
        assert str(folder) == "results/index/k"

    def articles(self, facts, k, date):
        return [{"ref": "264", "law": "刑法", "text": "盗窃", "valid_from": "2011-05-01"}][:k]

    def cases(self, facts, k):
        case = {
            "doc_id": "d1",
            "charges": ["盗窃罪"],
            "sentence": "拘役",
            "months": 2,
            "refs": ["264"],
            "facts": "窃得",
        }
        return [case][:k]

    def close(self):
        pass


def test_answer_with_checked_citations(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    plan = {"inputs": {"index": "results/index/k", "knowledge": "results/knowledge/k"}}
    summary = {"stages": {"predict": {"grpo": {"rag": {"key": "p"}}}}}
    write_json(tmp_path / "results/experiments/demo/summary.json", summary)
    (tmp_path / "results/.plan/predict/p").mkdir(parents=True)
    (tmp_path / "results/.plan/predict/p/config.yaml").write_text(json.dumps(plan))
    monkeypatch.setattr(ask, "Searcher", Found)
    monkeypatch.setattr(ask, "answer", lambda *_: '<think></think>{"法条":["264","67","999"]}')
    monkeypatch.setattr(ask.table, "read", lambda _: ROWS)
    ask.main(["被告人窃得手机"])
    said = capsys.readouterr().out
    assert "刑法 264（2011-05-01起）" in said and "d1  盗窃罪  拘役 2个月" in said
    assert "刑法 264: ok" in said and "刑法 67: not shown" in said and "刑法 999: does not exist" in said
