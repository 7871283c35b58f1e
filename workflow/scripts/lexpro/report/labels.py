"""The words that figures, tables and pages share."""

from __future__ import annotations

from collections.abc import Iterable

from lexpro.records import TERM_KINDS

VARIANTS = {"base": "Base", "sft": "SFT", "grpo": "SFT + GRPO"}
RETRIEVAL = {"none": "without retrieval", "rag": "with retrieval"}
TASKS = {
    "elements": "Elements 要素抽取",
    "charge": "Charge 罪名预测",
    "article": "Articles 法条预测",
    "term": "Term 刑期预测",
}
METRICS = {"micro_f1": "micro-F1", "f1": "micro-F1", "log_score": "closeness"}
CURVES = {"loss": "loss", "grad_norm": "gradient norm", "total": "total reward"}

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

# Errors that the paper shows in its Figures 2 and 5.
CONFUSIONS = {
    "years_for_months": "a term in years where months are asked for",
    "wan_for_yuan": "a sum in 万元 where yuan are asked for",
    "fine_for_compensation": "compensation or restitution given as the fine",
    "compensation_for_fine": "the fine given as compensation or restitution",
}

STAGES = {"base_model": "pre-training", "sft": "SFT", "grpo": "GRPO"}

# In the order in which the filter asks: what a step takes away, the ones before left.
REASONS = {
    "exact_duplicate": "exact duplicate",
    "too_short": "too short",
    "not_criminal": "not a criminal case",
    "not_first_instance": "not of first instance",
    "review": "review of a death sentence",
    "ruling": "a ruling",
    "decision": "a decision",
    "mediation": "a mediation",
    "notice": "a notice",
    "execution": "execution of a sentence",
    "commutation": "commutation or parole",
    "release": "release",
    "withdrawal": "charges withdrawn",
    "acquittal": "acquittal",
    "compulsory_treatment": "compulsory treatment",
    "no_reasoning": "no reasoning (本院认为)",
    "no_judgment": "no judgment (判决如下)",
    "hidden_text": "text withheld",
    "no_province": "province unknown",
    "too_long": "too long",
    "unreadable_term": "a term cannot be read",
    "parse_disagreement": "two readings disagree",
    "low_quality": "low quality",
    "contaminated": "also in a benchmark",
    "near_duplicate": "near duplicate",
    "quota": "over the quota",
}

# Why a file or record could not be read.
REJECTED = {
    "empty": "empty",
    "undecodable": "bytes in no known encoding",
    "bad_json": "not valid JSON",
    "bad_csv": "a row that does not fit its header",
    "bad_parquet": "not a valid Parquet file",
    "bad_html": "HTML that cannot be parsed",
    "bad_docx": "not a valid Word document",
    "bad_pdf": "not a valid PDF",
    "no_text_layer": "a PDF of pictures, without text",
    "no_text_field": "none of the configured text fields",
    "encrypted": "encrypted",
    "too_large": "larger than is allowed",
    "damaged_archive": "damaged archive",
    "unsafe_archive": "archive that would unpack too far",
    "nested_archive": "archive in an archive",
}

# Personal data that the filter replaces (lexpro/corpus/filtering/masking.py).
MASKED = {
    "name": "names of people 姓名",
    "identity": "identity numbers 身份证号",
    "phone": "telephone numbers 电话",
    "bank": "bank cards and accounts 银行卡号",
    "plate": "number plates 车牌",
    "address": "addresses below the county 住址",
}

# Main punishments from light to severe, then sentences that could not be read.
KINDS = (*TERM_KINDS, None)

# Up to the filter; what is kept is then dealt to the splits.
POINTS = ("read", "unreadable", "unstructured", "dropped", "kept")
FUNNEL = {
    "read": "Records read",
    "unreadable": "Could not be read",
    "unstructured": "Could not be structured",
    "dropped": "Dropped by the filter",
    "kept": "Kept",
    "sft": "SFT split",
    "grpo": "GRPO split",
    "heldout": "Held-out split",
    "unseen": "Charges kept from training",
}


def ordered(names: Iterable[str], order: Iterable[str]) -> list[str]:
    """`names` as `order` has them, others at the end."""
    rank = {name: place for place, name in enumerate(order)}
    return sorted(names, key=lambda name: (rank.get(name, len(rank)), name))


def reason(name: str) -> str:
    """A reason for leaving out a document, in words."""
    return (REASONS | REJECTED).get(name, name.replace("_", " "))


def years(low: int, high: int | None) -> str:
    """A class of terms, given in months, for an axis in years: `≤ ½`, `2–3`, `> 15`."""
    first, last = ("½" if month == 6 else f"{(month or 0) / 12:g}" for month in (low, high))
    return f"> {first}" if high is None else f"{first}–{last}" if low else f"≤ {last}"


def split(name: str) -> str:
    """A point of the funnel, or what a split of the kept judgments is called."""
    return FUNNEL.get(name, f"{name.replace('_', ' ').capitalize()} split")


def confidence(*summaries: dict) -> str:
    """`95 %`: the confidence of the scores of these experiments; "" where there are none."""
    levels = {summary.get("comparisons", {}).get("confidence") for summary in summaries} - {None}
    return " and ".join(f"{100 * each:g} %" for each in sorted(levels))


def interval(*summaries: dict) -> str:
    """`95 % interval`."""
    return f"{confidence(*summaries)} interval".strip()
