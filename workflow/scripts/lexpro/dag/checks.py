"""Checks of settings that the schemas cannot make.

They ask whether what a setting names is there, and what settings of several stages say together.
The schemas of `lexpro/config` import nothing of the science; these checks may. They run in the main
process, before the first job, on settings that are right by their schema.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from lexpro.config import benchmark, corpus, filter, grpo, index, sft, tasks
from lexpro.config.base import Model, check_names
from lexpro.config.base_model import FromScratch
from lexpro.config.check import Problem
from lexpro.config.tasks import OF_RANKER
from lexpro.corpus.filtering.filters import FILTERS
from lexpro.datasets import registered
from lexpro.law import charges
from lexpro.law.builtin_law import load as load_facts
from lexpro.law.provinces import PROVINCES
from lexpro.retrieval.court_citations import MIN_CASES
from lexpro.rewards import registry
from lexpro.workflow.errors import UserError

# (keys below the place that is checked, dotted; what is wrong with them)
Wrong = Iterator[tuple[tuple[str, ...], str]]

LIBRARY = Path(__file__).resolve().parents[1]
REGISTERED = "registered in config/datasets.csv"
UNSEEN = "lexpro.evaluation.tasks.unseen_charges.items"


def _names(key: str, names: list[str], allowed, what: str) -> Wrong:
    try:
        check_names(names, allowed, what)
    except ValueError as error:
        yield (key,), str(error)


def _generator(settings: Model) -> Wrong:
    """Provinces and charges that the generator knows."""
    if isinstance(settings, corpus.Synthetic):
        yield from _names("provinces", settings.provinces, PROVINCES, "provinces")
        yield from _names("charges", settings.charges, load_facts().charges, "charges with facts")


def _corpus_data(settings: Model) -> Wrong:
    if isinstance(settings, corpus.Dataset):
        yield from _names("datasets", settings.datasets, registered(), REGISTERED)


def _filters(settings: filter.Settings) -> Wrong:
    yield from _names("filters", settings.filters, FILTERS, "filters")


def _decontamination(settings: filter.Settings) -> Wrong:
    for number, one in enumerate(settings.decontaminate_against):
        yield from _names(f"decontaminate_against.{number}.dataset", [one.dataset], registered(), REGISTERED)


def _court_cases(settings: tasks.Settings) -> Wrong:
    cases = settings.form.court_cases
    if 0 < cases < MIN_CASES:
        yield (
            ("form.court_cases",),
            f"of {cases} cases of a court nothing is said: give 0 (not shown) or at least {MIN_CASES}",
        )


def _unseen_charges(settings: tasks.Settings) -> Wrong:
    yield from _names(
        "unseen_charges", settings.unseen_charges, charges.names(), "charges of the Criminal Law"
    )


def _rewards(settings: grpo.Settings) -> Wrong:
    for number, reward in enumerate(settings.rewards):
        try:
            registry.load(reward.model_dump())
        except UserError as error:
            keys = ("fn", "args") if reward.args else ("fn",)
            yield tuple(f"rewards.{number}.{key}" for key in keys), f"{error} (docs/rewards.md lists all)"


def _benchmark_data(settings: Model) -> Wrong:
    yield from _names("data", list(settings.data.values()), registered(), REGISTERED)
    if isinstance(settings, benchmark.Questions):
        yield from _names("tables", settings.tables, registered(), REGISTERED)


def _benchmark_code(settings: Model) -> Wrong:
    """`lexpro.evaluation.tasks.<benchmark>.items` and `….scorer`."""
    if not isinstance(settings, benchmark.Questions):
        return
    for key, part in (("source", "items"), ("scorer", "scorer")):
        folders = sorted(path.parent.name for path in (LIBRARY / "evaluation/tasks").glob(f"*/{part}.py"))
        modules = [f"lexpro.evaluation.tasks.{folder}.{part}" for folder in folders]
        yield from _names(key, [getattr(settings, key)], modules, "modules")


CHECKS: dict[str, tuple[Callable[..., Wrong], ...]] = {
    "corpus": (_generator, _corpus_data),
    "filter": (_filters, _decontamination),
    "tasks": (_court_cases, _unseen_charges),
    "grpo": (_rewards,),
    "benchmark": (_benchmark_data, _benchmark_code),
}


def _methods(sft: sft.Settings, grpo: grpo.Settings, **_) -> Wrong:
    if (sft.method == "full") != (grpo.method == "full"):
        yield (
            ("grpo.method", "sft.method"),
            f"GRPO ({grpo.method}) trains on what SFT ({sft.method}) left, an adapter (lora, also after qlora) or all "
            "weights (full)",
        )


def _lengths(base_model, sft: sft.Settings, grpo: grpo.Settings, predict, **_) -> Wrong:
    """A model made here has positions for so many tokens; a pretrained one says so when loaded."""
    if not isinstance(base_model, FromScratch):
        return
    most = base_model.max_position
    asked = {
        ("sft.max_length",): sft.max_length,
        ("base_model.block_size",): base_model.block_size,
        ("grpo.max_prompt_length", "grpo.max_completion_length"): (
            grpo.max_prompt_length + grpo.max_completion_length
        ),
        ("predict.decoding.max_new_tokens",): (
            1 + max(predict.decoding.max_new_tokens.model_dump().values())
        ),
    }
    for keys, length in asked.items():
        if length > most:
            yield (*keys, "base_model.max_position"), f"{length} tokens do not fit into max_position: {most}"


def _asked(tasks: tasks.Settings, **stages: Model) -> Wrong:
    """A training has prompts: at least one of its tasks is asked of its split."""
    for stage in ("sft", "grpo"):
        mix, chosen = getattr(tasks.mix, stage), stages[stage].tasks
        if not any(getattr(mix, task) for task in chosen):
            yield (
                (f"{stage}.tasks", f"tasks.mix.{stage}"),
                f"{stage} trains on {', '.join(chosen)}, but no judgment of its split is asked any of them: all "
                "shares are 0",
            )


def _shares(tasks: tasks.Settings, index: index.Settings, **_) -> Wrong:
    """Prompts of evaluation say what those of training say."""
    for name in OF_RANKER:
        if getattr(tasks.form, name) and not index.ranker:
            off = str(type(tasks.form).model_fields[name].default).lower()
            yield (
                ("index.ranker", f"tasks.form.{name}"),
                "prompts say what such cases cite and how they are decided, but no ranker of the index "
                f"knows that; choose index: learned, or {name}: {off}",
            )


def _thoughts(tasks: tasks.Settings, grpo: grpo.Settings, **_) -> Wrong:
    """No reward for a thought that the prompts give no reason to have."""
    paid = [number for number, reward in enumerate(grpo.rewards) if reward.fn.endswith("format.think_json")]
    if tasks.form.listing == "numbers" and paid:
        yield (
            (f"grpo.rewards.{paid[0]}.fn", "tasks.form.listing"),
            "answers to prompts with listing: numbers are copied without a thought, and format.think_json pays "
            "for one; leave it out",
        )


def _by_words(tasks: tasks.Settings, index: index.Settings, **_) -> Wrong:
    """Prompts of evaluation show statutes as those of training do."""
    if tasks.retrieval.by_words != index.by_words and tasks.retrieval.share:
        yield (
            ("index.by_words", "tasks.retrieval.by_words"),
            f"prompts of training keep {tasks.retrieval.by_words} statutes by their words, those of evaluation "
            f"{index.by_words}; state the same number",
        )


def _unseen(tasks: tasks.Settings, benchmarks: Mapping[str, Model], **_) -> Wrong:
    """A benchmark of unseen charges has some."""
    for name, settings in benchmarks.items():
        if settings.source == UNSEEN and not tasks.unseen_charges:
            yield (
                ("tasks.unseen_charges", f"benchmark.{name}"),
                f"the benchmark {name} asks of charges that no training sees, but none is named",
            )


def _new_crimes(tasks: tasks.Settings, knowledge: Model, **_) -> Wrong:
    """Crimes are disguised where statutes begin with their names."""
    if tasks.augment.new_crimes and knowledge.kind != "facts":
        yield (
            ("tasks.augment.new_crimes", "knowledge.kind"),
            f"augment.new_crimes is {tasks.augment.new_crimes:g}, but only the built-in statutes (knowledge: facts) "
            "begin with the names of their crimes",
        )


# What settings of several stages say together; each is given the settings of all stages by name,
# and those of the benchmarks.
ACROSS = (_methods, _lengths, _asked, _shares, _thoughts, _by_words, _unseen, _new_crimes)


def _key(place: tuple, dotted: str) -> tuple:
    return (*place, *(int(part) if part.isdigit() else part for part in dotted.split(".")))


def problems(settings: dict[tuple, Model]) -> Iterator[Problem]:
    """What is wrong with the settings of single stages.

    Args:
        settings: place → settings that are right by their schema (`config.check.Checker`).
    """
    for place, stage in settings.items():
        for check in CHECKS.get(place[0], ()) if place else ():
            for keys, says in check(stage):
                yield Problem(tuple(_key(place, key) for key in keys), says)


def across(settings: dict[tuple, Model]) -> Iterator[Problem]:
    """What is wrong with settings of several stages, each of which is right by itself."""
    stages = {place[0]: stage for place, stage in settings.items() if len(place) == 1}
    benchmarks = {place[1]: stage for place, stage in settings.items() if place[:1] == ("benchmark",)}
    for rule in ACROSS:
        for keys, says in rule(**stages, benchmarks=benchmarks):
            yield Problem(tuple(_key((), key) for key in keys), says)
