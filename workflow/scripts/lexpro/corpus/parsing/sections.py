"""Where the parts of a judgment begin and end, from header to ending (`records.SECTIONS`).

Offsets count characters of the text as it is: `plain` changes characters one for one (full-width
and traditional forms), so that patterns are written once and offsets stay true. Sections follow
each other, never overlap and bear no spaces at their ends.
"""

from __future__ import annotations

import re

_FULL = (
    "".join(map(chr, range(0xFF10, 0xFF1A)))
    + "".join(map(chr, range(0xFF21, 0xFF3B)))
    + "".join(map(chr, range(0xFF41, 0xFF5B)))
)
_HALF = "".join(chr(ord(character) - 0xFEE0) for character in _FULL)
# Traditional characters of court documents and of the names of places and crimes.
_TRADITIONAL = (
    "號訴檢機關審認為處個緩執決書罰萬幣區縣條項規據盜竊詐騙販運傷殺搶奪賭場開設尋釁強險駛駕實證後員長終請賠償繳沒財產權減輕從動與於無歲滿間東廣蘇寧陝遼貴雲慶肅龍內門"
    "陽漢濟島灣瓊鄭連臺華現歷經稱對當應廳億圓圖報護辯參適並兩數額價購買賣國務會業屬單獨責過職貪賄賂濫亂眾鬥毆擾穢組織領導傳銷槍彈藥綁繫繼續監視邊偽變貨債貸擔還離學爭"
    "鑑鑒勞輛轉賬帳虛構隱瞞粵晉滬贛魯閩黃鄉鎮張陳劉楊趙吳孫馬羅許鄧馮蕭葉謝鄒呂蔣盧賴鍾鐘顧湯錢贓諒親體種議論閱調詞問識級費醫療飲測營輸製煙銀儲電話網絡達這時來發見聽"
    "說讓給總計結簡併態誠節嚴難極較響顯準則預備際夠斷聲絕釋輔損壞災環遺棄誘褻姦軍師團隊館鄰歸滅麗賢偉義勝進遠榮傑紅蘭鳳寶貝車該訊記訪評詢試誤課談諾謀譯讀賊賦贈贏趕跡"
    "躍軀輩辦迴週遊選遷醜釀鈔鋼錄鎖鐵鑽閃閉閒陰陣階隨雙雜靜頂順須頭題顏願類飛飯駐騎騷驗驚髮鬧魚鮮鳥鹽麥黨點齊齡"
)
_SIMPLE = (
    "号诉检机关审认为处个缓执决书罚万币区县条项规据盗窃诈骗贩运伤杀抢夺赌场开设寻衅强险驶驾实证后员长终请赔偿缴没财产权减轻从动与于无岁满间东广苏宁陕辽贵云庆肃龙内门"
    "阳汉济岛湾琼郑连台华现历经称对当应厅亿圆图报护辩参适并两数额价购买卖国务会业属单独责过职贪贿赂滥乱众斗殴扰秽组织领导传销枪弹药绑系继续监视边伪变货债贷担还离学争"
    "鉴鉴劳辆转账账虚构隐瞒粤晋沪赣鲁闽黄乡镇张陈刘杨赵吴孙马罗许邓冯萧叶谢邹吕蒋卢赖钟钟顾汤钱赃谅亲体种议论阅调词问识级费医疗饮测营输制烟银储电话网络达这时来发见听"
    "说让给总计结简并态诚节严难极较响显准则预备际够断声绝释辅损坏灾环遗弃诱亵奸军师团队馆邻归灭丽贤伟义胜进远荣杰红兰凤宝贝车该讯记访评询试误课谈诺谋译读贼赋赠赢赶迹"
    "跃躯辈办回周游选迁丑酿钞钢录锁铁钻闪闭闲阴阵阶随双杂静顶顺须头题颜愿类飞饭驻骑骚验惊发闹鱼鲜鸟盐麦党点齐龄"
)
_PLAIN = str.maketrans(
    _FULL + "([［【〔〖)]］】〕〗,:;　\u00a0\t" + _TRADITIONAL,
    _HALF + "（" * 6 + "）" * 6 + "，：；   " + _SIMPLE,
)
_ODD = re.compile("[" + re.escape("".join(chr(code) for code in _PLAIN if _PLAIN[code] != code)) + "]")


# 參 is 参 (参与), and among numerals 叁.
_THREE = re.compile(r"參(?=[萬万仟千佰百拾十億亿元圓年個个月])")


def plain(text: str) -> str:
    """The text in simplified characters, ASCII digits and letters; same length.

    One kind of brackets and commas stands for all.
    """
    text = _THREE.sub("叁", text)
    odd = set(_ODD.findall(text))
    if len(odd) > 20:
        return text.translate(_PLAIN)
    for character in odd:
        text = text.replace(character, chr(_PLAIN[ord(character)]))
    return text


class _Opening:
    """What counts only at the beginning of a sentence, a line or the text (behind one of `marks`).

    The mark is part of the pattern, not looked back at: the search then skips to the marks, several
    times as fast.
    """

    def __init__(self, pattern: str, marks: str = r"[。；：”\s）×＊*]") -> None:
        self.here, self.behind = re.compile(pattern), re.compile(f"{marks}(?:{pattern})")

    def first(self, text: str, start: int, end: int) -> int | None:
        """Where it stands first."""
        # Where the search begins something else has ended.
        if self.here.match(text, start, end):
            return start
        match = self.behind.search(text, max(0, start - 1), end)
        return match.start() + 1 if match else None


# Where copies have lost the stop: 现已审理终结公诉机关指控, 公开开庭审理了本案经审理查明.
_GLUED = r"(?:[。；：”\s）]|(?<=终)结|(?<=本)案)"
_REASONING = _Opening(
    r"(?:综[上述](?:所述)?，?|据此，?)?(?:本\s?(?:院|庭|合议庭|案)\s?(?:经审查|经审理"
    r"|审理|审查|再审|评议)?|再审)(?:后)?认\s?为(?!，?(?:上述|以上|该|前述)[^，。]{0,6}证据)"
)
# What the reasoning itself begins with, among several 本院认为: that a crime was committed. Others
# are of the procedure, of evidence, or answer an opinion.
_GUILT = re.compile(
    r"行为[^。；]{0,30}(?:构成|触犯|属于|系|符合)|构成[^。，；]{2,40}罪|犯[^。，；]{2,40}罪|罪名|无罪|原判"
)
_MAIN = re.compile(
    r"(?:综上(?:所述)?，?)?[^，：]{0,12}认\s?为[，：、]?(?:综上(?:所述)?，)?"
    r"(?:被告|上诉人|原审|原判|公诉机关|[^，。；]{2,30}检察院|[一1][、.．]被告)"
)
_ANYWHERE = re.compile(r"本\s?院\s?认\s?为")
_DECISION = re.compile(r"(?:判\s{0,4}[决处]|裁\s{0,4}定|决\s{0,4}定)\s{0,4}(?:如\s{0,4}下|以下(?=：))")
# The operative part where 判决如下 is left out: …之规定，一、被告人张某犯….
_BARE_DECISION = re.compile(
    r"(?:规定[，：；。]?|判决：)(?=(?:[一1][、.．])?(?:被告人[^。；]{1,60}犯|维持|撤销))"
)
_CITED = re.compile(r"规定|依照|依据")
_ENDING = re.compile(
    r"如\s{0,4}不\s{0,4}服\s{0,4}本|如对本判决不服|本(?:判决|裁定)(?:书)?(?:为"
    r"|系|是)终审|本(?:判决|裁定)(?:书)?(?:送达|宣告)后(?:即|立即)?发生法律效力"
)
_SIGNED = _Opening(
    r"(?:代理|助理|人民)?\s{0,4}(?:审\s{0,4}判\s{0,4}(?:长|员)|陪\s{0,4}审\s{0,4}员)", r"[。；\s）]"
)
_FACTS = _Opening(
    r"(?:经|本院|法院|合议庭|法庭|庭审)(?!依法审查|审查)[^，。；：\s]{0,14}?查\s?明(?!的犯罪事"
    r"实(?:，|相|与))|经[^，。；：]{0,10}审理，查明|审理查明|(?:原[审判]|一审)(?:法院|判决)?(?:认定|查明)|本院(?:确认|认定)(?:的|如下|以下)?[^，。；]{0,8}事实",
    _GLUED,
)
# The story of the accusation; not the sentence that says by which indictment the case came
# (…以…号起诉书指控被告人某犯某罪).
_CHARGED = _Opening(
    r"(?:(?!经|由|被)[^，。；：\s以]{0,30}检察院(?:第[一二三四五]分院)?"
    r"|公诉机关|公诉人|检察机关|起诉书|自诉人)[^，。；：\s以号]{0,30}(?:指控"
    r"|诉称|控诉)称?"
    r"(?:的[^，。：]{0,10}事实)?[：，]?(?!被告[^。]{1,80}犯[^。]{1,60}罪(?:[，一。]|的?事实))",
    _GLUED,
)
_ACCUSED = _Opening(
    r"(?:(?!经|由|被|因)[^，。；：\s]{2,40}检察院(?:第[一二三四五]分院)?(?:以"
    r"|于|指控|起诉|提起|就|认为|在)|本院(?:依法|于|受理|适用|经|公开"
    r"|在|根据|立案)|自诉人[^。]{1,40}(?:以|指控|向本院)|公诉机关(?:以"
    r"|于|指控))"
)
_EVIDENCE = _Opening(
    r"(?:(?:上述|以上|前述|上列)(?:犯罪|案件|指控|查明)?的?(?:犯罪)?事实"
    r"|(?:认定|证实|证明|为证实|对(?:于)?)(?:上述|以上|本案)[^。，；]{0,8}事实"
    r"|(?:上述|以上)[^。，]{0,6}(?:事实)?[^。，]{0,4}(?:有|由)[^。]{0,60}(?:证据"
    r"|证实|证明))"
)
_PARTY = _Opening(
    r"(?:原?公诉机关|抗诉机关|公诉人|自诉人|附带民事诉讼原告|原告|上诉人"
    r"|原审|被告人|被告单位|被告|申请|赔偿请求人|罪犯)"
)
_SAME = re.compile(
    r"(?:与|和|同)[^。]{0,40}(?:指控|起诉书)[^。]{0,40}(?:一致|相同)"
    r"|(?:指控|起诉书)[^。]{0,30}(?:属实|一致|相同)"
)
_NUMBER = re.compile(r"[0-9×xX*]+\s{0,4}号")


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


_SENTENCED = re.compile(r"下：?[^。；]{0,4}被告人[^。；]{2,40}犯[^。；]{2,40}罪，判处")
_OF_OTHERS = re.compile(r"法院|原判|[0-9]号")
# How far the reasoning tells the crime.
_TOLD = 500


def _reasoning(text: str, limit: int) -> int | None:
    """Where the reasoning begins: the first 本院认为 that tells a crime, else the first of all."""
    first = _REASONING.first(text, 0, limit)
    place = first
    while place is not None:
        behind = _REASONING.first(text, place + 1, min(limit, place + _TOLD))
        end = min(limit, place + _TOLD) if behind is None else behind
        if _GUILT.search(text, place, end) and (place == first or _MAIN.match(text, place, limit)):
            return place
        place = _REASONING.first(text, place + 1, limit) if behind is None else behind
    return first


def _decision(text: str, places: list[int]) -> int:
    """Which 判决如下 begins the operative part.

    The last; but the first of several in a row (二、依照…，判决如下：…) that sentences somebody.
    """
    first, last = places[0], places[-1]
    in_a_row = (
        len(places) > 1
        and _SENTENCED.search(text, first, last)
        and not _OF_OTHERS.search(text, max(0, first - 60), first)
    )
    return first if in_a_row else last


def _tail(text: str) -> dict[str, int]:
    """Where reasoning, judgment and ending begin."""
    starts: dict[str, int] = {}
    decisions = [match.start() for match in _DECISION.finditer(text)]
    # The last of them: the first may be an earlier court's, or be quoted.
    if not decisions:
        decisions = [match.end() for match in _BARE_DECISION.finditer(text)]
    decision = decisions[-1] if decisions else None
    limit = len(text) if decision is None else decision
    reasoning = _reasoning(text, limit)
    if reasoning is None and (anywhere := _ANYWHERE.search(text, 0, limit)):
        reasoning = anywhere.start()
    if reasoning is not None:
        starts["reasoning"] = reasoning
        later = [place for place in decisions if place > reasoning]
        decision = _decision(text, later) if later else None
    elif decision is not None and not _CITED.search(text, max(0, decision - 40), decision):
        # Without reasoning only a decision that rests on a rule is this court's.
        decision = None
    if decision is not None:
        starts["judgment"] = decision
    behind = decision if decision is not None else reasoning
    if behind is not None:
        said, signed = _ENDING.search(text, behind), _SIGNED.first(text, behind, len(text))
        places = [said.start()] if said else []
        places += [signed] if signed is not None else []
        starts |= {"ending": min(places)} if places else {}
    return starts


def _charged(text: str, begin: int, end: int) -> int | None:
    """Where the story of the accusation begins; not what an appeal says of it (审理…指控一案)."""
    place = _CHARGED.first(text, begin, end)
    while place is not None and "审理" in text[place : max(place, text.find("检察院", place, place + 40))]:
        place = _CHARGED.first(text, place + 1, end)
    return place


def _facts(text: str, begin: int, end: int) -> dict[str, int]:
    """Where accusation, facts and evidence begin, between parties and reasoning.

    Args:
        text: the judgment.
        begin: where the parties begin.
        end: where the reasoning begins.
    """
    starts: dict[str, int] = {}
    accusation = _ACCUSED.first(text, begin, end)
    told = _FACTS.first(text, begin, end)
    charged = _charged(text, begin if accusation is None else accusation, end if told is None else told)
    facts = told if told is not None else charged
    evidence = None if facts is None else _EVIDENCE.first(text, facts + 1, end)
    if told is not None and charged is not None:
        stretch = text[told : end if evidence is None else evidence]
        # "The court finds as charged": the story is the accusation's.
        if len(stretch) < 150 and _SAME.search(stretch) or len(stretch) < 25:
            facts = charged
    if accusation is not None and (facts is None or accusation < facts):
        starts["accusation"] = accusation
    elif charged is not None and facts is not None and charged < facts:
        starts["accusation"] = charged
    if facts is not None:
        starts["facts"] = facts
    if evidence is not None:
        starts["evidence"] = evidence
    return starts


def find_sections(text: str) -> dict[str, tuple[int, int]]:
    """The sections that a text has, in their order.

    Args:
        text: as `plain` gives it.

    Returns:
        {name in `records.SECTIONS`: (start, end)}.
    """
    if not text.strip():
        return {}
    starts = _tail(text)
    limit = min(starts.values(), default=len(text))
    number = _NUMBER.search(text, 0, min(limit, 400))
    begin = number.end() if number else 0
    parties = _PARTY.first(text, begin, limit)
    accusation = _ACCUSED.first(text, begin, limit if parties is None else parties)
    if accusation is not None:
        # What begins with 被告人 behind the accusation is no list of parties: this document has
        # none.
        parties = None
    middle = _facts(text, 0 if parties is None else parties, limit)
    if parties is not None and parties < min(middle.values(), default=limit):
        starts["parties"] = parties
    starts |= middle
    first = min(starts.values(), default=len(text))
    if first > 0:
        starts["header"] = 0
    order = sorted(starts.items(), key=lambda item: item[1])
    ends = [start for _, start in order[1:]] + [len(text)]
    spans = {name: _trim(text, start, end) for (name, start), end in zip(order, ends, strict=True)}
    return {name: span for name, span in spans.items() if span[0] < span[1]}
