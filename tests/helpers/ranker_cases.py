"""Articles and cases that a ranker learns in a moment: thefts and drunken drives."""

from lexpro.retrieval.cases import Case


def article(ref: str, text: str, charges: tuple[str, ...] = (), valid_to: str = "") -> dict:
    return {"law": "刑法", "ref": ref, "text": text, "charges": list(charges), "valid_to": valid_to}


ARTICLES = [
    article("67", "犯罪以后自动投案，如实供述自己的罪行的，是自首"),
    article("264", "盗窃公私财物，数额较大的", ("盗窃罪",)),
    article("133之1", "在道路上醉酒驾驶机动车的", ("危险驾驶罪",)),
    article("280", "伪造国家机关印章的，抢夺国家机关公文的", ("伪造国家机关印章罪", "抢夺国家机关公文罪")),
    article("264", "旧的盗窃", ("盗窃罪",), "2011-05-01"),
]
KINDS = [
    ("被告人窃得手机一部，后主动投案", ("264", "67"), ("盗窃罪",)),
    ("被告人醉酒驾驶小型轿车被查获", ("133之1",), ("危险驾驶罪",)),
]
CASES = [
    Case(f"d{n}", "", "", f"{text}，{'甲乙丙丁戊'[n % 5] * 3}路{n}号", charges, refs, "", None)
    for n in range(40)
    for text, refs, charges in [KINDS[n % 2]]
]
