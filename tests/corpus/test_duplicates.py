"""Near-duplicates: editions of one text are one family, strangers from the same template are
not.
"""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexpro.corpus.filtering import duplicates
from lexpro.corpus.filtering.codes import Codes, batches
from lexpro.corpus.filtering.families import Signatures, resolve

TEMPLATE = (
    "本院认为，被告人{}的行为构成盗窃罪。依照《中华人民共和国刑法》第二百六十四条之规定，判决如下：判处{}。"
)
TAIL = "如不服本判决，可在接到判决书的第二日起十日内提出上诉。"


def digest(text: str) -> int:
    return int(Codes.from_texts([text]).digests()[0])


def signatures(texts: list[str], size: int, permutations: int) -> np.ndarray:
    codes = [np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32) for text in texts]
    return duplicates.signatures(Codes.join(codes), size, permutations)


@pytest.mark.parametrize(
    "other",
    [
        "被告人张某，男。（2021）鄂0102刑初1号",
        "被告人张某,男｡\n (2021)鄂０１０２刑初1号 ",
        "被告人 张某 男（2021）鄂0102刑初1号",
    ],
)
def test_editions_that_differ_in_punctuation_are_exact_copies(other):
    assert digest(other) == digest("被告人张某，男。（2021）鄂0102刑初1号")


def test_a_changed_figure_is_no_exact_copy():
    assert digest("罚金1000元") != digest("罚金2000元")


CLAUSE = re.compile(r"[，。；：、！？,.;:!?\n（）()《》〈〉“”\"'\s]+")
NOISE = re.compile(r"[^\w×]+")
WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
MIXED = st.text("甲乙丙1aＡ１，。 、\n（）×_-𠀀", max_size=40)


@given(st.lists(MIXED, max_size=5))
def test_batches_do_what_regular_expressions_do_for_one_text(texts):
    """Letters, clauses and shingles of many texts at once are those of each."""
    codes = Codes.from_texts(texts)
    assert codes.letters().texts() == [NOISE.sub("", text.translate(WIDTH)) for text in texts]
    starts, ends, hashes, numbers = codes.clauses()
    wanted = [
        (number, clause)
        for number, text in enumerate(texts)
        for clause in CLAUSE.split(text.translate(WIDTH))
        if clause
    ]
    found = ["".join(map(chr, codes.values[a:b])).translate(WIDTH) for a, b in zip(starts, ends, strict=True)]
    assert list(zip(numbers.tolist(), found, strict=True)) == wanted
    assert len(set(hashes.tolist())) == len({clause for _, clause in wanted})
    whole = codes.without(starts, ends)
    assert whole.texts() == [CLAUSE.sub("", text.translate(WIDTH)) for text in texts]


@given(st.lists(st.text("甲乙丙", max_size=9), max_size=5), st.integers(1, 6))
def test_shingles_are_of_one_text_each(texts, size):
    codes = Codes.join([np.frombuffer(b"", dtype=np.uint32), *Codes.from_texts(texts).letters().split()])
    shingles = codes.shingles(size)
    runs = [
        [text[i : i + size] for i in range(len(text) - size + 1)]
        for text in (text.ljust(size) for text in ("", *texts))
    ]
    assert np.diff(shingles.bounds).tolist() == [len(some) for some in runs]
    names = [run for some in runs for run in some]
    assert len(dict(zip(names, shingles.values.tolist(), strict=True))) == len(set(shingles.values.tolist()))


def test_batches_cover_all_texts_once():
    texts = ["字" * size for size in (1, 300_000, 5, 0, 200_000, 100_000)]
    parts = list(batches(texts))
    assert [text for part in parts for text in texts[part]] == texts
    assert len(parts) == 4


def test_boilerplate_is_what_many_documents_have():
    boilerplate = duplicates.Boilerplate(limit=3)
    texts = Codes.from_texts([f"被告人第{number}人窃得财物，{TAIL}{TAIL}" for number in range(6)])
    boilerplate.add(*duplicates.document_counts(texts))
    some = Codes.from_texts([f"被告人第2人窃得财物，{TAIL}", TAIL])
    assert boilerplate.removed_from(some).texts() == ["被告人第2人窃得财物", NOISE.sub("", TAIL)]
    assert set(boilerplate.counts.tolist()) == {0, 1, 6}


def jaccard(a: str, b: str, size: int) -> float:
    one, two = ({text[i : i + size] for i in range(len(text) - size + 1)} for text in (a, b))
    return len(one & two) / len(one | two)


@given(st.text("甲乙丙丁戊己", min_size=30, max_size=120), st.integers(0, 20))
def test_signatures_estimate_jaccard(text, cut):
    other = text[cut:] + "庚辛"
    table = signatures([text, other], 4, 256)
    assert abs(float((table[0] == table[1]).mean()) - jaccard(text, other, 4)) < 0.2


def test_signature_of_a_text_does_not_depend_on_its_company():
    alone = signatures(["被告人张某甲在某市窃得手机一部"], 5, 64)
    among = signatures(["另一份", "被告人张某甲在某市窃得手机一部", ""], 5, 64)
    assert np.array_equal(alone[0], among[1])


def test_families_keep_the_best_copy(tmp_path):
    base = (
        "二〇二一年三月五日，被告人张某甲在江岸区某超市内趁人不备窃得手机一部，价值三千五百元，后被抓获归案。"
    )
    texts = [
        base,
        base + "此件无误",
        "完全不同的另一份判决书，说的是交通事故和保险公司的赔偿问题，与前文毫无关系。",
        base,
    ]
    codes = Codes.from_texts(texts)
    worth = np.array([0.5, 0.9, 0.1, 0.4])
    with Signatures(tmp_path, 128) as store:
        table = duplicates.signatures(codes.letters(), 5, 128)
        store.add(table[:1])
        store.add(table[1:])
        found = resolve(codes.digests(), store, lambda rows: rows[np.argsort(-worth[rows])], 0.7)
    assert found.keeper.tolist() == [1, 1, 2, 1]
    assert found.exact.tolist() == [False, False, False, True]
    assert found.similarity.tolist() == [(table[0] == table[1]).mean(), 1, 1, 1]
