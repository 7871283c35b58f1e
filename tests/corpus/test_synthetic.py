"""The synthetic corpus: deterministic, lawful, and true to what it says of itself."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations

import corpora
import pytest

from lexpro.config.corpus import Synthetic
from lexpro.corpus.synthetic import generate
from lexpro.corpus.synthetic.words import chinese, chinese_term, words
from lexpro.law import courts
from lexpro.law.builtin_law import load
from lexpro.records import Judgment

# 最高人民法院、最高人民检察院《关于常见犯罪的量刑指导意见（试行）》 of 2021, part 4.
GUIDELINE = [
    "交通肇事罪",
    "危险驾驶罪",
    "非法吸收公众存款罪",
    "集资诈骗罪",
    "信用卡诈骗罪",
    "合同诈骗罪",
    "故意伤害罪",
    "强奸罪",
    "非法拘禁罪",
    "抢劫罪",
    "盗窃罪",
    "诈骗罪",
    "抢夺罪",
    "职务侵占罪",
    "敲诈勒索罪",
    "妨害公务罪",
    "聚众斗殴罪",
    "寻衅滋事罪",
    "掩饰、隐瞒犯罪所得、犯罪所得收益罪",
    "走私、贩卖、运输、制造毒品罪",
    "非法持有毒品罪",
    "容留他人吸毒罪",
    "引诱、容留、介绍卖淫罪",
]


@pytest.fixture(scope="module")
def settings() -> Synthetic:
    return corpora.synthetic(documents_per_province=150)


@pytest.fixture(scope="module")
def documents(settings) -> list[tuple[str, dict]]:
    return [row for province in ("湖北", "北京", "新疆") for row in generate.generate(settings, province)]


@pytest.fixture(scope="module")
def good(documents) -> list[tuple[str, dict]]:
    return [(text, truth) for text, truth in documents if truth["noise"] is None]


def test_the_configuration_covers_what_the_paper_asks_for(settings):
    assert len(settings.provinces) == 31
    assert len(settings.charges) >= 24
    assert set(GUIDELINE) <= set(settings.charges) <= set(load().charges)
    assert set(words()["facts"]) == set(load().charges)


@pytest.mark.parametrize("style", ["compact", "full"])
def test_same_seed_same_documents_and_provinces_are_independent(style):
    settings = corpora.synthetic(style=style, documents_per_province=20)
    alone = list(generate.generate(settings, "湖北"))
    list(generate.generate(settings, "湖南"))
    assert list(generate.generate(settings, "湖北")) == alone
    assert generate.document(settings, "湖北", 7) == alone[7]
    assert list(generate.generate(settings.model_copy(update={"seed": 1}), "湖北")) != alone


def test_truth_is_a_record_of_the_judgment(good):
    for text, truth in good:
        fields = {name: value for name, value in truth.items() if name not in ("noise", "duplicate_of")}
        judgment = Judgment.from_dict(fields)
        assert judgment.to_dict() == fields
        assert judgment.case_number in text
        assert judgment.court in text
        for defendant in judgment.defendants:
            assert f"被告人{defendant.name}" in text
            assert defendant.sentence in defendant.terms or len(defendant.terms) > 1


def test_sections_lie_where_the_truth_says(good):
    starts = {"reasoning": "本院认为", "judgment": "判决如下", "header": None, "parties": None}
    for text, truth in good:
        spans = list(truth["sections"].values())
        assert all(a[1] <= b[0] for a, b in zip(spans, spans[1:], strict=False))
        assert spans[0][0] == 0
        assert spans[-1][1] == len(text)
        for name, words_ in starts.items():
            start, _ = truth["sections"][name]
            assert words_ is None or text.startswith(words_, start)


@pytest.mark.parametrize(
    ("province", "letter"), [("湖北", "鄂"), ("内蒙古", "内"), ("新疆", "新"), ("重庆", "渝"), ("贵州", "黔")]
)
def test_case_numbers_bear_the_letter_of_the_province(province, letter):
    for _, truth in generate.generate(corpora.synthetic(documents_per_province=30), province):
        if truth["case_number"] and truth["duplicate_of"] is None:
            assert re.match(rf"（20\d\d）{letter}\d{{2,4}}[刑民][初终]\d+号", truth["case_number"])


def test_sentences_are_lawful(good):
    """Ranges of 刑法 38 (管制), 42 (拘役), 45 and 69 (有期徒刑), 73 (缓刑)."""
    ranges = {"管制": (3, 24), "拘役": (1, 6), "有期徒刑": (6, 180)}
    for _, truth in good:
        for defendant in truth["defendants"]:
            for term in defendant["terms"]:
                low, high = ranges.get(term["kind"], (None, None))
                assert term["months"] is None if low is None else low <= term["months"] <= high
            served = defendant["sentence"]
            if len(defendant["terms"]) > 1:
                months = [term["months"] for term in defendant["terms"]]
                assert max(months) <= served["months"] <= min(240, sum(months))
            if defendant["probation_months"]:
                assert served["kind"] in ("拘役", "有期徒刑")
                assert served["months"] <= 36
                assert served["months"] <= defendant["probation_months"] <= 60
            if "累犯" in defendant["circumstances"]:
                assert served["kind"] not in ("拘役", "管制", "免予刑事处罚", "单处罚金")
                assert not defendant["probation_months"]


def test_every_kind_of_case_and_noise_occurs(settings):
    seen: Counter[str] = Counter()
    for province in settings.provinces[:12]:
        for _, truth in generate.generate(settings, province):
            seen[truth["noise"] or "good"] += 1
            seen["several"] += len(truth["defendants"]) > 1
            seen["restitution"] += truth["restitution"] > 0
            seen["compensation"] += truth["compensation"] > 0
            for d in truth["defendants"]:
                seen["joint"] += len(d["terms"]) > 1
                seen["probation"] += d["probation_months"] > 0
                # A document that was cut, or one of the court of appeal, does not say the sentence.
                seen[d["sentence"] and d["sentence"]["kind"]] += 1
    wanted = [*generate.NOISE, "several", "restitution", "compensation", "joint", "probation"]
    wanted += ["有期徒刑", "拘役", "管制", "免予刑事处罚", "单处罚金", "无期徒刑"]
    assert [name for name in wanted if not seen[name]] == []


@pytest.mark.parametrize(("style", "low", "high"), [("compact", 150, 520), ("full", 700, 3200)])
def test_lengths_of_the_styles(style, low, high):
    settings = corpora.synthetic(style=style, documents_per_province=80, noise={})
    lengths = sorted(
        len(text) for text, truth in generate.generate(settings, "四川") if len(truth["defendants"]) == 1
    )
    assert low <= lengths[0] and lengths[-1] <= high
    if style == "compact":
        assert lengths[len(lengths) * 9 // 10] <= 360


def test_duplicates_name_their_originals(settings, documents):
    kinds = Counter()
    for text, truth in documents:
        if truth["duplicate_of"]:
            province, number = truth["duplicate_of"].split("-")
            original, known = generate.document(settings, province, int(number))
            assert known["noise"] is None
            assert (text == original) == (truth["noise"] == "exact_duplicate")
            kinds[truth["noise"]] += 1
    assert set(kinds) == {"exact_duplicate", "near_duplicate"}


@pytest.mark.parametrize("style", ["compact", "full"])
def test_a_court_keeps_its_habit_of_citing(style):
    """52 with a fine, 53 beside 52: each court nearly always or nearly never; both kinds of courts
    are there.
    """
    habits = {"52": 0.5, "53": 0.5}
    settings = corpora.synthetic(style=style, documents_per_province=300, noise={}, citing_habits=habits)
    cited: dict[tuple[str, str], list[bool]] = {}
    for province in ("湖北", "北京", "江苏"):
        for _, truth in generate.generate(settings, province):
            refs = {article["number"] for article in truth["articles"] if article["law"] == "刑法"}
            people = truth["defendants"]
            court = courts.key(truth["court"])
            if any(person["fine"] for person in people):
                cited.setdefault((court, "52"), []).append(52 in refs)
                if 52 in refs:
                    cited.setdefault((court, "53"), []).append(53 in refs)
    shares = {key: sum(found) / len(found) for key, found in cited.items() if len(found) >= 20}
    assert len(shares) > 15
    assert all(share < 0.2 or share > 0.8 for share in shares.values()), shares
    for ref in settings.citing_habits:
        assert {round(share) for (_, of), share in shares.items() if of == ref} == {0, 1}


# --- no template a charge
# ----------------------------------------------------------------------------------

THEFT = "盗窃罪"


def blanked(text: str) -> str:
    """A text without what the case puts into it: names, sums, dates and numbers, places, goods,
    grades of the crime.
    """
    said = words()
    given = [*said["facts"][THEFT]["x"], *said["places"], *said["roads"], *said["hours"]]
    given += [tier.condition for tier in load().charges[THEFT].tiers]
    text = re.sub("|".join(map(re.escape, given)), "□", text)
    text = re.sub(f"[{said['surnames']}]某[{said['ordinals']}某]?\\d?", "某", text)
    number = r"[\d.零一二三四五六七八九十百千万亿]+"
    return re.sub(f"(人民币)?{number}元", "元", re.sub(f"{number}年{number}月{number}日□?", "日", text))


def thefts(style: str) -> list[dict[str, str]]:
    """The sections of 200 judgments of theft with one defendant."""
    alike = {"charges": [THEFT], "noise": {}, "multi_defendant_share": 0.0, "unmasked_share": 0.0}
    made = generate.generate(corpora.synthetic(style=style, documents_per_province=200, **alike), "湖北")
    return [{name: text[slice(*span)] for name, span in truth["sections"].items()} for text, truth in made]


@pytest.mark.parametrize("style", ["compact", "full"])
@pytest.mark.parametrize(
    ("section", "part", "fewest"),
    [
        ("facts", r"^\w+?[，：](.+?。)", 3),
        ("reasoning", r"^本院认为，(.+?)。", 2),
        ("reasoning", r"(\w+)《", 2),
        ("reasoning", r"([之的]规定)，$", 2),
        ("judgment", r"、([^、]*退缴.*)", 2),
        ("judgment", r"、([^、]*退赔.*)", 2),
    ],
    ids=["story", "verdict", "before the articles", "after them", "what was paid back", "what is owed"],
)
def test_cases_of_one_charge_are_told_in_several_wordings(style, section, part, fewest):
    found = (re.search(part, blanked(theft[section])) for theft in thefts(style))
    wordings = Counter(match[1] for match in found if match)
    usual = [wording for wording, times in wordings.items() if times >= wordings.total() / 10]
    assert len(usual) >= fewest, wordings


def test_every_charge_has_several_stories():
    assert [name for name, said in words()["facts"].items() if len(set(said["say"])) < 2] == []


def turned(lists: list[list[str]]) -> set[tuple[str, str]]:
    """The pairs that stand in one order in some lists and in the other in others."""
    pairs = {pair for items in lists for pair in combinations(items, 2)}
    return {pair for pair in pairs if pair[::-1] in pairs}


@pytest.mark.parametrize(
    ("style", "section", "one"),
    [
        ("compact", "reasoning", r"第\w+?条"),
        ("full", "reasoning", r"第\w+?条"),
        ("full", "evidence", r"(?m)^\d+．(.+)$"),
    ],
    ids=["articles", "articles of long judgments", "proofs"],
)
def test_what_is_listed_stands_in_several_orders(style, section, one):
    assert turned([re.findall(one, theft[section]) for theft in thefts(style)])


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "零"), (10, "十"), (15, "十五"), (67, "六十七"), (101, "一百零一"), (110, "一百一十"), (2000, "二千"),
     (10_500, "一万零五百"), (120_000, "十二万"), (1_203_000, "一百二十万三千"), (5_000_100, "五百万零一百")],
)  # fmt: skip
def test_numerals(number, text):
    assert chinese(number) == text


@pytest.mark.parametrize(("months", "text"), [(6, "六个月"), (12, "一年"), (18, "一年六个月"), (120, "十年")])
def test_terms(months, text):
    assert chinese_term(months) == text
