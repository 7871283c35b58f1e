"""METEOR and BERTScore of JuDGE's judgments, where their models are at hand.

As calc_rel.py of oneal2000/JuDGE @ 2457c65 computes them: reasons and judgment apart, as words of
jieba. METEOR needs the package nltk and its folder of data with corpora/wordnet (for the few Latin
words), BERTScore a folder of bert-base-chinese: its eighth layer, each word piece with its nearest
one. What is not there is reported as not computed, never as 0.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean

import jieba

from lexpro.evaluation.tasks.judge.official import segments
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import expanded

PARTS = ("reasoning", "judgment")
# The layer that bert-score takes of bert-base-chinese; pairs whose vectors are held (1.5 MB a
# text), and texts that are read, at a time.
LAYER, BATCH = 8, 16
Pairs = Sequence[tuple[str, str]]


def _words(text: str) -> list[str]:
    return list(jieba.cut(text))


def _folder(models: dict, name: str) -> Path | None:
    if not models.get(name):
        return None
    path = expanded(models[name])
    if not path.is_dir():
        raise UserError(f"benchmark.judge.models.{name}: {path} is not a folder.")
    return path


class Bert:
    """A model of BERT's kind, cut off behind its eighth layer (or its last, if it has fewer)."""

    def __init__(self, folder: Path):
        # Here, not above: whoever has no model need not wait for these packages.
        import torch
        from transformers import AutoModel, AutoTokenizer

        self.torch = torch
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.model = AutoModel.from_pretrained(folder).eval()
        self.model.encoder.layer = self.model.encoder.layer[:LAYER]
        # A tokenizer without a limit of its own says 10^30.
        self.longest = min(self.tokenizer.model_max_length, self.model.config.max_position_embeddings)

    def read(self, texts: Sequence[str]) -> dict[str, tuple]:
        """Text → (unit vectors of its pieces, which of them count: [CLS] and [SEP] do not)."""
        new, read = sorted(set(texts), key=len), {}
        for start in range(0, len(new), BATCH):
            batch = new[start : start + BATCH]
            given = self.tokenizer(
                [text.strip() for text in batch],
                padding=True,
                truncation=True,
                max_length=self.longest,
                return_tensors="pt",
            )
            with self.torch.inference_mode():
                states = self.model(**given).last_hidden_state
            vectors = states / states.norm(dim=-1, keepdim=True)
            ends = self.torch.tensor([self.tokenizer.cls_token_id, self.tokenizer.sep_token_id])
            for text, hidden, ids, mask in zip(
                batch, vectors, given["input_ids"], given["attention_mask"], strict=True
            ):
                size = int(mask.sum())
                read[text] = hidden[:size].clone(), ~self.torch.isin(ids[:size], ends)
        return read

    def scores(self, pairs: Pairs) -> Iterator[float]:
        """`_f1` of each pair of (true, stated), of which only a slice is in memory."""
        for start in range(0, len(pairs), BATCH):
            some = pairs[start : start + BATCH]
            read = self.read([text for pair in some for text in pair])
            yield from (_f1(read[true], read[stated]) for true, stated in some)


def _f1(true: tuple, stated: tuple) -> float:
    """F1 of both means of the nearest cosine; 0 where a text is empty."""
    (a, counted), (b, said) = true, stated
    if not counted.any() or not said.any():
        return 0.0
    near = b @ a.T
    precision = float(near.max(dim=1).values[said].mean())
    recall = float(near.max(dim=0).values[counted].mean())
    return 2 * precision * recall / (precision + recall)


def _bert(pairs: Pairs, folder: Path) -> dict[str, float]:
    model = Bert(folder)
    # Ends of words are blanks, as the script writes them; the word pieces of a Chinese model are
    # characters anyway.
    spaced = [[tuple(" ".join(_words(s)) for s in segments(text)) for text in pair] for pair in pairs]
    return {
        name: fmean(model.scores([(true[part], stated[part]) for true, stated in spaced]))
        for part, name in enumerate(PARTS)
    }


def _meteor(pairs: Pairs, folder: Path) -> dict[str, float]:
    """Means over the documents in which all four parts were found."""
    # Looked up here, since nltk is no package of this project; it finds WordNet below its own
    # paths.
    importlib.import_module("nltk.data").path.insert(0, str(folder))
    score = importlib.import_module("nltk.translate.meteor_score").meteor_score
    whole = [(segments(true), segments(stated)) for true, stated in pairs]
    whole = [pair for pair in whole if all(part for text in pair for part in text)]
    if not whole:
        return dict.fromkeys(PARTS, 0.0)
    try:
        return {
            name: fmean(score([_words(true[part])], _words(stated[part])) for true, stated in whole)
            for part, name in enumerate(PARTS)
        }
    except LookupError as error:
        raise UserError(
            f"benchmark.judge.models.wordnet: {folder} has no corpora/wordnet of nltk."
        ) from error


def _missing(models: dict) -> Iterator[tuple[str, str]]:
    if not models.get("bert"):
        yield "bert_score", "benchmark.judge.models.bert names no folder"
    if not models.get("wordnet"):
        yield "meteor", "benchmark.judge.models.wordnet names no folder"
    elif importlib.util.find_spec("nltk") is None:
        yield "meteor", "the package nltk is not installed"


def scores(pairs: Pairs, models: dict) -> dict:
    """METEOR and BERTScore of (real judgment, output) pairs.

    Args:
        pairs: the texts.
        models: `bert` and `wordnet`, folders or None.

    Returns:
        {meteor, bert_score: {reasoning, judgment}, not_computed: {name: why}}.

    Raises:
        UserError: a folder is named that is none.
    """
    bert, wordnet = _folder(models, "bert"), _folder(models, "wordnet")
    missing = dict(_missing(models))
    scores = {}
    if "bert_score" not in missing:
        scores["bert_score"] = _bert(pairs, bert)
    if "meteor" not in missing:
        scores["meteor"] = _meteor(pairs, wordnet)
    rounded = {name: {part: round(value, 6) for part, value in by.items()} for name, by in scores.items()}
    return rounded | ({"not_computed": missing} if missing else {})
