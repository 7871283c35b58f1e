"""Sentencing circumstances (量刑情节) that a court finds, not those that others only claim.

Names are those of `builtin_law.yaml` and a few rarer ones. Sources: Criminal Law, articles 17 to
29, 65, 67, 68 and 356; the 2021 sentencing guideline, part III (退赃, 谅解, 认罪认罚).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

# name → what it reads like. 坦白 is also truthful confession without its name, where no surrender
# is found (article 67(3)).
_WORDS = {
    "自首": r"自首|(?:自动|主动)(?:到[^，。；]{0,12})?(?:投案|到案)"
    r"(?=(?:(?!被告人)[^。；]){0,30}(?<![未不能])(?<!未[作能予])(?<!没有)如实)",
    "坦白": r"坦白(?!书|材料)|如实(?:供述|交代|陈述|供认)"
    r"|主动供述(?:其|自[己已])?的?(?:罪行|犯罪事实)|(?:能够?|已)供述(?:其|自己的?)[^，。；]{0,8}(?:罪行|事实)(?=，(?:依法|可))",
    "立功": r"立功",
    "累犯": r"累犯",
    "毒品再犯": r"毒品(?:犯罪的?)?再犯"
    r"|曾?因[^，。；]{0,16}(?:毒品罪|(?:贩卖|运输|制造|走私|持有)[^，。；]{0,4}毒品)被判(?:过刑|处)[^。；]{0,40}(?:(?:又|再)(?:次)?犯[^，。；]{0,20}毒品|毒品?罪从重)",
    "从犯": r"(?<!主)(?<!主、)从犯(?!罪(?!责))"
    r"|起(?:了|到|到了)?(?:次要|辅助|帮助)(?:(?:或者?|和|及|与|、)?(?:次要|辅助|帮助))?的?作用",
    "胁从犯": r"胁从犯|被胁迫参加",
    "主犯": r"(?<!比照)主犯|起(?:了|到|到了)?主要(?:的)?作用",
    "未遂": r"未遂|(?:因|由于)[^，。；]{0,12}意志以外[^，。；]{0,8}原因",
    "中止": r"犯罪中止",
    "预备": r"犯罪预备|预备犯",
    "未成年": r"(?:系|属于?|是)未成年|(?:未满|不满|未达)(?:十[六八]|1[68])周?岁(?!的(?:人"
    r"|未成年|被害|少|幼|女|男|学|童|儿|中学|他人))|未成年人犯罪",
    "老年": r"[已年]满(?:七十[五六七八九]|7[5-9]|[八九]十[一二三四五六七八九]?|[89][0-9])周?岁(?!的人)",
    "限制责任能力": r"(?:限[制定]|部分)(?:刑事)?(?:责任|行为)能力|尚未完全丧失辨认",
    "聋哑或盲": r"又聋又哑|聋哑人|系盲人",
    "防卫过当": r"防卫过当",
    "避险过当": r"避险过当",
    "退赃": r"退赃|退交|退赔(?!被害人[^，。；]{0,10}元|的?(?:责任|义务)|给[^，。；]{1,4}[0-9])|退缴"
    r"|退出(?:全部|部分)?(?:赃|违法)"
    r"|(?<!追)(?:退|返|归|缴)(?:还|清|出|了|回|给|缴)?(?:了|给)?(?:[0-9一二三四五六七八九十百千万余.]{1,12}元)?[^，。；元]{0,10}?(?:赃|违法所得|非法所得|所得|公款|涉案款|透支|侵占|挪用|被骗|被盗|骗取)"
    r"|(?:赃款|赃物|违法所得|犯罪所得|挪用款|挪用的?(?:资金|公款))(?:已)?(?:全部|全额|部分)?(?:予以)?(?:退还|退缴|退出|退清|退回|归还)"
    r"|将[^，。；]{0,30}(?:款|资金|[0-9]元|万元)[^，。；元]{0,6}退(?:还|回|缴|给)(?!罪)"
    r"|挪用的?[^，。；]{0,8}(?:资金|款)[^，。；]{0,4}(?:退还|归还|退清)"
    r"|退还了?(?:被害|集资|投资|(?:全部|部分)(?:款项|钱款)|[^，。；元]{0,4}损失)|(?:上交|上缴|交出|交回|缴纳)[^，。；元]{0,8}?(?:赃|盗窃的|所盗|违法所得|非法所得|所得)",
    "谅解": r"谅解",
    "认罪认罚": r"认罪[、，]?(?:悔罪|悔过)?[、，]?认罚|自愿认罪[，、]?(?:并|且)?(?:自愿|愿意)?接受(?:刑事)?处罚"
    r"|愿意接受(?:刑事)?处罚",
    "前科": r"前科|(?:曾|因)[^，。；]{0,4}因[^，。；]{2,40}(?:被判|判处|被处|处以|受过?刑事|被追究刑|被刑事处罚)"
    r"|有犯罪记录|(?<![未不])曾[^，。；]{2,24}受到?[^，。；]{0,4}刑事|曾[^，。；]{0,10}(?:受过?|被追究)[^，。；]{0,4}(?:刑事处罚|刑罚|刑事责任)",
    "被害人过错": r"被害(?:人|方)[^，。；]{0,14}(?<![没不])(?:有|存在|负有|具有)"
    r"[^，。；]{0,10}(?:过错|责任)(?!能力|险)"
    r"|被害(?:人|方)(?:(?:(?!被告人|辩护人|(?:不能|不足以?|不宜|难以|无法)(?:认定|证明|证实|说明)|不代表|并非)|(?<=[对向与和将]))[^。；]){0,100}?(?<![没不])(?:有|存在|负有|具有)"
    r"[^，。；]{0,10}过错"
    # 刘某先打黄某，对引发互殴有过错，可对黄某从轻处罚: what makes it lighter is the victim's.
    r"|对(?:于)?(?:案件|本案|纠纷|矛盾|事件|冲突|引发|引起|激化)[^，。；]{0,14}(?<![没不])(?:有|存在|负有|具有)"
    r"[^，。；]{0,10}过错(?=(?:(?!不予|不足|不能|不宜)[^。；]){0,30}(?:从轻|减轻))"
    r"|被害(?:人|方)的?过错(?:程度|行为|责任)?(?=(?:(?!不)[^。；]){0,30}(?:从轻|减轻))",
}
NAMES = tuple(_WORDS)
# Truthful confession (如实供述) that is not called 坦白.
CONFESSED = "如实供述"
_KEY = {name: f"c{number}" for number, name in enumerate(_WORDS)}
_BACK = {key: name for name, key in _KEY.items()}
# What they begin with is looked at first: six times as fast as trying all of them at every
# character.
_FIRST = (
    "将对赃挪违自主以坦如立累毒从胁被未因由犯预系属为是的不已年限部尚又聋防避退返归缴上交谅认愿前曾起有能"
)
_ANY = re.compile(
    f"(?=[{_FIRST}])(?:{'|'.join(f'(?P<{_KEY[name]}>{words})' for name, words in _WORDS.items())})"
)

# A denial reaches over what follows it, but not over 而: 不属从犯而系主犯.
_NEGATED = re.compile(
    r"(?:不(?:能|应当?|宜|可|予)?(?:予以)?(?:构成|属于?|符合|具有|具备|是|系|存在|认定|成立|视为|按|作为|适用|区分|划分|定(?!罪|性)|确定|评价|代表|意味着|等于)"
    r"|拒不|(?:不能?|难以|无法)$|没有|并?未(?!成年|满|遂|达|得逞|经|婚)|并无|并非"
    r"|无(?!视|证|故|期|业|异议|牌|照|力|罪供)|非(?!法)|尚未(?!完全)|(?:难以|无法)(?:认定|区分)|缺乏)[^，。；而]{0,12}$"
)
_NOT_OF = re.compile(r"未能?(?:对|将|就)[^，。；]{0,40}$")
# What is not finished is what an attempt is: 犯罪未完成，系未遂 denies nothing.
_UNFINISHED = re.compile(r"未(?!能?(?:构成|认定))[^，。；而]{0,12}$")
_INCHOATE = {"未遂", "中止", "预备"}
_NEGATED_AFTER = re.compile(
    r"^[^，。；]{0,10}(?:不能?成立|不(?:相)?符|不(?:予)?(?:认定|采纳)|不足|不予支持|于法无据|不[当妥]|有误)"
    r"|^(?:行为|情节|表现)?，(?:本院)?(?:依法)?不(?:予|能)认定(?=[，。；]|$)"
)
# Whoever breaks a probation: 曾因…被判处有期徒刑，在缓刑考验期内犯新罪.
_BREACH = re.compile("[^。；]{0,30}(?:缓刑|假释)考验期(?!满|届满)[^，。；满]{0,4}(?:又|再|重新)?犯")
# Who else says something, what the court then looks at, and what it makes of it.
_EVENT = re.compile(
    r"(?=[1-9不难无于没事证法规情与缺理采信支成属相一酌已时可应予指罪定有经查对本结仍故因由鉴根按依辩检公诉律所提的代关。\n])(?:"
    r"(?P<stop>[。\n])"
    r"|(?P<reject>不(?:予|能|应|足以)?(?:予以)?(?:采纳|支持|采信|认可|认定)|不(?:能)?成立|难以(?:成立|采纳|采信|支持)"
    r"|无[^，。；]{0,6}(?:事实|法律|证据|依据)|于法无据|没有(?:事实|法律|证据)|(?:事实|证据|法律|规定|情况)[^，。；]{0,6}不符"
    r"|与[^，。；]{0,16}不符|不作采纳|缺乏|理据不足|理由不足|证据不足)"
    r"|(?P<accept>采纳|采信|支持|(?<!构)成立(?!自首|立功)|属实(?!的)|与(?:(?!供|述|证言|鉴定|笔录)[^，。；]){0,24}(?:相符|一致)(?=[，。；])"
    r""
    r"|(?:可以?|应予?|予以)认定(?=[，。；])|(?<=[的罪])事实清楚|事实清楚(?=[，、](?:证据|罪名|定性))|指控罪名|罪名(?:准确|正确)|定性(?:准确|正确)|有理)"
    r"|(?P<weigh>(?:予以|酌情|酌予|可以?|可予|已|时)[^，。；]{0,4}考虑)"
    r"|(?P<look>经查|经审查|经审理|查证|对此|本院认为|本院[^，。；]{0,16}认定|结合(?:本案|全案|庭审|查明)"
    r"|仍然?(?:应|可|属|构成|系)|(?:故|因此)[^，。；]{0,10}(?:应当?|可以?|能)(?:予以|依法)?认定|(?<=[见点由解]，)(?:因为?|由于|鉴于|根据|按照|依照))"
    r"|(?P<opinion>(?:辩护|辩解|公诉|代理)(?:意见|理由|观点)|的(?:意见|理由|观点|主张|请求))"
    r"|(?P<claim>(?<=[。；：])[1-9][、．.](?=[^。]{4,120}。(?:经查|对此|经审查))|辩护人|(?<!最高人民)检察(?:院|机关)(?=[^，。；]{0,30}(?:指控|认为|提出|认定|建议|意见))"
    r"|公诉(?:机关|人)(?![^，。；]{0,30}异议)(?=[^，。；]{0,30}(?:指控|认为|提出|认定|建议|意见))|诉讼代理人|律师|辩称|关于其(?![他余中])(?=[^。；]{0,40}(?:意见|理由|观点|主张|请求|辩解))|(?<![虽然的次])(?<!有所)辩解(?!意见|理由|观点|[。；及、])|所提"
    r"|提出(?!者|犯意|作案|[由让要去到并盗抢殴将以帮来])))"
)
_OPINION = re.compile("意见|辩解|主张|理由|观点")
# The next sentence answers; the refusal is of something else.
_ANSWERED = re.compile(r"(?:经|对此|对该|该|上述|此|以上|本院|前述|其|故|因此|且)")
_GOES_ON = re.compile(
    r"(?!鉴于|综上|据此|根据|为此|公诉机关)(?:(?!被告|[^，。；]{2,4}系)|[^。]{0,200}(?:意见|辩解|采纳|采信|支持))"
)
# What stands before these is why a claim is refused or upheld.
_WHY = re.compile("，(?:故|因此)")
# The same, and what the refusal speaks of: while a claim is looked at, the court has said why.
_WHY_OR_WHAT = re.compile("，(?:故|因此|此(?!外)|该|上述)")
# 故辩护人的意见…: it closes the claim that was looked at.
_CONCLUDED = re.compile(r"(?:故|因此|所以|因而|据此)(?:对|对于)?[^，。；]{0,16}$")
# 系坦白的辩护意见: the circumstance itself is claimed, not what should follow from it.
_ITSELF = re.compile("[^，。；]{1,6}?(?:的?量刑)?(?:情节)?的?(?:辩护|辩解)?(?:意见|辩解|理由|观点)")
# 虽然甲提出…，但能如实供述: what is granted is no new claim.
_GRANTED = re.compile(r"虽(?:(?!但)[^。；])*$")
_CONCEDED = re.compile(_GRANTED.pattern + "|[仅只]$")
_AFFIRMED = re.compile(r"(?:应当?|可以?|依法|足以)(?:依法)?认定[^，。；]{0,10}$")
# 仅如实供述了公诉机关指控的事实: nobody speaks anew; 公诉机关指控系主犯，但辩护人提出系从犯.
_NAMES_A_CHARGE = re.compile(r"[^，。；\n](?:公诉机关|公诉人|检察院|检察机关)指控的")
_CONTRADICTS = re.compile(r"但[^，。；]{0,16}$")
# 对辩护人提出的该项意见，不予采纳: nobody speaks anew either.
_SAME_CLAIM = re.compile(
    r"[^，。；]{0,14}(?:该|此|上述|前述|以上|这)(?:项|节|点|一|些|部分)?[^，。；]{0,8}(?:意见|理由|观点|主张|请求|辩解)"
)
# A reason may take some sentences; what goes on for longer answers no claim.
_LONGEST = 900
# A question, a heading or what the law asks for: 关于是否构成自首的问题, 成立自首应同时满足….
_ASKED = re.compile(r"是否[^，。；]{0,12}$")
_QUESTION = re.compile(
    r"[^，。；]{0,8}问题|的(?:情形|条件)(?:之一)?(?:是|为|[，：])|，?(?:是指|应当?同时|须同时|必须|需要?(?:同时)?(?:具备|满足|符合)|的(?:构成|成立|法定)要件|[^，。；]{0,14}[作以]?为(?:前提|必要|要件))"
)
_REQUIRED = re.compile(r"(?:只有|必须|应当?同时|须同时|是指)[^。；]{0,60}$")
# 第一款“…是主犯”, 规定“…才能认定为自首”: the words of the law.
_QUOTED = re.compile(
    r"((?:[款条项]|规定|》)[：:，]?(?:即|称|指出)?[：:，]?)(?:“[^“”]{16,400}”|\"[^\"]{16,400}\")"
)
# The same without quotes: 《刑法》第六十五条规定：…的，是累犯.
_STATED = re.compile(
    r"(《[^《》]{2,40}》(?:第[^，。；：]{1,14})?规定[：，])((?:(?!被告人|本案|本院)[^。\n])*)"
)
_RESTS_ON = re.compile("(?:根据|依据|依照|按照)[^，。；]{0,70}$")
# In general: 起次要作用的，是从犯; 犯罪分子如实交代…的，不能认定为自首.
_IN_GENERAL = re.compile(
    r"起[^，。；]{0,14}作用的，?(?:是|系|应当?(?:以|认定为?)?)(?:从犯|主犯)"
    r"|(?:^|(?<=[，。；：》]))(?:犯罪分子|行为人|犯罪人)(?:(?!被告人)[^。；]){0,80}?的，(?:应当?|不能?|可以?|才能|不应)?(?:予以)?(?:视为|认定|是|系|属于?)[^，。；]{0,6}"
)
# Said of an earlier crime: 犯前罪时未满十八周岁.
_EARLIER = re.compile(r"(?:该|前|上述)罪时$")
# 第六十七条第一款自首 names the article.
_CITED = re.compile(r"第[^，。；、]{1,14}[条款项]$")
# 12、释放证明，证实被告人曾因盗窃被判刑: evidence, not what the court makes of it.
_EXHIBIT = re.compile(
    r"(?:（?[0-9一二三四五六七八九十]{1,3}）?[、.．，])[^。]{0,150}(?:证明|证实|载明|证言|笔录)"
)
# 均未能查证属实.
_UNVERIFIED = re.compile("(?:未|没有|无法|不能)[^，。；]{0,6}属实$")
# Who takes a confession back has none: 庭审中翻供.
_RECANTED = re.compile(
    r"(?<![未没])翻供|但(?:(?!辩护人)[^，。；]){0,12}庭审(?:(?!未|没有|辩护人)[^，。；]){0,8}(?:避重就轻|否认|推翻|不如实|(?:不|拒不)认罪)"
)
# 均起主要作用，不宜区分主从犯: nobody is called either.
_NOT_TOLD_APART = re.compile(
    "不(?:宜|予|应当?|能|再|足以)?(?:予以|明确|进行)?(?:划分|区分|分)[^，。；]{0,2}主"
)
# 上述七被告人，尤其是其中作用较小的从犯: some of them are accessories anyway.
_OF_SOME = re.compile(r"其中[^，。；、]{0,12}的$")
# 无证据证明被告人取得了被害人的谅解, 系其应当如实供述的内容.
_UNPROVEN = re.compile(
    r"(?:无|没有|缺乏|未提供)[^，。；]{0,6}证据[^，。；]{0,4}(?:证明|证实|支持|认定)[^，。；]{0,40}$"
)
_DUTY = re.compile("(?:应当?|理应|有义务)$")
# 到案后如实供述属认罪态度较好: called by another name.
_ATTITUDE = re.compile("[^，。；]{0,6}属于?认罪态度")
# 公安机关将扣押的现金退回被害人: not the defendant.
_BY_POLICE = re.compile("(?:公安|侦查|检察|警)[^，。；]{0,12}$")
_FOUND = re.compile("扣押|查扣|追缴|查获|缴获")
# 关于指控强奸未遂的事实: what is to be looked at.
_TOPIC = re.compile("关于[^，。；]{0,40}$")
# The fault of a defendant.
_OWN_FAULT = re.compile("被告人[^，。；]{0,12}$")
# Said of others, on a condition, or of the law: nothing is found about the defendant.
_OTHERS = re.compile(
    r"(?:同案(?:犯|人)|另案)[^，。；]{0,6}$|其[他余]辩护人[^，。；]{0,14}$|(?:如果|即使|即便|假如|倘若)[^，。；]{0,12}$|[条款项]（[^（）]{0,10}$"
)
_OF_THE_LAW = re.compile(r"(?:关于|有关)[^，。；]{0,12}$")
_RULE = re.compile(r"[^，。；]{0,12}?的?(?:规定|法律|条文|司法解释)")
_VICTIM = re.compile(r"(?:被害|受害|对象)[^，。；]{0,10}$|明知[^。；]{0,22}$")
# What the body or the age of a victim may be too.
_PERSONAL = {"未成年", "老年", "限制责任能力", "聋哑或盲"}
# Wanted or ordered, but not done.
_WANTED = re.compile(r"(?:请求|希望|争取|恳请|请求得到)[^，。；]{0,8}$")
_TO_DO = re.compile(
    r"(?:判令|应(?!认定)当?|应予|继续|(?<!自)愿意?|承诺|同意)[^，。；]{0,8}$|(?:发还|追缴|没收)[、，或并]*(?:予以|依法)?$"
)
_ORDERED = re.compile("责令[^，。；]{0,70}$")
_SEIZED = re.compile(r"(?:扣押|查封|冻结|追缴|随案)[^。；]{0,50}(?:予以|依法|发还|用于)[^，。；]{0,6}$")
# Titles of laws name circumstances too (关于处理自首和立功…的解释).
_TITLE = re.compile(
    r"《[^《》]*(?:《[^《》]*》[^《》]*)*(?:法|解释|意见|规定|决定|办法|批复|纪要|条例|通知)[^《》]{0,8}》"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What the court says of a circumstance.

    Attributes:
        name: of `NAMES`, or `CONFESSED`.
        place: where it stands in the text.
        named: whether it is called by its name (自首), not only told (主动投案…如实供述).
        denied: whether the court says that it is none.
    """

    name: str
    place: int
    named: bool = True
    denied: bool = False


def find(text: str) -> list[tuple[str, int]]:
    """(name, offset) of the circumstances that a passage of the reasoning finds, in order.

    Left out are negated ones, and claims of others that the court rejects or says nothing of. What
    the court says while it looks at a claim (经查) counts, but for what it then refuses.
    """
    return [(finding.name, finding.place) for finding in findings(text) if not finding.denied]


def findings(text: str) -> list[Finding]:
    """What a passage of the reasoning says of circumstances: what it finds, and what it denies."""
    if "“" in text or '"' in text:
        text = _QUOTED.sub(_hidden, text)
    text = _STATED.sub(_stated, text)
    if "的，" in text or "作用的" in text:
        text = _IN_GENERAL.sub(lambda law: "-" * len(law[0]), text)
    text = _TITLE.sub(lambda title: "《" + "-" * (len(title[0]) - 2) + "》", text)
    hits = []
    for match in _ANY.finditer(text):
        name = _BACK[match.lastgroup or ""]
        before = text[max(0, match.start() - 80) : match.start()]
        after = text[match.end() : match.end() + 60]
        if _exhibit(text, match.start()):
            continue
        words = match[0]
        # The fault of a victim is told in several clauses, and named at their end.
        place = match.start() if name != "被害人过错" else match.end() - 2
        if not _left_out(name, before, words, after):
            hits.append(Finding(_implied(name, words), place, name in words))
        elif name in words and _NEGATED.search(before[-24:]):
            hits.append(Finding(name, match.start(), denied=True))
    if "翻供" in text or "庭审" in text:
        hits += [Finding("坦白", match.end() - 1, denied=True) for match in _RECANTED.finditer(text)]
    return _upheld(text, sorted(hits, key=lambda hit: hit.place)) if hits else []


def _stated(law: re.Match[str]) -> str:
    """A law's words, blanked, where it is not what a finding rests on (根据…规定，是自首)."""
    return law[0] if _RESTS_ON.search(law.string, max(0, law.start() - 80), law.start()) else _hidden(law)


def _hidden(law: re.Match[str]) -> str:
    """A law's words, blanked."""
    return law[1] + "-" * (len(law[0]) - len(law[1]))


def _implied(name: str, words: str) -> str:
    """坦白 that is not named (如实供述) has a name of its own until `tidy`."""
    return CONFESSED if name == "坦白" and words != "坦白" else name


@dataclass(slots=True)
class _Claim:
    """What others say (claimed), and what the court says of it (said)."""

    start: int
    claimed: list[Finding] = field(default_factory=list)
    said: list[Finding] = field(default_factory=list)
    looking: bool = False
    # 酌情考虑: accepted, unless it is refused after all.
    weighed: bool = False

    def upheld(self) -> list[Finding]:
        """What holds of it where nothing more is said of it."""
        return self.claimed + self.said if self.weighed else self.said


def _clause_start(text: str, place: int) -> int:
    return max(text.rfind(mark, max(0, place - 80), place) for mark in "。；\n") + 1


def _reasons_end(text: str, place: int, marks: re.Pattern[str]) -> int:
    """Where the clause before `place` begins, without why: 其系主犯，故该意见不予采纳."""
    ends = [match.start() for match in marks.finditer(text, max(0, place - 80), place)]
    return max([_clause_start(text, place), *ends])


def _upheld(text: str, hits: list[Finding]) -> list[Finding]:
    """The hits that are the court's own, or of claims that it accepts."""
    found: list[Finding] = []
    claim: _Claim | None = None
    at = 0
    for event in _EVENT.finditer(text):
        # What stands before this event.
        while at < len(hits) and hits[at].place < event.start():
            (found if claim is None else claim.said if claim.looking else claim.claimed).append(hits[at])
            at += 1
        kind = event.lastgroup
        if claim and event.start() - claim.start > _LONGEST:
            found += claim.upheld()
            claim = None
        start = max(0, event.start() - 20)
        if kind == "claim":
            if (
                claim
                and claim.looking
                and (
                    _NAMES_A_CHARGE.match(text, max(0, event.start() - 1))
                    or _SAME_CLAIM.match(text, event.start())
                    or _GRANTED.search(text, max(0, event.start() - 120), event.start())
                )
            ):
                continue
            if claim and not claim.looking and _CONTRADICTS.search(text, start, event.start()):
                claim.claimed = []
            if claim is None or (claim.looking and not _CONCLUDED.search(text, start, event.start())):
                found += claim.upheld() if claim else []
                claim = _Claim(event.start())
        elif kind == "opinion":
            if claim is None:
                claim = _Claim(event.start())
                # 其关于张某系从犯的意见: what stands right before it was claimed.
                begins = max(_reasons_end(text, event.start(), _WHY), event.start() - 60)
                while found and found[-1].place >= begins:
                    claim.claimed.append(found.pop())
        elif claim is None:
            continue
        elif kind == "look":
            claim.looking = True
        elif kind == "weigh":
            claim.weighed = not text.startswith("不", event.start() - 1)
        elif kind == "stop":
            answered = _ANSWERED.match(text, event.end()) or (
                claim.looking and _GOES_ON.match(text, event.end())
            )
            if not answered:
                found += claim.upheld()
                claim = None
        elif kind == "accept":
            if text.startswith("不", event.start() - 1) or _UNVERIFIED.search(text, start, event.end()):
                continue
            found += claim.claimed + claim.said
            claim = None
        elif kind == "reject":
            found += _left(text, claim, event.start())
            claim = None
    if claim is None:
        found += hits[at:]
    else:
        (claim.said if claim.looking else claim.claimed).extend(hits[at:])
        found += claim.upheld()
    return sorted(found, key=lambda hit: hit.place)


def _left(text: str, claim: _Claim, place: int) -> list[Finding]:
    """What the court has said while it looked at a claim, without what it refuses at `place`.

    经查，系立功；自首的意见不予采纳 refuses the one only. What is only granted (虽如实供述，但…)
    goes with the claim; what the court says is to be found (应当认定有自首情节) stays.
    """
    start = _reasons_end(text, place, _WHY_OR_WHAT)
    again = {hit.name for hit in claim.said if hit.place >= start and _OPINION.search(text, hit.place, place)}
    refused = again or {hit.name for hit in claim.claimed}
    denied = {hit.name for hit in claim.said if hit.denied}
    # What was told before and is refused by name is withdrawn.
    left = [
        Finding(hit.name, hit.place, denied=True)
        for hit in claim.claimed
        if hit.named and not hit.denied and hit.name in refused and _ITSELF.match(text, hit.place)
    ]
    for hit in claim.said:
        affirmed = (
            hit.named and hit.name not in denied and _AFFIRMED.search(text, max(0, hit.place - 20), hit.place)
        )
        granted = not hit.named and _CONCEDED.search(text, max(0, hit.place - 60), hit.place)
        if hit.denied or affirmed or (hit.name not in refused and not granted):
            left.append(hit)
    return left


def _left_out(name: str, before: str, words: str, after: str) -> bool:
    """Whether the words around it say that the circumstance is not found in the defendant."""
    near, soon = before[-24:], after[:24]
    negated = _NEGATED.search(near)
    if name in _INCHOATE and negated and _UNFINISHED.match(negated[0].removeprefix("并")):
        negated = None
    return bool(
        negated
        or _NEGATED_AFTER.search(soon)
        or (name == "坦白" and (_NOT_OF.search(before) or (words != "坦白" and _DUTY.search(near))))
        or _UNPROVEN.search(before)
        or (name == "主犯" and "主犯" not in words and _NOT_TOLD_APART.search(near + words + soon))
        or (name in ("从犯", "主犯") and _OF_SOME.search(near))
        or (name == "前科" and "前科" not in words and _BREACH.match(after))
        or (name == "被害人过错" and words.startswith("对") and _OWN_FAULT.search(before))
        or _OTHERS.search(near)
        or _ASKED.search(near)
        or _QUESTION.match(soon)
        or _REQUIRED.search(before)
        or _CITED.search(near)
        or (_OF_THE_LAW.search(near) and _RULE.match(soon))
        or (name in _PERSONAL and (_VICTIM.search(near) or _EARLIER.search(near)))
        or (name == "谅解" and (_WANTED.search(near) or "未" in near[-6:] or "不" in near[-4:]))
        or (
            name == "退赃"
            and words != "退赃"
            and not soon.startswith("在案")
            and (_TO_DO.search(near) or _ORDERED.search(before) or _SEIZED.search(before))
        )
        or (name == "坦白" and words != "坦白" and _ATTITUDE.match(soon))
        or (name == "退赃" and words.startswith("将") and (_BY_POLICE.search(before) or _FOUND.search(words)))
        or (_TOPIC.search(before) and soon.startswith(("的事实", "的指控")))
    )


def _exhibit(text: str, place: int) -> bool:
    """Whether the sentence is an item of a list of evidence."""
    start = max(text.rfind(mark, max(0, place - 200), place) for mark in "。\n") + 1
    return bool(_EXHIBIT.match(text, start, place))


def called(name: str) -> str:
    """What a circumstance is called (坦白 for truthful confession without that name)."""
    return "坦白" if name == CONFESSED else name


def tidy(names: list[str]) -> list[str]:
    """The names in the order of `NAMES`, each once.

    Truthful confession is part of surrender, unless it is named itself (of another crime), and
    胁从犯 contains 从犯.
    """
    present = set(names)
    if CONFESSED in present and "自首" not in present:
        present.add("坦白")
    if "累犯" in present or "毒品再犯" in present:
        present.discard("前科")
    return [name for name in NAMES if name in present]
