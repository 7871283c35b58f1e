"""Every figure and table of the report, named once, in the order of the page.

The page, the files of a report, the outputs of the rules and the captions of `snakemake --report`
all go by this list.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path

from lexpro.workflow.files import write_if_changed


@dataclass(frozen=True)
class Entry:
    """A figure, a table or a file of the report.

    Attributes:
        title: without a full stop.
        caption: sentences that explain it.
    """

    title: str
    caption: str = ""


FIGURES = {
    "scores": Entry(
        "Scores by variant, without and with retrieval",
        "Points are scores on held-out judgments, bars their intervals. Elements are taken from the "
        "judgment itself, without retrieval; charge, articles and term come from the facts: alone, or with the "
        "statutes that retrieval finds for them and, where the tasks say so (court_cases), the articles that the "
        "deciding court itself usually cites. A term counts by how near it is in months, on a logarithmic scale, if "
        "the kind of punishment is right.",
    ),
    "retrieval": Entry(
        "Recall of cited articles by retrieval system",
        "For the facts of held-out cases: the share of the articles that the judgment cites which a system finds "
        "among its first ones. Grey: what the commonest articles give, whatever the facts.",
    ),
    "experts": Entry(
        "Legal experts: strength of each system, and points of one against another",
        "From blind pairwise votes. Left: Bradley–Terry strengths, 0 on average; a system that is stronger by 1 wins "
        "2.7 votes to 1. Bars are intervals over items. Right: the share of points of the system in the row against "
        "each of the others, numbered from the top; a tie is half a point for each.",
    ),
    "expert_metrics": Entry(
        "How automatic metrics go with legal experts",
        "Spearman's rank correlation between the difference of a metric and the vote, over all votes; bars are "
        "intervals over items. The length of an answer is no measure of its worth: experts whose votes go with it may "
        "have been led by it.",
    ),
    "sft": Entry(
        "Supervised fine-tuning: training loss and gradient norm",
        "As in the paper's Figure 3, on logarithmic scales. Thin lines are single log entries, thick lines their "
        "running geometric mean.",
    ),
    "grpo": Entry(
        "GRPO: mean reward of each step's completions, in all and by component",
        "Thin lines are single log entries, thick lines their running mean. Rewards are rules that compare an answer "
        "with what the judgment says; no reward is learned.",
    ),
    "funnel": Entry(
        "From raw records to training and test splits",
        "Orange red is what a step removes. A document counts under the first reason that applies to it.",
    ),
    "map": Entry(
        "Kept judgments by province",
        "One tile for each of the 31 provinces, roughly where it lies: judgments kept, and their share of those that "
        "came to the filter.",
    ),
    "spread": Entry(
        "Kept judgments by year and length, their defendants by punishment and term",
        "The orange red line is the median length. A defendant counts once, with the joint term (决定执行) where "
        "there is one.",
    ),
    "provinces": Entry(
        "Kept judgments by charge and province",
        "The colour scale is logarithmic; the number beside a charge is its total over all provinces.",
    ),
}

TABLES = {
    "scores": Entry(
        "Scores by task, variant and retrieval",
        "Low and high bound the interval; n counts held-out items. Right: the whole answer is right. "
        "Abstained: no answer can be read. Failed: the model could not be asked. Truncated: cut at the longest length "
        "allowed, whatever its outcome.",
    ),
    "fields": Entry(
        "F1 of each element", "Over all held-out judgments, by variant; n counts the true elements."
    ),
    "confusions": Entry(
        "Typical errors, counted",
        "The errors that the paper shows in its Figures 2 and 5: wrong units, and fines taken for compensation.",
    ),
    "elements": Entry(
        "Extraction of elements",
        "Precision, recall and F1 over all elements, of each kind and by defendant, on held-out judgments and on "
        "other benchmarks that ask for elements (JuDGE). The errors of the paper's Figures 2 and 5 are rows of their "
        "own.",
    ),
    "consistency": Entry(
        "Consistency of several answers to one prompt",
        "How many items have the same answer each time, the F1 of two answers, and the months between the longest "
        "and the shortest term. Empty where every prompt is answered once.",
    ),
    "comparisons": Entry(
        "Paired comparisons on the same items",
        "The difference is the second variant minus the first. Low and high bound the interval of the paired "
        "bootstrap; p is that of a two-sided permutation test; the last column corrects it for the number of "
        "comparisons by Holm's method.",
    ),
    "noise": Entry(
        "Noise floor",
        "How much the score of one model varies: between samples of its answers, where there are several, and "
        "between two draws of as many items (the confidence level says how many of them differ less). Where decoding "
        "is greedy, some items are answered a second time in other batches: how many texts are the same, and how far "
        "apart the scores of these items are.",
    ),
    "baselines": Entry(
        "Uninformed baselines, and gold itself",
        "What gold, the commonest answer, the copied prompt and the best constant answer score, by each scorer.",
    ),
    "margins": Entry(
        "Models beside a constant answer and a linear model",
        "What a model has more than answers that were made without it, item by item. The linear model is the ranker "
        "of the index (ridge regression on n-grams of the facts): it names what at least a share of such cases has, "
        "and of terms the usual one. A model that is below it is no use for that task.",
    ),
    "benchmarks": Entry(
        "Public benchmarks",
        "The official score, bug for bug, beside the normalised one with its interval. Empty where the experiment "
        "asks held-out judgments only.",
    ),
    "expert_sheet": Entry(
        "The sheet for experts: items by charge, province and difficulty, comparisons by pair",
        "Difficulty is in thirds of each task by the mean automatic score of all systems.",
    ),
    "expert_systems": Entry(
        "Strengths and points by the votes of experts",
        "Strengths are Bradley–Terry's, points are shares of votes with ties as halves. Rows of all experts are there "
        "where some are left out by the rule. Empty where nobody has rated.",
    ),
    "expert_raters": Entry(
        "The experts: controls, repeats, sides and time",
        "Left: share of the left answer among decided pairs. Who is left out fails the rule that the sheet states.",
    ),
    "expert_agreement": Entry(
        "Agreement of the experts",
        "Over pairs (preference) and answers (marks) that several experts rated; n counts them.",
    ),
    "expert_metrics": Entry(
        "Correlation of automatic metrics with the experts",
        "Over votes: of the metric's difference with the vote. Over systems: of mean metric with strength.",
    ),
    "expert_marks": Entry(
        "Mean marks by dimension, from 1 to 5", "Where experts gave marks beside their votes."
    ),
    "training": Entry(
        "Where the training curves begin and end",
        "Means over the first and the last tenth of the steps logged.",
    ),
    "retrieval": Entry(
        "Recall of cited articles among the first k", "By retrieval system, over held-out cases."
    ),
    "funnel": Entry("Documents at each point of the corpus"),
    "dropped": Entry(
        "Documents that were left out, by stage and reason",
        "Each has a row of its own in ``rejects.parquet`` or ``dropped.parquet``.",
    ),
    "provinces": Entry(
        "Judgments of each province: read, removed by each filter, kept",
        "A judgment counts under the first reason that applies to it.",
    ),
    "charges": Entry("Kept judgments by charge", "The first charge of a judgment counts."),
    "spread": Entry(
        "Years, lengths, punishments and terms of the kept judgments",
        "The numbers of the figure of the same name.",
    ),
    "families": Entry(
        "The largest families of duplicates; serial numbers of cases are not shown",
        "A family keeps its best copy, which stands for it here.",
    ),
    "sizes": Entry(
        "Families of duplicates by their number of documents", "The best copy is counted with the others."
    ),
    "masked": Entry(
        "Personal data masked by rule, by kind",
        "Replacements in kept and dropped documents; names that the court had masked already are not counted.",
    ),
    "stages": Entry("Runs of this experiment", "Key, seconds and peak memory of each."),
    "accepted": Entry(
        "Code changes accepted without a rerun",
        "Somebody stated that they cannot alter the result (``lexpro accept``). Empty where there are none.",
    ),
}

# Tables in the shape of the paper: of one experiment in its report, of all side by side in
# results/tables.
PAPER_TABLES = {
    "extraction": Entry(
        "Extraction of legal elements from held-out judgments",
        "In the shape of the paper: precision, recall and F1 by variant. All sizes side by side are in "
        "``results/tables/``.",
    ),
    "knowledge": Entry(
        "Charge, articles and term of held-out cases from their facts",
        "In the shape of the paper: by variant, without and with retrieval. All sizes side by side are in "
        "``results/tables/``.",
    ),
    "lawbench": Entry(
        "LawBench, zero-shot, official scorers; the average is that of all 20 tasks",
        "Ours, where the experiment asked it, above; figures that others published below, each with its source.",
    ),
    "judge": Entry(
        "JuDGE, its own evaluator, 501 documents",
        "Ours, where the experiment asked it, above; figures that others published below, each with its source.",
    ),
}

PAGES = {
    "report": Entry(
        "The report as one self-contained page",
        "Key numbers, figures, worked examples with right, wrong and missed elements marked, what was left out of the "
        "corpus and why, and provenance.",
    ),
    "summary": Entry(
        "All numbers of the experiment",
        "Keys, seconds and peak memory of each run; documents at each point of the corpus; scores with their "
        "intervals; recall of retrieval; where the training curves begin and end; provenance.",
    ),
}

# Kind of output, which is also its folder → (heading in Snakemake's report, what it holds).
KINDS = {
    "pages": ("The report", PAGES),
    "figures": ("Figures", FIGURES),
    "tables": ("Tables", TABLES | PAPER_TABLES),
}
_ALSO = "Made from ``summary.json`` alone; the same table is there as Markdown and LaTeX."


def caption_file(folder: Path, kind: str, name: str) -> Path:
    """Where `write_captions` puts the caption of an entry.

    Args:
        folder: of the captions.
        kind: a key of `KINDS`.
        name: of the entry within its kind.

    Returns:
        A path below `folder`; the file need not exist.
    """
    return folder / kind / f"{name}.rst"


def write_captions(folder: Path) -> None:
    """Write the caption of every entry as reStructuredText, for `snakemake --report`.

    Args:
        folder: of the captions; a file that says the same already is left as it is.
    """
    for kind, (_, entries) in KINDS.items():
        for name, entry in entries.items():
            caption = f"{entry.caption} {_ALSO}" if kind == "tables" else entry.caption
            lines = textwrap.fill(caption.strip(), 100, break_on_hyphens=False)
            write_if_changed(caption_file(folder, kind, name), f"**{entry.title}.**\n{lines}\n")
