"""What `lexpro ask` prints, in Chinese, in lines of 100 columns."""

from __future__ import annotations

from unicodedata import east_asian_width

from lexpro.retrieval import cite
from lexpro.tasks import answers

VERDICTS = {
    cite.FINE: "有效",
    cite.NOT_SHOWN: "有效，但没有提供给模型",
    cite.NOT_IN_FORCE: "当日不生效",
    cite.MISSING: "不存在",
    cite.UNKNOWN: "知识库没有这部法律，没有核对",
}
SHARED = {"charges": "罪名", "circumstances": "情节", "amounts": "金额相近", "terms": "用语"}
# Columns; a Chinese character takes two.
WIDTH = 100


def paragraph(text: str, indent: str, most: int | None = None) -> str:
    """Text in indented lines of `WIDTH` columns.

    Args:
        text: white space in it counts as one space.
        indent: begins every line.
        most: characters after which the text is cut.
    """
    text = " ".join(text.split())
    if most and len(text) > most:
        text = text[:most] + "…"
    lines, column = [indent], len(indent)
    for character in text:
        wide = 1 + (east_asian_width(character) in "WFA")
        # No line begins with a full stop or comma.
        if column + wide > WIDTH and character not in "，。；、：！？）》”…":
            lines.append(indent)
            column = len(indent)
        lines[-1] += character
        column += wide
    return "\n".join(lines)


def articles(rows: list[dict]) -> None:
    """Print the articles that were found, with their texts."""
    print("【法条】" if rows else "【法条】没有找到")
    for place, article in enumerate(rows, 1):
        since = f"（{article['valid_from']}起）" if article["valid_from"] else ""
        number, _, sub = article["ref"].partition("之")
        name = f"{article['law']} 第{number}条{'之' + sub if sub else ''}{since}"
        print(f"  {place}. {name}  {article['heading']}".rstrip())
        print(paragraph(article["text"], "     "))


def named_articles(checked: list[cite.Checked]) -> None:
    """Print what is wrong with articles that the question itself names."""
    for one in checked:
        if one.verdict != cite.FINE:
            print(f"  问题所引 {one.law} {one.ref}: {VERDICTS[one.verdict]}")


def charges(predicted: list[tuple[str, float]]) -> None:
    """Print the charges of similar cases with their shares."""
    if predicted:
        print("【罪名】类案所判：" + "、".join(f"{charge} {share:.0%}" for charge, share in predicted))


def court_citations(court: str, usual: list[str] | None) -> None:
    """Print what a court usually cites; None: not known."""
    text = (
        "训练案件中没有这个法院，或者太少" if usual is None else "、".join(usual) or "没有多数案件共引的法条"
    )
    print(f"【本院多引】{court}：{text}")


def reasons(why: dict) -> str:
    """What `similar.explain` says of a case, in words."""
    said = {**why, "amounts": [" 与 ".join(f"{amount:,.15g}元" for amount in why.get("amounts", []))]}
    return "；".join(
        f"{name} {'、'.join(said[key])}" for key, name in SHARED.items() if any(said.get(key, []))
    )


def cases(similar: list[dict]) -> None:
    """Print similar cases, and what makes them similar."""
    print("【类案】" if similar else "【类案】没有找到")
    for place, case in enumerate(similar, 1):
        months = f"{case['months']}个月" if case["months"] is not None else ""
        facts = [case["province"], case["date"], "、".join(case["charges"]), case["sentence"] + months]
        facts.append("法条 " + "、".join(case["refs"]))
        print(f"  {place}. {'  '.join(part for part in facts if part)}  [{case['doc_id']}]")
        print(paragraph("相似之处：" + (reasons(case["why"]) or "事实整体相近"), "     "))
        print(paragraph(case["facts"], "     ", 120))


def heading(what: str, synthetic: bool) -> None:
    """Print the heading of a model's answer, and what such answers are worth.

    Args:
        what: the question and the model.
        synthetic: whether the model was trained on a synthetic corpus.
    """
    print(f"【回答】{what}")
    warning = "模型学自合成文书，对其他写法的案情往往答错。" if synthetic else ""
    print(paragraph(f"{warning}答案由模型写成，不是法律意见。", "  "))


def answer(task: str, completion: str, checked: list[cite.Checked]) -> None:
    """Print a model's answer with its checked citations.

    Args:
        task: `charge`, `article` or `term`.
        completion: what the model wrote.
        checked: its citations.
    """
    think, said, finished = answers.split_think(completion)
    if think:
        print(paragraph("推理：" + think, "  "))
    print(paragraph("答案：" + (said.strip() or ("（空）" if finished else "（推理没有结束）")), "  "))
    if answers.parse(task, said) is None:
        print("  （答案的格式读不出来）")
    print("【引用核对】" if checked else "【引用核对】没有引用法条")
    for one in checked:
        print(f"  {one.law} {one.ref}: {VERDICTS[one.verdict]}")
