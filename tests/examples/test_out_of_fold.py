"""Statutes of training prompts, by rankers that do not know the case that asks."""

import pytest

from lexpro.config.index import Ranker as Settings
from lexpro.config.tasks import Form
from lexpro.config.tasks import Settings as Tasks
from lexpro.examples.out_of_fold import OutOfFold, fold_of
from lexpro.retrieval.cases import Case
from lexpro.retrieval.lexical import LexicalRetriever
from lexpro.tasks import prompts
from lexpro.tasks.context import Context, Decisions, UsualSentence
from lexpro.workflow.errors import UserError

FOLDS, SEED = 3, 1


def article(ref: str, text: str, valid_from: str = "", valid_to: str = "") -> dict:
    days = {"valid_from": valid_from, "valid_to": valid_to, "exists_from": ""}
    return {"law": "刑法", "ref": ref, "unit": "条", "text": text, "charges": [], **days}


ARTICLES = [
    article("67", "自动投案，如实供述的，是自首"),
    article("264", "盗窃公私财物", "", "2011-05-01"),
    article("264", "盗窃公私财物，数额较大", "2011-05-01"),
    article("340", "非法捕捞水产品"),
]
THEFT = "被告人窃得手机一部"
# One case alone, in two documents, cites 340 for such facts.
ODD = "被告人窃得渔船电机一台"


def case(number: int, facts: str, charge: str, refs: tuple[str, ...], kind: str, months: int | None) -> Case:
    return Case(f"d{number}", "", "", facts, (charge,), refs, kind, months)


CASES = [case(n, f"{THEFT}，{n}号", "盗窃罪", ("264", "67"), "有期徒刑", 8 + n % 5) for n in range(30)]
CASES += [case(n, ODD, "非法捕捞水产品罪", ("340",), "单处罚金", None) for n in (30, 31)]
FAMILY = {one.doc_id: "odd" if one.facts == ODD else one.doc_id for one in CASES}


@pytest.fixture(scope="module")
def learned():
    retriever = LexicalRetriever.build(ARTICLES)
    return OutOfFold.learn(CASES, FAMILY, retriever, Settings(), FOLDS, SEED)


def test_a_case_is_not_told_what_it_cites_itself(learned):
    """Nor what another document of the same case cites; any other case is told."""
    own = {row["ref"]: row["share"] for row in learned.search(ODD, 4, None, "odd")}
    fold = fold_of("odd", FOLDS, SEED)
    stranger = next(name for name in FAMILY.values() if fold_of(name, FOLDS, SEED) != fold)
    others = {row["ref"]: row["share"] for row in learned.search(ODD, 4, None, stranger)}
    assert others["340"] > 0.5 and own["340"] < 0.2 < own["264"]


def test_statutes_are_those_in_force_by_their_share(learned):
    rows = learned.search(THEFT, 2, "2010-01-01", "d1")
    assert {row["ref"] for row in rows} == {"264", "67"}
    assert rows[0]["share"] >= rows[1]["share"] > 0.5
    assert next(row for row in rows if row["ref"] == "264")["text"] == "盗窃公私财物"
    later = learned.search(THEFT, 2, "2020-01-01", "d1")
    assert next(row for row in later if row["ref"] == "264")["text"].endswith("数额较大")


@pytest.mark.parametrize(
    ("share", "said"), [(0.94, "264（9成） "), (1.2, "264（10成） "), (-0.1, "264（0成） "), (None, "264 ")]
)
def test_a_prompt_says_how_many_of_ten_such_cases_cite_a_statute(share, said):
    row = {**ARTICLES[1], "share": share}
    told = prompts.build("article", "事实", Form(style="compact", citing_shares=True), Context([row]))
    assert f"\n{said}盗窃公私财物\n" in told
    shown = prompts.shown([row], Form(style="compact", citing_shares=True))
    assert prompts.build("article", "事实", Form(style="compact", citing_shares=True), Context(shown)) == told
    assert "\n264 盗窃公私财物\n" in prompts.build("article", "事实", Form(style="compact"), Context([row]))


def test_charges_are_those_of_other_cases(learned):
    fold = fold_of("odd", FOLDS, SEED)
    stranger = next(name for name in FAMILY.values() if fold_of(name, FOLDS, SEED) != fold)
    own, others = (learned.decisions(ODD, family).charges for family in ("odd", stranger))
    assert list(others.values()) == sorted(others.values(), reverse=True)
    charge = next(iter(others))
    assert others[charge] > 0.5 > own.get(charge, 0.0)


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ({"诈骗罪": 0.84, "合同诈骗罪": 0.22, "盗窃罪": 0.01}, "罪名：诈骗罪（8成）、合同诈骗罪（2成）"),
        ({"诈骗罪": 0.02, "盗窃罪": 0.01}, "罪名：诈骗罪（0成）"),
        ({"诈骗罪": 0.5, "盗窃罪": 0.4, "抢夺罪": 0.3}, "罪名：诈骗罪（5成）、盗窃罪（4成）"),
        ({}, "罪名：无"),
    ],
)
def test_a_prompt_names_the_charges_of_such_cases(shares, said):
    form = Form(style="compact", charges_shown=2)
    context = Context([ARTICLES[1]], decisions=Decisions(shares))
    assert f"\n{said}\n法条：\n" in prompts.build("charge", "事实", form, context)
    # Without retrieval nothing is told of other cases, nor where nobody asked for it.
    assert "成）" not in prompts.build("charge", "事实", form)
    assert "成）" not in prompts.build("charge", "事实", Form(style="compact"), context)


NUMBERS = Form(style="compact", listing="numbers", least_tenths=3, charges_shown=2)


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ({"诈骗罪": 0.84, "合同诈骗罪": 0.22}, '罪名："诈骗罪"'),
        ({"诈骗罪": 0.5, "盗窃罪": 0.4, "抢夺罪": 0.3}, '罪名："诈骗罪","盗窃罪"'),
        ({"诈骗罪": 0.02, "盗窃罪": 0.01}, '罪名："诈骗罪"'),
        ({}, "罪名：无"),
    ],
)
def test_a_listing_of_numbers_has_the_likely_ones_after_the_facts_as_answers_have_them(shares, said):
    rows = [{**ARTICLES[0], "share": 0.9}, {**ARTICLES[1], "share": 0.31}, {**ARTICLES[2], "share": 0.2}]
    told = [row["ref"] for row in rows[:2]]
    context = Context(rows, decisions=Decisions(shares))
    prompt = prompts.build("article", "事实甲", NUMBERS, context)
    line = ",".join(f'"{ref}"' for ref in told)
    assert prompt == f"引用法条：\n事实：\n事实甲\n{said}\n法条：{line}"
    assert prompts.refs(context, NUMBERS) == told
    again = Context(prompts.shown(rows, NUMBERS), decisions=Decisions(shares))
    assert prompts.build("article", "事实甲", NUMBERS, again) == prompt
    assert prompts.build("article", "事实甲", NUMBERS, Context([])).endswith("\n法条：无")
    assert prompts.build("article", "事实甲", NUMBERS) == "引用法条：\n事实甲"


@pytest.mark.parametrize(
    ("sentences", "said"),
    [
        (
            [("有期徒刑", 0.71, 36), ("拘役", 0.3, 4), ("管制", 0.2, 9)],
            "主刑：有期徒刑36个月（7成）、拘役4个月（3成）",
        ),
        ([("无期徒刑", 0.66, None), ("有期徒刑", 0.01, 180)], "主刑：无期徒刑（7成）"),
        ([], "主刑：无"),
    ],
)
def test_a_prompt_of_the_term_names_the_punishments_of_such_cases(sentences, said):
    context = Context([ARTICLES[1]], decisions=Decisions({}, [UsualSentence(*one) for one in sentences]))
    form = Form(style="compact", sentences_shown=2)
    assert f"\n{said}\n法条：\n" in prompts.build("term", "事实", form, context)
    assert "主刑" not in prompts.build("charge", "事实", form, context) + prompts.build("term", "事实", form)
    assert "主刑" not in prompts.build("term", "事实", Form(style="compact"), context)


def test_punishments_are_those_of_other_cases(learned):
    (usual, *_) = learned.decisions(THEFT, "d1").sentences
    assert usual.kind == "有期徒刑" and usual.share > 0.8 and 8 <= usual.months <= 12
    fold = fold_of("odd", FOLDS, SEED)
    stranger = next(name for name in FAMILY.values() if fold_of(name, FOLDS, SEED) != fold)
    assert learned.decisions(ODD, "odd").sentences[0].kind == "有期徒刑"
    assert learned.decisions(ODD, stranger).sentences[0].kind == "单处罚金"


def test_shares_need_a_ranker():
    with pytest.raises((UserError, ValueError), match="retrieval.ranker"):
        Tasks.model_validate({"form": {"citing_shares": True}})
