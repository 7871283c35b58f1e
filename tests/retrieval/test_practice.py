"""What a court itself usually cites: at least half of its similar cases, its own alone."""

from lexpro.evaluation.items import Retrieval
from lexpro.evaluation.tasks.heldout.items import SOURCE
from lexpro.retrieval import practice
from lexpro.tasks import prompts
from lexpro.tasks.form import Form
from lexpro.tasks.shelf import Precedent, Shelf

STATUTE = {"ref": "264", "text": "盗窃罪", "valid_from": "", "valid_to": ""}


def test_usual_is_what_at_least_half_cite():
    cases = [("264", "52"), ("264", "52", "52"), ("264", "53"), ("266", "53"), ("264",)]
    assert practice.usual(cases) == ["264"]
    assert practice.usual([*cases, ("266", "53")]) == ["264", "53"]
    assert practice.usual([()] * 5) == []
    # Of few cases nothing is said, which is not to say that there is nothing.
    assert practice.usual(cases[: practice.LEAST - 1]) is None


def shelf() -> Shelf:
    """Two courts: A cites 52 and 53 for thefts and 133之1 for driving, B neither 52 nor 53."""
    theft, driving = "秘密窃取他人手机", "醉酒驾驶小型轿车"
    cases = [Precedent(f"a{n}", theft, ("264", "52", "53"), "A") for n in range(6)]
    cases += [Precedent(f"c{n}", driving, ("133之1",), "A") for n in range(6)]
    cases += [Precedent(f"b{n}", theft, ("264",), "B") for n in range(6)]
    return Shelf([], cases)


def test_only_the_most_similar_cases_of_the_court_itself_speak():
    found = shelf()
    assert found.practice("窃取他人手机", "A", 6) == ["264", "52", "53"]
    assert found.practice("窃取他人手机", "B", 6) == ["264"]
    assert found.practice("醉酒驾驶小型轿车", "A", 6) == ["133之1"]
    assert found.practice("窃取他人手机", "C", 6) is None
    assert found.practice("窃取他人手机", "", 6) is None and found.practice("窃取他人手机", "A", 0) is None


def test_a_case_does_not_speak_for_itself():
    same = [Precedent("x", "窃取他人手机", ("264", "52"), "A") for _ in range(5)]
    assert Shelf([], same).practice("窃取他人手机", "A", 5, family="x") is None
    others = [Precedent(str(n), "窃取他人手机", ("264",), "A") for n in range(5)]
    assert Shelf([], [*same, *others]).practice("窃取他人手机", "A", 5, family="x") == ["264"]


def test_the_prompt_names_it_after_the_statutes():
    form = Form(style="compact")
    plain = prompts.build("article", "事实甲", [STATUTE], form)
    told = prompts.build("article", "事实甲", [STATUTE], form, practice=["264", "52"])
    assert told == plain.replace("\n事实：", "\n本院多引：264、52\n事实：") != plain
    assert "\n本院多引：无\n" in prompts.build("article", "事实甲", [STATUTE], form, practice=[])
    assert "本院多引" not in plain + prompts.build("article", "事实甲", None, form, practice=["52"])


def test_a_benchmark_of_judgments_asks_for_the_practice_of_its_court():
    asked = []

    def usual(facts, court, province):
        asked.append((facts, court, province))
        return ["264", "52"]

    item = {
        "task": "article",
        "input": "事实甲",
        "date": None,
        "court": "甲市乙区人民法院",
        "province": "湖北",
    }
    given = Retrieval(lambda text, date, law: [STATUTE], usual)
    prompt, refs = SOURCE.prompt(item, Form(), given)
    assert asked == [("事实甲", "甲市乙区人民法院", "湖北")]
    assert "本院多引：264、52" in prompt and refs == ["264", "52"]
    assert "本院多引" not in SOURCE.prompt(item, Form(), None)[0]
