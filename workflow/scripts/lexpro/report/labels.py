"""The words that figures, tables and pages share."""

from __future__ import annotations

VARIANTS = {"base": "Base", "sft": "SFT", "grpo": "SFT + GRPO"}
RETRIEVAL = {"none": "without retrieval", "rag": "with retrieval"}
TASKS = {
    "elements": "Elements 要素抽取",
    "charge": "Charge 罪名预测",
    "article": "Articles 法条预测",
    "term": "Term 刑期预测",
}
METRICS = {"micro_f1": "micro-F1", "f1": "F1", "accuracy": "accuracy", "exact": "exact"}

# Elements of a judgment, as the answers name them.
FIELDS = {
    "姓名": "name",
    "罪名": "charge",
    "刑种": "punishment",
    "刑期": "term",
    "缓刑": "probation",
    "罚金": "fine",
    "情节": "circumstances",
    "金额": "amount involved",
    "退赔": "restitution",
    "赔偿": "compensation",
}

# Retrieval systems, in the order of the legend, as recall.json names them.
SYSTEMS = {
    "fused": "all three, fused (RRF)",
    "cases": "articles of similar cases",
    "bm25": "BM25",
    "dense": "dense vectors",
    "constant": "most cited articles, always the same",
}

STAGES = {"base_model": "pre-training", "sft": "SFT", "grpo": "GRPO"}

REASONS = {
    "not_criminal": "not a criminal case",
    "not_first_instance": "not of first instance",
    "no_reasoning": "no reasoning (本院认为)",
    "no_judgment": "no judgment (判决如下)",
    "no_province": "province unknown",
    "too_short": "too short",
    "too_long": "too long",
    "hidden_text": "text withheld",
    "parse_disagreement": "two readings disagree",
    "exact_duplicate": "exact duplicate",
    "near_duplicate": "near duplicate",
    "contaminated": "also in a benchmark",
    "low_quality": "low quality",
    "quota": "over the quota",
}

FUNNEL = {
    "read": "Records read",
    "unreadable": "Could not be read",
    "unstructured": "Could not be structured",
    "dropped": "Dropped by the filter",
    "kept": "Kept",
    "sft": "SFT split",
    "grpo": "GRPO split",
    "heldout": "Held-out split",
}


def reason(name: str) -> str:
    return REASONS.get(name, name.replace("_", " "))


def split(name: str) -> str:
    return FUNNEL.get(name, f"{name.replace('_', ' ').capitalize()} split")


# Figure → (title, text under it). Snakemake's report says the same (workflow/report/<figure>.rst).
FIGURES = {
    "scores": (
        "Scores by variant, without and with retrieval",
        "Points are scores on held-out judgments, bars their 95 % bootstrap intervals. Elements are taken "
        "from the judgment itself, without retrieval; charge, articles and term come from the facts alone.",
    ),
    "retrieval": (
        "Recall of cited articles by retrieval system",
        "For the facts of held-out cases: the share of the articles that the judgment cites which a system "
        "finds among its first k.",
    ),
    "sft": (
        "Supervised fine-tuning: training loss and gradient norm",
        "As in the paper's Figure 3. Thin lines are single log entries, thick lines their running mean.",
    ),
    "grpo": (
        "GRPO: mean reward of each step's completions, in all and by component",
        "Thin lines are single log entries, thick lines their running mean. Rewards are rules checked "
        "against what the judgment itself says; no reward is learned.",
    ),
    "funnel": (
        "From raw records to training and test splits",
        "Orange red is what a step takes away. A document counts under the first reason that applies to it.",
    ),
    "provinces": (
        "Kept judgments by charge and province",
        "The colour scale is logarithmic; the number beside a charge is its total over all provinces.",
    ),
}
