"""From experiments to the runs that the DAG consists of.

Each stage of an experiment becomes a `Run`, whose key is its choice and a digest of its settings
and of the keys upstream. Runs that coincide are one run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lexpro import datasets
from lexpro.config import load
from lexpro.config.base import Model
from lexpro.config.benchmark import Asked, Judgments, Questions
from lexpro.config.corpus import Dataset, Folder
from lexpro.dag import experiment
from lexpro.dag.compose import SettingError, located
from lexpro.dag.experiment import Benchmark, Experiment, evaluations
from lexpro.dag.provinces import provinces_of
from lexpro.dag.runs import Dag, Run, keyed
from lexpro.workflow.files import expanded

# The benchmark whose runs go by variant and retrieval alone.
HELDOUT = "heldout"
# Settings of a benchmark that say how it is scored, on which answers do not depend.
SCORING = Questions.model_fields.keys() - Asked.model_fields.keys()


def expand(wanted: Experiment, dag: Dag) -> None:
    """Add the runs of one experiment: this function is the method section of the project.

    Args:
        wanted: the experiment.
        dag: where its runs are added.
    """

    def run(
        stage: str,
        upstream: dict[str, Run],
        added: dict[str, Any] | None = None,
        choice: str = "",
        **more: Any,
    ) -> Run:
        """Add a run; `added`: settings that the builder adds to those of the user."""
        settings = load.settings(stage, wanted.settings[stage].model_dump() | (added or {}))
        return dag.add(keyed(stage, choice or wanted.choices[stage], settings, upstream, **more))

    # Corpus: raw judgments of each province → structured → filtered → tasks.
    made: dict[str, Run] = {}
    source = wanted.settings["corpus"]
    provinces = provinces_of(source)
    if isinstance(source, Folder):
        raw = str(expanded(source.path))
        made["ingest"] = run("ingest", {}, {"corpus": raw}, provinces=provinces, raw=raw)
    else:
        made["corpus"] = corpus = run("corpus", {}, _pins(source), provinces=provinces)
        raw = str(corpus.out / "raw")
        made["ingest"] = run("ingest", {"corpus": corpus}, provinces=provinces, raw=raw)
    made["structure"] = run("structure", {"ingest": made["ingest"]}, provinces=provinces)
    made["filter"] = kept = run("filter", {"structure": made["structure"]}, provinces=provinces)
    made["knowledge"] = knowledge = run("knowledge", {})
    made["tasks"] = tasks = run("tasks", {"filter": kept, "knowledge": knowledge})

    # Training: base model → supervised fine-tuning → (pass rates) → GRPO.
    from_scratch = wanted.settings["base_model"].kind == "scratch"
    made["base_model"] = base_model = run("base_model", {"tasks": tasks} if from_scratch else {})
    made["sft"] = sft = run("sft", {"base_model": base_model, "tasks": tasks})
    start = {"base_model": base_model, "sft": sft, "tasks": tasks}
    selection = {}
    if "pass_rate" in wanted.settings:
        selection["pass_rate"] = made["pass_rate"] = run("pass_rate", start)
    made["grpo"] = grpo = run("grpo", {**start, "knowledge": knowledge, **selection})

    # Retrieval: articles and cases → vectors → index.
    sources = {"filter": kept, "tasks": tasks, "knowledge": knowledge}
    made["embed"] = embed = run("embed", sources)
    made["index"] = index = run("index", {"embed": embed, **sources})

    # Evaluation: benchmark × model × retrieval → answers → scores.
    models = {"base": base_model, "sft": sft, "grpo": grpo}
    for benchmark, variant, retrieval in evaluations(wanted):
        choice = f"{benchmark}-{variant}-{retrieval}"
        items = _pinned(wanted.benchmarks[benchmark])
        asked = {name: value for name, value in items.items() if name not in SCORING}
        predict = run(
            "predict",
            {"model": models[variant], "base_model": base_model, "tasks": tasks, "knowledge": knowledge}
            | ({"index": index} if retrieval == "rag" else {}),
            {"benchmark": benchmark, "items": asked, "variant": variant, "retrieval": retrieval},
            choice,
        )
        # The held-out judgments come with the tasks; scoring is told where the others come from.
        read = {"items": items} if items["source"] else {}
        # The linear model beside which the project's own tasks stand.
        learned = wanted.settings["index"].ranker and isinstance(wanted.benchmarks[benchmark], Judgments)
        answers = {"predict": predict, "tasks": tasks} | ({"index": index} if learned else {})
        score = run("score", answers, {"benchmark": benchmark, **read}, choice)
        where = f"{variant}.{retrieval}" if benchmark == HELDOUT else f"{variant}.{retrieval}.{benchmark}"
        made |= {f"predict.{where}": predict, f"score.{where}": score}

    # Experts: answers of several systems → a blind sheet → (where there are any) its ratings.
    made |= _experts(wanted, made, run)

    # Report: everything of the experiment.
    named = {"experiment": wanted.name}
    run("report", made, named, wanted.name, provinces=provinces, **named)


def _experts(wanted: Experiment, made: dict[str, Run], run: Callable[..., Run]) -> dict[str, Run]:
    """The sheet that legal experts rate, and what their ratings say; nothing for a single system.

    Raises:
        SettingError: the experiment is not evaluated on the benchmark that is to be compared.
    """
    asked = wanted.settings["expert_sheet"]
    benchmark = asked.benchmark or next(iter(wanted.benchmarks), HELDOUT)
    if asked.benchmark and benchmark not in wanted.benchmarks:
        names = ", ".join(wanted.benchmarks)
        raise SettingError(
            "expert_sheet.benchmark", f"{benchmark} is not evaluated here; benchmarks: {names}"
        )
    suffix = "" if benchmark == HELDOUT else f".{benchmark}"
    scores = {
        f"score.{variant}.{retrieval}": made[f"score.{variant}.{retrieval}{suffix}"]
        for name, variant, retrieval in evaluations(wanted)
        if name == benchmark
    }
    if len(scores) + len(asked.systems) < 2:
        return {}
    runs = {"expert_sheet": run("expert_sheet", {"tasks": made["tasks"], **scores})}
    if wanted.settings["expert"].ratings:
        runs["expert"] = run("expert", {"expert_sheet": runs["expert_sheet"]})
    return runs


def _pins(corpus: Model) -> dict[str, Any]:
    """The registered hashes of a corpus's data sets: another version is another corpus."""
    if not isinstance(corpus, Dataset):
        return {}
    return {"sha256": {name: datasets.find(name).sha256 for name in corpus.datasets}}


def _pinned(benchmark: Benchmark) -> dict[str, Any]:
    """The settings of a benchmark with the hashes of its data: another version is another run."""
    hashes = {name: datasets.pin(datasets.find(name)) for name in benchmark.data.values()}
    return benchmark.model_dump() | {"sha256": hashes}


def build(names: Sequence[str], overrides: Sequence[str] = ()) -> Dag:
    """The runs of some experiments.

    Args:
        names: files in `config/experiment/`.
        overrides: changes on top of all of them.

    Raises:
        UserError: a setting is wrong; the message names file, key and what is allowed.
    """
    dag = Dag()
    for name in names:
        try:
            expand(experiment.read(name, overrides), dag)
        except SettingError as error:
            raise located([error.problem], name, tuple(overrides)) from error
    return dag
