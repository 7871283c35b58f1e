"""A judgment's text to its record: made-up judgments with what each field should be, and texts that
are no judgments."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexpro.corpus.parsing import heading, operative, parties, payments
from lexpro.corpus.parsing.layout import tighten
from lexpro.corpus.parsing.sections import find_sections, plain
from lexpro.corpus.parsing.structure import structure
from lexpro.records import SECTIONS, Article, Defendant, Judgment, Term

TEXT = """湖北省武汉市江岸区人民法院
刑事附带民事判决书
（2019）鄂0102刑初123号
公诉机关湖北省武汉市江岸区人民检察院。
附带民事诉讼原告人孙某，男，系本案被害人。
被告人张某甲，男，1990年1月2日出生，汉族，无业。曾因盗窃被行政拘留。被告人张某甲因涉嫌盗窃罪于2019年1月5日被羁押。
被告人于某（曾用名于某乙），女，1992年3月4日出生，汉族。
武汉市江岸区人民检察院以岸检刑诉〔2019〕10号起诉书指控被告人张某甲、于某犯盗窃罪，被告人张某甲犯故意伤害罪，向本院提起公诉。本院依法适用简易程序审理了本案。现已审理终结。
公诉机关指控：被告人张某甲、于某窃得手机一部，又殴打被害人孙某。
经审理查明：2018年12月1日，被告人张某甲、于某在某商场窃得手机一部，价值人民币8,500元；次日张某甲将孙某打成轻伤。
上述事实，被告人在开庭审理过程中亦无异议，并有证人证言等证据证实。
本院认为，被告人张某甲、于某以非法占有为目的，秘密窃取他人财物，数额较大，其行为均已构成盗窃罪；被告人张某甲故意伤害他人身体，其行为又构成故意伤害罪。被告人张某甲系累犯，应当从重处罚；被告人于某自动投案并如实供述，系自首，且系从犯，可以从轻处罚。二被告人均自愿认罪认罚，可以从宽处理。辩护人提出张某甲有立功表现的意见，与查明的事实不符，不予采纳。依照《中华人民共和国刑法》第二百六十四条、第二百三十四条第一款、第二十五条第一款、第六十七条第一款、第六十九条、《中华人民共和国刑事诉讼法》第十五条之规定，判决如下：
一、被告人张某甲犯盗窃罪，判处有期徒刑一年六个月，并处罚金人民币五千元；犯故意伤害罪，判处有期徒刑一年；数罪并罚，决定执行有期徒刑二年二个月，并处罚金人民币五千元。
（刑期从判决执行之日起计算。判决执行以前先行羁押的，羁押一日折抵刑期一日。罚金已缴纳2000元。）
二、被告人于某犯盗窃罪，判处拘役五个月，缓刑十个月，并处罚金二千元。
三、责令被告人张某甲、于某退赔被害单位人民币8500元。
四、被告人张某甲赔偿附带民事诉讼原告人孙某医疗费3000元、误工费2000元，共计人民币5000元。
如不服本判决，可在接到判决书的第二日起十日内，通过本院或者直接向湖北省武汉市中级人民法院提出上诉。
审判员　王某
二〇一九年三月二十一日
书记员　李某
附：相关法律条文
《中华人民共和国刑法》第五十二条
"""


@pytest.fixture(scope="module")
def judgment() -> Judgment:
    return structure(TEXT, "made-up")


def test_heading(judgment):
    assert (judgment.case_number, judgment.court) == ("（2019）鄂0102刑初123号", "湖北省武汉市江岸区人民法院")
    assert (judgment.province, judgment.city, judgment.court_level) == ("湖北", "武汉市", "基层")
    assert (judgment.document_type, judgment.kind, judgment.instance) == (
        "刑事附带民事判决书",
        "criminal",
        "first",
    )
    assert (judgment.date, judgment.procedure, judgment.plea) == ("2019-03-21", "简易", True)


def test_sections_follow_each_other(judgment):
    assert list(judgment.sections) == list(SECTIONS)
    starts = {
        "parties": "公诉机关湖北省",
        "accusation": "武汉市江岸区人民检察院以",
        "facts": "经审理查明",
        "evidence": "上述事实",
        "reasoning": "本院认为",
        "judgment": "判决如下",
        "ending": "如不服",
    }
    for name, beginning in starts.items():
        start, end = judgment.sections[name]
        assert TEXT[start:].startswith(beginning)
        assert TEXT[start:end] == TEXT[start:end].strip()
    spans = list(judgment.sections.values())
    assert all(before[1] <= after[0] for before, after in zip(spans, spans[1:], strict=False))


def test_defendants(judgment):
    first, second = judgment.defendants
    assert first == Defendant(
        name="张某甲",
        charges=["盗窃罪", "故意伤害罪"],
        terms=[Term("有期徒刑", 18, "盗窃罪"), Term("有期徒刑", 12, "故意伤害罪")],
        sentence=Term("有期徒刑", 26),
        fine=5000,
        restitution=8500,
        compensation=5000,
        amount=8500,
        circumstances=["累犯", "认罪认罚"],
    )
    assert second == Defendant(
        name="于某",
        charges=["盗窃罪"],
        terms=[Term("拘役", 5, "盗窃罪")],
        sentence=Term("拘役", 5, "盗窃罪"),
        probation_months=10,
        fine=2000,
        restitution=8500,
        amount=8500,
        circumstances=["自首", "从犯", "认罪认罚"],
    )


def test_money_of_the_case(judgment):
    assert (judgment.restitution, judgment.compensation, judgment.amount) == (8500, 5000, 8500)


def test_articles_are_the_basis_only(judgment):
    assert judgment.articles == [
        Article("刑法", 264),
        Article("刑法", 234, 0, 1),
        Article("刑法", 25, 0, 1),
        Article("刑法", 67, 0, 1),
        Article("刑法", 69),
        Article("刑事诉讼法", 15),
    ]


def test_a_record_survives_json(judgment):
    import json

    assert Judgment.from_dict(json.loads(json.dumps(judgment.to_dict()))) == judgment


def test_traditional_and_full_width_forms_keep_their_places():
    odd = (
        TEXT.replace("本院认为", "本院認為")
        .replace("（2019）", "(２０１９)")
        .replace("判决如下：", "判決如下:")
    )
    found = structure(odd, "odd")
    assert found.sections == structure(TEXT, "").sections
    assert found.case_number == "（2019）鄂0102刑初123号"
    assert len(plain(odd)) == len(odd)


def test_without_line_breaks():
    found = structure(TEXT.replace("\n", ""), "one line")
    assert [d.name for d in found.defendants] == ["张某甲", "于某"]
    assert found.defendants[0].sentence == Term("有期徒刑", 26)
    assert found.court == "湖北省武汉市江岸区人民法院"


def test_cut_before_the_reasoning():
    found = structure(TEXT[: TEXT.index("本院认为")], "cut")
    assert "reasoning" not in found.sections and "judgment" not in found.sections
    assert [d.name for d in found.defendants] == ["张某甲", "于某"]
    assert found.articles == [] and all(d.sentence is None for d in found.defendants)


def test_the_hint_comes_last():
    assert structure("某某人民法院 刑事判决书", "", "湖北").province == "湖北"
    assert structure(TEXT, "", "广东").province == "湖北"


OPERATIVE = {
    "被告人张三犯贩卖毒品罪，判处无期徒刑，剥夺政治权利终身，并处没收个人全部财产。": {
        "charges": ["走私、贩卖、运输、制造毒品罪"],
        "sentence": Term("无期徒刑", None, "走私、贩卖、运输、制造毒品罪"),
        "deprivation_life": True,
        "confiscation_all": True,
    },
    "被告人张三犯故意杀人罪，判处死刑，缓期二年执行，剥夺政治权利终身。": {
        "sentence": Term("死缓", None, "故意杀人罪"),
        "deprivation_life": True,
    },
    "被告人张三犯受贿罪，判处有期徒刑十一年，剥夺政治权利二年，并处没收个人财产人民币三十万元。": {
        "sentence": Term("有期徒刑", 132, "受贿罪"),
        "deprivation_months": 24,
        "confiscation": 300_000,
    },
    "被告人张三犯盗窃罪，单处罚金人民币2,000元（已缴纳）。": {
        "sentence": Term("单处罚金", None, "盗窃罪"),
        "fine": 2000,
    },
    "被告人张三犯盗窃罪，判处罚金三千元。": {"sentence": Term("单处罚金", None, "盗窃罪"), "fine": 3000},
    "被告人张三犯交通肇事罪，免予刑事处罚。": {
        "sentence": Term("免予刑事处罚", None, "交通肇事罪"),
        "fine": 0,
    },
    "被告人张三犯诈骗罪、盗窃罪，判处有期徒刑三年。": {
        "charges": ["诈骗罪", "盗窃罪"],
        "terms": [Term("有期徒刑", 36)],
    },
    "一、撤销某县人民法院（2016）刑初1号刑事判决中对被告人张三宣告缓刑二年的部分。二、被告人张三犯寻衅滋事罪，判处有期徒刑一年，"
    "与前罪所判有期徒刑一年，并处罚金人民币二万元并罚，决定执行有期徒刑一年十个月，并处罚金人民币二万元。": {
        "charges": ["寻衅滋事罪"],
        "terms": [Term("有期徒刑", 12, "寻衅滋事罪")],
        "sentence": Term("有期徒刑", 22),
        "probation_months": 0,
        "fine": 20_000,
    },
    "被告人张三犯危险驾驶罪，判处拘役一个月十五日，缓刑二个月，并处罚金5000.00元，羁押一日折抵刑期一日。": {
        "sentence": Term("拘役", 1, "危险驾驶罪"),
        "probation_months": 2,
        "fine": 5000,
    },
    "被告人张三犯拒不执行判决、裁定罪，判处有期徒刑六个月。": {"charges": ["拒不执行判决、裁定罪"]},
    "被告人张三无罪。": {"charges": [], "sentence": Term("无罪")},
}


@pytest.mark.parametrize(("text", "expected"), OPERATIVE.items(), ids=range(len(OPERATIVE)))
def test_operative_part(text, expected):
    (found,) = operative.read(text, ["张三"])
    assert {name: getattr(found, name) for name in expected} == expected


def test_several_defendants_under_one_item():
    both = operative.read(
        "一、被告人张三、李四犯盗窃罪，各判处有期徒刑一年，各并处罚金一千元；\n二、王五犯盗窃罪，判处拘役三个月。",
        ["张三", "李四", "王五"],
    )
    assert [d.sentence.months for d in both] == [12, 12, 3]
    assert [d.fine for d in both] == [1000, 1000, 0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("责令被告人张三退赔被害人甲500元、乙300元。", (800, 0)),
        ("被告人张三赔偿附带民事诉讼原告人医疗费1000元、误工费500元，共计1500元。", (0, 1500)),
        ("被告人张三犯盗窃罪，判处拘役一个月，并处罚金1000元，责令退赔被害人1200元。", (1200, 0)),
        ("扣押的600元中的400元发还被害人，其中200元折抵罚金。", (400, 0)),
        ("没收作案工具手机一部。", (0, 0)),
    ],
)
def test_payments(text, expected):
    assert payments.ordered(text) == expected


@pytest.mark.parametrize(
    ("text", "restitution", "compensation"),
    [
        ("责令被告人张三退赔甲500元，被告人李四退赔乙300元。", [500, 300], [0, 0]),
        ("被告人张三、李四共同退赔被害人张三甲5000元。", [5000, 5000], [0, 0]),
        ("责令张三、李四各退赔300元；责令被告人李四退赔200元。", [300, 500], [0, 0]),
        ("被告人张三赔偿原告人医疗费800元，被告人李四承担连带责任。", [0, 0], [800, 800]),
        ("上述二被告人连带赔偿各项损失共计9000元。", [0, 0], [9000, 9000]),
        ("扣押的赃款600元发还被害人。", [0, 0], [0, 0]),
        ("扣押的600元中的400元发还被害人，余款折抵被告人张三的罚金。", [0, 0], [0, 0]),
        ("被告人张三甲犯盗窃罪，判处拘役一个月，并处罚金1000元，责令退赔1200元。", [0, 0], [0, 0]),
    ],
)
def test_what_each_defendant_owes(text, restitution, compensation):
    both = [Defendant("张三"), Defendant("李四")]
    payments.assign(text, both)
    assert [d.restitution for d in both] == restitution
    assert [d.compensation for d in both] == compensation


def test_an_only_defendant_owes_what_is_ordered():
    only = [Defendant("张三")]
    payments.assign("犯盗窃罪，判处拘役一个月，罚金1000元，责令退赔1200元；赔偿损失300元。", only)
    assert (only[0].restitution, only[0].compensation) == (1200, 300)


def test_an_insurers_share_is_not_the_defendants():
    only = [Defendant("张三")]
    payments.assign(
        "一、附带民事诉讼被告某财产保险股份有限公司在限额内赔偿附带民事诉讼原告人王某11万元；"
        "二、被告人张三赔偿附带民事诉讼原告人王某5万元。",
        only,
    )
    assert only[0].compensation == 50_000


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("被告人张3，女，1975年生。", ["张3"]),
        ("被告人自报李某某，男。", ["李某某"]),
        ("被告人于军，男，汉族。被告人于军因涉嫌盗窃被拘留。", ["于军"]),
        ("被告单位某某科技有限公司，住所地某市。 被告人王某甲（自报），男。", ["某某科技有限公司", "王某甲"]),
        ("原审被告人陈某，男。 被告人陈某曾因吸毒被处罚。", ["陈某"]),
        ("上诉人（原审被告人）张某、李某1。", ["张某", "李某1"]),
        ("被告人张某、辩护人王某到庭参加诉讼。", []),
        ("被告人买买提·吐尔逊，男，维吾尔族。", ["买买提·吐尔逊"]),
    ],
)
def test_names(line, names):
    assert parties.listed(line) == names


@pytest.mark.parametrize(
    ("ending", "date"),
    [
        ("审判员王某 二〇一七年六月二十八日", "2017-06-28"),
        ("审判长王某\n二○一一年七月十六日", "2011-07-16"),
        ("审判员王某 二0一六年十一月二十二日", "2016-11-22"),
        ("自2015年1月1日起。审判员王某 2016年2月3日", "2016-02-03"),
        ("审判员王某 二〇一七年二月三十日", None),
        ("", None),
    ],
)
def test_dates(ending, date):
    assert heading.judged_on(ending) == date


@pytest.mark.parametrize(
    ("number", "kind", "instance"),
    [
        ("（2017）沪0120刑初684号", "criminal", "first"),
        ("（2015）澄刑初字第01756号", "criminal", "first"),
        ("（2019）云25刑终45号", "criminal", "second"),
        ("（2018）川民终3号", "civil", "second"),
        ("（2018）京02行再3号", "administrative", "retrial"),
        ("（2020）粤01执12号", "enforcement", None),
        ("（2014）某执行字第12号", "enforcement", None),
        ("（2015）新民刑初字第480号", "criminal", "first"),
        ("（2018）鄂0102刑附民初7号", "criminal", "first"),
    ],
)
def test_kinds_of_case(number, kind, instance):
    found = structure(f"某某市人民法院 判决书 {number} 原告甲。", "x")
    assert (found.case_number, found.kind, found.instance) == (number, kind, instance)


@pytest.mark.parametrize(
    ("text", "procedure"),
    [
        ("本院依法适用简易程序，实行独任审判", "简易"),
        ("本院适用刑事案件速裁程序公开审理", "速裁"),
        ("本院依法适用普通程序，组成合议庭", "普通"),
        ("采用普通程序简化审理方式", "普通"),
        ("本院适用简化审方式", "简易"),
        ("先适用简易程序，后因案情复杂转为普通程序", "普通"),
        ("由简易程序转为普通程序审理", "普通"),
        ("适用速裁程序，后转为简易程序", "简易"),
        ("因不宜适用速裁程序，决定转为简易程序", "简易"),
        ("公诉机关建议适用简易程序。本院依法组成合议庭", None),
        ("本院依法组成合议庭，公开开庭审理", None),
    ],
)
def test_procedure(text, procedure):
    assert heading.procedure(text) == procedure


@pytest.mark.parametrize(
    ("text", "plea"),
    [
        ("被告人自愿认罪认罚", True),
        ("没有异议且签字具结", True),
        ("没有异议，并签署认罪认罚具结书", True),
        ("自愿认罪，愿意接受处罚", True),
        ("被告人甲认罪认罚，被告人乙不认罪认罚", True),
        ("被告人不认罪认罚", False),
        ("未签署认罪认罚具结书", False),
        ("庭审中撤回认罪认罚具结书", False),
        ("责令具结悔过", False),
        ("当庭自愿认罪", False),
    ],
)
def test_plea(text, plea):
    assert heading.plea(text) is plea


def test_without_heading():
    assert structure("公诉机关指控：2019年1月1日，被告人张某窃得手机一部。", "x").kind == "criminal"
    assert structure("原告诉称：被告尚欠货款一万元。", "x").kind == "other"


def test_without_parties():
    """As some collections have them: the heading, then the accusation; 被告人 behind it begins
    no list of parties.
    """
    found = structure(
        "张某盗窃一审刑事判决书某县人民法院刑事判决书（2018）鲁0302刑初2号：某县人民检察院以某检〔2018〕2号起诉书指控"
        "被告人张某犯盗窃罪，向本院提起公诉。本院公开开庭审理了本案。\n被告人张某辩称，其未窃取。\n经审理查明：某日，张某窃得手机。",
        "x",
    )
    assert list(found.sections) == ["header", "accusation", "facts"]
    assert (found.kind, found.court) == ("criminal", "某县人民法院")


@pytest.mark.parametrize(
    "glued",
    ["现已审理终结公诉机关指控，", "公开开庭审理了本案经审理查明，", "现已审理终结。\n公诉机关指控："],
)
def test_facts_behind_a_lost_stop(glued):
    text = (
        f"某县人民检察院指控被告人张某犯盗窃罪。本院依法组成合议庭，{glued}某日张某窃得手机。本院认为，有罪。"
    )
    found = structure(text, "x")
    assert text[slice(*found.sections["facts"])].endswith("某日张某窃得手机。")
    assert found.sections["facts"][0] > text.index("本院依法")


PIECES = """本院认为 判决如下 被告人张某 犯盗窃罪 犯 罪 判处 有期徒刑 三年 缓刑 并处罚金 五千元 决定执行 第六十七条
第三款 、 ， 。 （ ） 《中华人民共和国刑法》 经审理查明 上述事实 公诉机关指控 如不服本判决 审判员 二〇一七年六月 撤销
（2017）沪0120刑初684号 人民检察院 人民法院 与前罪 退赔 没收个人财产 😀 ９"""


@given(
    st.one_of(
        st.text(max_size=300),
        st.lists(st.sampled_from([*PIECES.split(), "\n", " ", "\x00"]), max_size=60).map("".join),
    )
)
def test_no_text_raises(text):
    found = structure(text, "any")
    spans = sorted(found.sections.values())
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(before[1] <= after[0] for before, after in zip(spans, spans[1:], strict=False))
    tight = tighten(plain(text))
    assert {n: tight.span(*s) for n, s in find_sections(tight.text).items()} == found.sections


@pytest.mark.parametrize("day", ["2008年5月21日因犯盗窃罪被判处刑罚。", "1999年因盗窃被劳动教养。"])
def test_a_year_behind_a_name_ends_it(day):
    assert parties.listed(f"被告人谢某某，男，汉族。被告人谢某某{day}被告人葛某，男。") == ["谢某某", "葛某"]
