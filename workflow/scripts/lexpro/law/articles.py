"""Citations of articles (法条): numbers in both systems, lists, paragraphs, items, and their law.

《中华人民共和国刑法》第六十七条第一、三款、第七十二条 is 刑法 67 (1), 67 (3), 72;
第九十一条至第九十三条 is 91, 92, 93. A law's name holds until the next one; one in 《》 that is
not known by a short name is kept as it is written. Articles before any name have the law "".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lexpro.law import numerals
from lexpro.records import Article

CRIMINAL_LAW = "刑法"
PROCEDURE_LAW = "刑事诉讼法"
# Laws whose name may carry a version; of others (解释（二）) brackets are part of the name.
_VERSIONED = frozenset((CRIMINAL_LAW, PROCEDURE_LAW, "民法典", "民事诉讼法", "行政诉讼法", "治安管理处罚法"))
_SHORT = {"刑诉法": PROCEDURE_LAW, "刑訴法": PROCEDURE_LAW, "民诉法": "民事诉讼法"}

_D = "0-9０-９〇零○一二两三四五六七八九十廿百千壹贰叁肆伍陆柒捌玖拾佰仟"
_N = f"[{_D}]{{1,9}}"
# 、 in lists; also 和 及 与 或, commas, and no separator where 第 follows.
_LAW = (
    r"《(?P<quoted>(?:[^《》]|《[^《》]*》){1,120})》(?:[（(](?P<old>1979年|一九七九年)[^）)]{0,10}[）)])?"
    r"|(?P<bare>(?:中华人民共和国)?(?:刑法修正案[（(][一二三四五六七八九十]{1,3}[）)]"
    r"|刑法(?!学|典型|理|修)|刑事诉讼法|刑诉法|刑訴法|民法典|民事诉讼法"
    r"|民诉法"
    r"|民法通则|侵权责任法|道路交通安全法|社区矫正法|禁毒法|治安管理处罚法|监察法))"
)
# What a token begins with is looked at first: three times as fast as trying all kinds at every
# character.
_TOKEN = re.compile(
    rf"(?=[《中刑民侵道社禁治监第（(\s{_D}])(?:"
    + _LAW
    # Several numbers may share one 条. Without 第 only in a list or right behind the law's name:
    # 六十四条 in 第五十三条、六十四条 or a range, but not 数据160308条. 第六十七第三款 lacks its
    # 条. 133-1条 and 一百三十三之一条 are 条之X, 133-135条 is a range.
    + r"|(?:第|(?<=[、，,》法和及与或])|(?<=[条條款项][至到]))\s{0,4}"
    rf"(?P<number>{_N}(?:\s{{0,4}}[、，,和及至到]\s{{0,4}}"
    rf"第?\s{{0,4}}{_N}){{0,12}})\s{{0,4}}(?:[之\-－—–]\s{{0,4}}(?P<dash>{_N})\s{{0,4}})?(?:条(?!款)|條)\s{{0,4}}"
    r"(?:之\s{0,4}(?P<sub>[一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾0-9０-９]{1,3}))?"
    rf"|第\s{{0,4}}(?P<bareno>{_N})(?=\s{{0,4}}第\s{{0,4}}[{_D}]{{1,3}}\s{{0,4}}款)"
    rf"|第?\s{{0,4}}(?P<paras>{_N}(?:\s{{0,4}}[、，,和及与至到]\s{{0,4}}第?\s{{0,4}}{_N}){{0,12}})\s{{0,4}}条?款"
    rf"|第?\s{{0,4}}[（(]?\s{{0,4}}(?P<items>{_N}\s{{0,4}}[）)]?(?:\s{{0,4}}(?:[、，,和及与至到]|(?<=[）)])(?=[（(]))\s"
    rf"{{0,4}}第?\s{{0,4}}[（(]?\s{{0,4}}{_N}\s{{0,4}}[）)]?){{0,12}})\s{{0,4}}项)"
)
_LIST = re.compile(_N)
_RANGE = re.compile(r"\s{0,4}(?:至|到|-|—|－|~|～)\s{0,4}(?:第\s{0,4})?[（(]?")
# A range of more articles than this is none.
_WIDEST = 120
_NO_PREFIX = re.compile(r"^中华人民共和国")


# 《刑法（2020年修正）》, 《刑法（含修正案十一）》: the version; 《刑法（1979年）》 is another law.
_VERSION = re.compile(
    r"[（(〔\[](?!1979|一九七九)(?:(?:\d{4}|[〇零一二三四五六七八九]{4})(?:年|[-.]|[修版]|(?=[）)〕\]]))|[^（()）]{0,8}修正|最新|现行)"
    r"[^（()）]{0,20}(?:[（(][^（()）]{0,8}[）)])?[^（()）]{0,8}[）)〕\]]$"
)
_OLD = re.compile(r"[（(](?:1979|一九七九)年?[^）)]{0,10}[）)]$")


def law_name(text: str) -> str:
    """The short name of a law: 中华人民共和国刑法（2020修正） → 刑法, 刑诉法 → 刑事诉讼法.

    Other names are given without the country's.
    """
    name = _NO_PREFIX.sub("", text.strip().strip("《》〈〉<>"))
    name = _OLD.sub("（1979年）", name)
    if (bare := _VERSION.sub("", name)) in _VERSIONED:
        name = bare
    return _SHORT.get(name, name)


@dataclass(frozen=True, slots=True)
class Citation:
    """One article cited at text[start:end]; of a list of paragraphs, each is one."""

    article: Article
    start: int
    end: int


@dataclass(slots=True)
class _Open:
    """The article that paragraphs and items still to come belong to."""

    law: str
    number: int
    sub: int
    start: int
    end: int
    # (paragraph, item) in the order of the text; a paragraph gives way to its items.
    places: list[tuple[int | None, int | None]]

    @property
    def paragraph(self) -> int | None:
        """The last paragraph so far."""
        return self.places[-1][0] if self.places else None

    def add_paragraphs(self, numbers: list[int]) -> None:
        self.places += [(number, None) for number in numbers]

    def add_items(self, numbers: list[int]) -> None:
        paragraph = self.paragraph
        if self.places and self.places[-1][1] is None:
            self.places.pop()
        self.places += [(paragraph, number) for number in numbers]

    def citations(self) -> Iterator[Citation]:
        for paragraph, item in self.places or [(None, None)]:
            yield Citation(Article(self.law, self.number, self.sub, paragraph, item), self.start, self.end)


def _between(first: int, last: int) -> list[int]:
    """The numbers of a range without its ends."""
    return list(range(first + 1, last)) if last - first <= _WIDEST else []


def _numbers(text: str) -> list[int]:
    """The numbers of an enumeration; of a range (三至五) all."""
    found: list[int] = []
    end = 0
    for part in _LIST.finditer(text):
        value = numerals.parse_int(part[0])
        if value is None:
            continue
        if found and re.search("[至到]", text[end : part.start()]):
            found += _between(found[-1], value)
        found.append(value)
        end = part.end()
    return found


def _skipped(open_: _Open, law: str, number: int, sub: int) -> list[Article]:
    """The articles of a range between the open one and `number`, `sub`."""
    if open_.law != law or open_.places:
        return []
    if open_.number == number:
        return [Article(law, number, between) for between in _between(open_.sub, sub)]
    return [Article(law, between) for between in _between(open_.number, number)]


def find(text: str, law: str = "", start: int = 0, end: int | None = None) -> list[Citation]:
    """Every citation in text[start:end], in order.

    Args:
        text: a running text.
        law: the law of articles before any law is named; "" for not known.
        start: where the search begins, in characters.
        end: where it ends; None for the end of the text.

    Returns:
        An entry for each article, paragraph or item cited. Those of a list share its place; places
        count from the beginning of the text.
    """
    found: list[Citation] = []
    open_: _Open | None = None
    for match in _TOKEN.finditer(text, start, len(text) if end is None else end):
        kind = match.lastgroup if match.lastgroup not in ("old", "sub") else ""
        if kind in ("quoted", "bare") or match["quoted"]:
            law = law_name(match["quoted"] or match["bare"])
            law += "（1979年）" if match["old"] else ""
        elif match["number"] or match["bareno"]:
            joined = open_ is not None and _RANGE.fullmatch(text, open_.end, match.start())
            if text[match.start() - 1 : match.start()] in ("至", "到") and not joined:
                # 聊天记录十条至三十条: no articles.
                continue
            *others, number = _numbers(match["number"] or match["bareno"]) or [0]
            sub = numerals.parse_int(match["sub"] or "0") or 0
            if (after := numerals.parse_int(match["dash"] or "0")) and after > number:
                others, number = [*others, number, *_between(number, after)], after
            else:
                sub = sub or after or 0
            start, end = match.span()
            if open_ and number:
                found += open_.citations()
                found += (
                    [
                        Citation(article, start, end)
                        for article in _skipped(open_, law, [*others, number][0], sub)
                    ]
                    if joined
                    else []
                )
            found += [Citation(Article(law, other), start, end) for other in others]
            if number:
                open_ = _Open(law, number, sub, start, end, [])
        elif open_ and match.start() - open_.end <= 4:
            # A paragraph or item right behind its article: 第一款、第三款 too.
            joined = _RANGE.fullmatch(text, open_.end, match.start())
            open_.end = match.end()
            numbers = _numbers(match["paras"] or match["items"])
            place = open_.places[-1][0 if match["paras"] else 1] if open_.places else None
            skipped = _between(place, numbers[0]) if joined and place and numbers else []
            (open_.add_paragraphs if match["paras"] else open_.add_items)(skipped + numbers)
    if open_:
        found += open_.citations()
    return found


_TOKEN_OR_LITERAL = re.compile(
    _LAW + rf"|第(?P<number>{_N})[条條](?:之(?P<sub>[一二三四五六七八九十0-9０-９]{{1,3}}))?"
)


def literal(text: str) -> list[Article]:
    """Citations of `text` written in full as 第…条, slips of the pen as they stand.

    第六十七第三款 and 、六十四条 are none. This is how JuDGE's reference articles (`la`) were
    read; use `find` and `parse` for what a court means.
    """
    found = []
    law = ""
    for match in _TOKEN_OR_LITERAL.finditer(text):
        if match["quoted"] or match["bare"]:
            law = law_name(match["quoted"] or match["bare"])
        elif match["number"] and (number := numerals.parse_int(match["number"])) is not None:
            found.append(Article(law, number, numerals.parse_int(match["sub"] or "0") or 0))
    return list(dict.fromkeys(found))


def parse(text: str, law: str = "") -> list[Article]:
    """The cited articles, each once, in order."""
    return list(dict.fromkeys(citation.article for citation in find(text, law)))


def base(articles: list[Article], law: str = CRIMINAL_LAW) -> set[int]:
    """Numbers of the cited articles of `law`, without 之X, as JuDGE's `la` has them."""
    return {article.number for article in articles if article.law == law}


_REF = re.compile(r"(\d{1,4})(?:之(\d{1,2}))?", re.ASCII)


def parse_ref(ref: str, law: str = CRIMINAL_LAW) -> Article | None:
    """`133之1` → the article; None on anything else. The inverse of `Article.ref`."""
    match = _REF.fullmatch(ref.strip())
    return Article(law, int(match[1]), int(match[2] or 0)) if match else None


def is_special(ref: str) -> bool:
    """Whether an article is of the special part (分则) of the Criminal Law: 102 and later ones."""
    article = parse_ref(ref)
    return article is not None and article.number > 101


_NUMBER = re.compile(
    rf"第?\s{{0,4}}({_N})\s{{0,4}}[条條]?\s{{0,4}}(?:[之\-－—–_.]\s{{0,4}}({_N})\s{{0,4}}[条條]?)?"
)


def parse_number(number: int | str, law: str = CRIMINAL_LAW) -> Article | None:
    """The article that a number in any form names: 133, "１３３", "第一百三十三条之一", "133-1".

    A whole citation is read too (刑法第一百三十三条之一第一款).

    Returns:
        None on anything else, and on several articles.
    """
    text = str(number).strip()
    if match := _NUMBER.fullmatch(text):
        value, sub = numerals.parse_int(match[1]), numerals.parse_int(match[2] or "0")
        return Article(law, value, sub) if value and sub is not None else None
    found = parse(text, law)
    return found[0] if len(found) == 1 else None


_BARE = re.compile(
    rf"第?({_N})\s*(?P<word>[条條](?![款项]))?(?:\s*(?:之|(?:[-－—–_.])(?=\s*{_N}))\s*({_N})\s*(?P<last>[条條])?)?"
    rf"\s*((?:第?\s*[（(]?\s*{_N}\s*[）)]?\s*[款项]\s*)*)"
)
_HIGHEST = 999
_BETWEEN = re.compile(r"(\s*(?:[、,，;；\n]|和|及|与|以及)\s*|(?<=[\d条])\s+(?=第?\d))")
_LAW_FIRST = re.compile(_LAW)


def stated(text: str, law: str = CRIMINAL_LAW) -> list[Article]:
    """The articles that an answer names in any form, each once.

    264条, 133条之一, 133-1, ２６４, 264条第1款, a list of such, and whole citations. `law` is that
    of articles without a name. Bare numbers count where nothing else stands there.
    """
    text = text.strip().strip("[]【】\"'“”‘’。.;； ")
    pieces = _BETWEEN.split(text)
    read: list[str] = []
    bare = True
    for index, piece in enumerate(pieces):
        named = _LAW_FIRST.match(piece)
        name, rest = (piece[: named.end()], piece[named.end() :]) if named else ("", piece)
        match = _BARE.fullmatch(rest.strip(" \"'“”‘’[]:："))
        if index % 2 or not match:
            bare = bare and (index % 2 == 1 or not piece.strip() or bool(parse(piece, law)))
            read.append(piece)
            continue
        number, sub = numerals.parse_int(match[1]) or 0, numerals.parse_int(match[3] or "0") or 0
        plain = not (match["word"] or match["last"] or match[5] or rest.strip().startswith("第"))
        if not 0 < number <= _HIGHEST or (plain and not bare):
            read.append(piece)
            continue
        joined = f"至第{sub}条" if sub > number else f"之{sub}" if sub else ""
        read.append(f"{name}第{number}条{joined}{match[5]}")
    if not bare:
        # A number among words is no article: 盗窃3次.
        read = [
            piece if re.search("[条條]", old) or index % 2 else old
            for index, (piece, old) in enumerate(zip(read, pieces, strict=True))
        ]
    return parse("".join(read), law)


def render(article: Article, style: str = "chinese") -> str:
    """《中华人民共和国刑法》第一百三十三条之一第一款第（二）项; `parse` reads it back.

    Args:
        article: its law is left out where it is "".
        style: of the numerals, one of `numerals.STYLES`.
    """
    number = numerals.render(article.number, style)
    text = f"第{number}条" + (f"之{numerals.render(article.sub, style)}" if article.sub else "")
    text += f"第{numerals.render(article.paragraph, style)}款" if article.paragraph else ""
    text += f"第（{numerals.render(article.item, style)}）项" if article.item else ""
    if not article.law:
        return text
    national = (
        "" if "解释" in article.law or "规定" in article.law or "意见" in article.law else "中华人民共和国"
    )
    return f"《{national}{article.law}》{text}"
