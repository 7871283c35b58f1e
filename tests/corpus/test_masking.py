"""Masking: people cannot be read any more, everything else stands where it stood."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexpro.corpus.filtering.masking import mask, mask_judgment
from lexpro.corpus.parsing.structure import structure
from lexpro.records import Defendant, Judgment


@pytest.mark.parametrize(
    ("text", "known", "masked"),
    [
        ("被告人张建国窃得手机，张建国后被抓获。", ["张建国"], "被告人张某甲窃得手机，张某甲后被抓获。"),
        ("被告人张建国、张伟系兄弟。", ["张建国", "张伟"], "被告人张某甲、张某乙系兄弟。"),
        ("被告人张某甲与张建国", ["张某甲", "张建国"], "被告人张某甲与张某乙"),
        ("审判员李红梅\n书记员王伟", [], "审判员李某甲\n书记员王某甲"),
        ("指派检察员赵敏、钱立出庭支持公诉", [], "指派检察员赵某甲、钱某甲出庭支持公诉"),
        ("辩护人欧阳明，某律师事务所律师。", [], "辩护人欧阳某甲，某律师事务所律师。"),
        ("被害人陈述、证人证言", [], "被害人陈述、证人证言"),
        ("被告人李××、王某1、赵某某", ["李××", "王某1", "赵某某"], "被告人李××、王某1、赵某某"),
        ("公民身份号码110101199003078888，", [], "公民身份号码＊＊＊＊＊＊，"),
        ("联系电话13912345678。", [], "联系电话＊＊＊＊＊＊。"),
        ("座机027-87654321。", [], "座机＊＊＊＊＊＊。"),
        ("微信号wx_abc123，QQ号码为12345678。", [], "微信号＊＊＊＊＊＊，QQ号码为＊＊＊＊＊＊。"),
        ("卡号6222021234567890123；账号：1234567890。", [], "卡号＊＊＊＊＊＊；账号：＊＊＊＊＊＊。"),
        ("邮箱zhang.san@example.com", [], "邮箱＊＊＊＊＊＊"),
        ("护照号码E12345678，通行证C87654321", [], "护照号码＊＊＊＊＊＊，通行证＊＊＊＊＊＊"),
        (
            "微信转账50000元，支付宝15000元，合计1194543元",
            [],
            "微信转账50000元，支付宝15000元，合计1194543元",
        ),
        ("鄂A1234学、鄂AD12345、鄂A×××××", [], "鄂A＊＊＊＊、鄂A＊＊＊＊、鄂A×××××"),
        # The end of a judgment: any characters, spread by spaces, one office behind the other.
        ("审 判 员　　王 军\n书 记 员　危唯", [], "审 判 员　　王某甲\n书 记 员　危某甲"),
        ("人民陪审员胡云娥人民陪审员时圣宏二〇一七年", [], "人民陪审员胡某甲人民陪审员时某甲二〇一七年"),
        ("由审判员独任审判，审判员宣布休庭，书记员出庭", [], "由审判员独任审判，审判员宣布休庭，书记员出庭"),
        ("辩护人劳玉华，浙江某律师事务所律师。", [], "辩护人劳某甲，浙江某律师事务所律师。"),
        ("伙同赵大力（另案处理）、孙小利（已判刑）盗窃", [], "伙同赵某甲（另案处理）、孙某甲（已判刑）盗窃"),
        ("同案人关于其作案的供述", [], "同案人关于其作案的供述"),
        ("被告人李甲、熊乙", ["李甲", "熊乙"], "被告人李甲、熊乙"),
        # Below the county: with a number or without, whatever the county is called.
        ("住长沙市雨花区雨花亭街道黑塘坡社区。", [], "住长沙市雨花区某处。"),
        ("户籍地江苏省常州市金坛区西城街道，", [], "户籍地江苏省常州市金坛区某处，"),
        ("住云南省镇雄县，现住景德镇市珠山区新村", [], "住云南省镇雄县，现住景德镇市珠山区某处"),
        ("住新乡市红旗区，住郴州市。", [], "住新乡市红旗区，住郴州市。"),
        ("住黑塘坡村三组，农民。", [], "住某处，农民。"),
        ("住院治疗，住所内查获，对其所居住社区没有影响", [], "住院治疗，住所内查获，对其所居住社区没有影响"),
        ("在江岸区某宾馆居住期间，", [], "在江岸区某宾馆居住期间，"),
        ("驾驶鄂A12345小型轿车", [], "驾驶鄂A＊＊＊＊小型轿车"),
        ("住武汉市江岸区解放大道1234号5栋601室。", [], "住武汉市江岸区某处。"),
        (
            "在江岸区解放大道行驶，（2021）鄂0102刑初123号",
            [],
            "在江岸区解放大道行驶，（2021）鄂0102刑初123号",
        ),
    ],
)
def test_rules(text, known, masked):
    assert mask(text, known).text == masked


@given(
    st.lists(
        st.sampled_from(["被告人张建国", "，窃得", "审判员王伟，", "电话13912345678", "本院认为", "。\n"]),
        max_size=12,
    )
)
def test_offsets_move_with_the_text(parts):
    text, at, marks = "", 0, []
    for part in parts:
        marks.append((at, part))
        text += part
        at += len(part)
    masked = mask(text, ["张建国"])
    assert "张建国" not in masked.text
    for offset, part in marks:
        assert masked.text[masked.moved(offset) :].startswith(part[:2])
    assert masked.moved(len(text)) == len(masked.text)


def test_the_record_follows():
    text = "某院\n被告人张建国，男。\n本院认为，张建国有罪"
    record = Judgment(
        "x", sections={"header": (0, 2), "reasoning": (13, 23)}, defendants=[Defendant("张建国")]
    )
    masked, moved, counts = mask_judgment(text, record)
    assert moved.defendants[0].name == "张某甲"
    assert masked[slice(*moved.sections["reasoning"])] == "本院认为，张某甲有罪"
    assert counts == {"name": 2}
    assert record.defendants[0].name == "张建国"


@pytest.mark.mirror("oneal2000__JuDGE/data/test.json")
def test_real_judgments_read_the_same_after_masking():
    path = Path(os.environ["LEXPRO_MIRROR"]) / "oneal2000__JuDGE/data/test.json"
    lines = path.read_text(encoding="utf-8").splitlines()[:120]
    different = 0
    for line in lines:
        text = json.loads(line)["fd"].strip()
        before = structure(text, "x")
        masked, record, _ = mask_judgment(text, before)
        after = structure(masked, "x")
        same = (
            "sections",
            "articles",
            "restitution",
            "compensation",
            "amount",
            "case_number",
            "court",
            "date",
        )
        different += any(getattr(record, name) != getattr(after, name) for name in same)
        different += [d.charges for d in record.defendants] != [d.charges for d in after.defendants]
    assert different <= len(lines) // 100


def test_places_below_the_county_are_masked_wherever_they_stand():
    text = "户籍地湖北省黄冈市黄州区赤壁街道胜利街12号3单元401室。张某甲在上海市徐汇区零陵路20弄8号楼1018室盗窃。"
    masked = mask(text, []).text
    assert "户籍地湖北省黄冈市黄州区某处。" in masked
    assert masked.endswith("张某甲在上海市徐汇区某处盗窃。")


def test_numbers_of_documents_are_no_addresses():
    text = "某市某区人民检察院以某检刑诉〔2019〕10号起诉书指控。某市某区人民法院（2018）鄂0103刑初12号判决。"
    assert mask(text, []).text == text


def test_names_before_what_people_say_and_hand_in():
    masked = mask("证人刘芳证实，民警陈刚、赵强出具说明，证人周明辨认无误。", [])
    assert masked.text == "证人刘某甲证实，民警陈某甲、赵某甲出具说明，证人周某甲辨认无误。"


@pytest.mark.parametrize(
    ("text", "known", "masked"),
    [
        # What people are called besides their names.
        (
            "被告人张建国（曾用名张建军，绰号“土匪”），男。",
            ["张建国"],
            "被告人张某甲（曾用名张某乙，绰号“绰号甲”），男。",
        ),
        ("王某（又名王大成）说", [], "王某（又名王某甲）说"),
        ("其绰号“阿九”。阿九到场，“阿九”收钱。", [], "其绰号“绰号甲”。绰号甲到场，“绰号甲”收钱。"),
        ("外号叫“猴子”、“小黑”的人，乘猴子车", [], "外号叫“绰号甲”、“绰号乙”的人，乘猴子车"),
        ("化名为“刘海飞”，微信名“一路向北”", [], "化名为“刘某甲”，微信名“绰号甲”"),
        ("小名狗蛋，男", [], "小名绰号甲，男"),
        ("曾用名李大林、李小林，男", [], "曾用名李某甲、李某乙，男"),
        ("曾用名，潘福荣。", [], "曾用名，潘某甲。"),
        ("曾用名XXX、李宁，男", [], "曾用名XXX、李某甲，男"),
        ("⑷杨光泽证实，", [], "⑷杨某甲证实，"),
        ("曾用名上官国博）", [], "曾用名上官某甲）"),
        ("被告人陈立校，绰号“大巴”，", ["陈立校"], "被告人陈某甲，绰号“绰号甲”，"),
        ("微信名我不知道，绰号的事实，发放花名册", [], "微信名我不知道，绰号的事实，发放花名册"),
        ("三号码头（又名石灰坡），乙酸，又名冰醋酸", [], "三号码头（又名石灰坡），乙酸，又名冰醋酸"),
        # Foreign names.
        ("被告人买买提·吐尔逊，证人阿卜杜拉·艾力", [], "被告人买某甲，证人阿某甲"),
        ("被告人阿卜杜热合曼到庭", ["阿卜杜热合曼"], "被告人阿某甲到庭"),
        ("被告人NGUYEN VAN ANH到庭", ["NGUYEN VAN ANH"], "被告人N某甲到庭"),
        ("万科·金域蓝湾小区，“3·19”事故", [], "万科·金域蓝湾小区，“3·19”事故"),
        # Blanks and line breaks in a name.
        ("被告人张建国，张 建国、张建\n国、张 建 国", ["张建国"], "被告人张某甲，张某甲、张某甲、张某甲"),
        # Beside what is said or done, in enumerations, before a remark.
        (
            "3.谭学伟的证言；伙同黄鹏飞盗窃；名叫李强的男子",
            [],
            "3.谭某甲的证言；伙同黄某甲盗窃；名叫李某甲的男子",
        ),
        ("与詹某、谭学伟、王某甲到场", [], "与詹某、谭某甲、王某甲到场"),
        ("包括马业柱、张益龙、马平生，这些人", [], "包括马某甲、张某甲、马某乙，这些人"),
        ("陈翠艳（系陈某之妹）", [], "陈某甲（系陈某之妹）"),
        ("有王晓清、王春英、王春萍，", [], "有王某甲、王某乙、王某丙，"),
        ("一个叫吴鹏英的主任，户名为“朱应红”的账户", [], "一个叫吴某甲的主任，户名为“朱某甲”的账户"),
        ("证人刘涛。与宋晟、刘涛、陶克军到场", [], "证人刘某甲。与宋某甲、刘某甲、陶某甲到场"),
        ("（3）韩帅证实，2．卢军华的证言", [], "（3）韩某甲证实，2．卢某甲的证言"),
        ("书记员（代）陈丹\n附", [], "书记员（代）陈某甲\n附"),
        ("书记员李红\n蔡燕瑜\n附", [], "书记员李某甲\n蔡某甲\n附"),
        ("黄金、白银、项链等物品", [], "黄金、白银、项链等物品"),
        # Numbers in groups, and such that a line breaks.
        ("电话138 1234 5678、139-1234-5678", [], "电话＊＊＊＊＊＊、＊＊＊＊＊＊"),
        ("电话1381234\n5678。", [], "电话＊＊＊＊＊＊。"),
        ("卡6222 0212 3456 7890 123", [], "卡＊＊＊＊＊＊"),
        ("身份号码110101 19900307 8888，", [], "身份号码＊＊＊＊＊＊，"),
        ("身份号码1101011990\n03078888，", [], "身份号码＊＊＊＊＊＊，"),
        ("驾驶鄂 A 12345、鄂A-12345、鄂A·D12345", [], "驾驶鄂A＊＊＊＊、鄂A＊＊＊＊、鄂A＊＊＊＊"),
        (
            "电话073188577305，学号1000016815，闽05-20735拖拉机",
            [],
            "电话＊＊＊＊＊＊，学号＊＊＊＊＊＊，闽＊＊＊＊拖拉机",
        ),
        ("QQ：12345678，QQ（87654321）", [], "QQ：＊＊＊＊＊＊，QQ（＊＊＊＊＊＊）"),
        ("表：1500 2300 4500，2017年 1381234 5000元", [], "表：1500 2300 4500，2017年 1381234 5000元"),
    ],
)
def test_other_names_and_groups(text, known, masked):
    assert mask(text, known).text == masked


@given(st.text(alphabet="张建国绰号“”、（）又名阿·1386222 \n-京AB，。被告人X某的证言", max_size=60))
def test_masking_never_raises_and_offsets_stay_in_the_text(text):
    masked = mask(text, ["张建国"])
    assert masked.moved(len(text)) == len(masked.text)
    assert "张建国" not in masked.text


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["张某、", "绰号“土匪”", "1381234\n", "买买提·", "6222 "])
def test_a_long_text_of_one_kind_is_masked_in_its_length(piece):
    """Not in the square of it."""
    assert mask(piece * 20_000, []).text
