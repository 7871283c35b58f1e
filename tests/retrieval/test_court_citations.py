"""What a court usually cites: at least half of its similar cases; the prompt names it."""

from sample_judgments import plain_form

from lexpro.evaluation.items import Retrieval
from lexpro.evaluation.tasks.heldout.items import SOURCE
from lexpro.retrieval.court_citations import MIN_CASES, usual_citations
from lexpro.tasks import prompts
from lexpro.tasks.context import Context

STATUTE = {"ref": "264", "text": "盗窃罪", "valid_from": "", "valid_to": ""}


def test_usual_is_what_at_least_half_cite():
    cases = [("264", "52"), ("264", "52", "52"), ("264", "53"), ("266", "53"), ("264",)]
    assert usual_citations(cases) == ["264"]
    assert usual_citations([*cases, ("266", "53")]) == ["264", "53"]
    assert usual_citations([()] * 5) == []
    # Of few cases nothing is said, which is not to say that there is nothing.
    assert usual_citations(cases[: MIN_CASES - 1]) is None


def test_the_prompt_names_it_after_the_statutes():
    form = plain_form(style="compact")
    plain = prompts.build("article", "事实甲", form, Context([STATUTE]))
    told = prompts.build("article", "事实甲", form, Context([STATUTE], ["264", "52"]))
    assert told == plain.replace("\n事实：", "\n本院多引：264、52\n事实：") != plain
    assert "\n本院多引：无\n" in prompts.build("article", "事实甲", form, Context([STATUTE], []))
    assert "本院多引" not in plain + prompts.build("article", "事实甲", form)


def test_a_benchmark_of_judgments_asks_what_its_court_usually_cites():
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
    prompt, refs = SOURCE.prompt(item, plain_form(), given)
    assert asked == [("事实甲", "甲市乙区人民法院", "湖北")]
    assert "本院多引：264、52" in prompt and refs == ["264", "52"]
    assert "本院多引" not in SOURCE.prompt(item, plain_form(), None)[0]
