"""One index of long shingles: what each item shares with a document, boilerplate apart."""

import numpy as np

from lexpro.corpus.filtering.shingles import SIZE, ShingleIndex, long_shingles


def text(first: int, length: int = 60) -> str:
    """A text whose shingles no text of another `first` has."""
    return "".join(chr(0x4E00 + 100 * first + place) for place in range(length))


def test_a_document_shares_with_each_item_what_it_has_of_it():
    index = ShingleIndex([text(1), text(2), text(3, SIZE - 1), text(1) + text(4)], 10)
    assert (index.count, index.sizes.tolist()) == (4, [31, 31, 0, 91])
    document = long_shingles([text(2)[:50] + "，" + text(1) + text(9)]).values
    which, places = index.find(document)
    assert np.array_equal(index.hashes[places], document[which])
    assert index.shared(np.unique(places)).tolist() == [31, 21, 0, 31]


def test_what_many_items_have_is_not_particular():
    items = [text(1) + text(number) for number in range(2, 6)]
    few, many = ShingleIndex(items, 3), ShingleIndex(items, 4)
    assert few.sizes.tolist() == [60] * 4 and many.sizes.tolist() == [91] * 4


def test_texts_shorter_than_a_shingle_and_no_items_at_all():
    assert len(long_shingles([text(1, SIZE - 1)]).values) == 0
    which, places = ShingleIndex([], 10).find(long_shingles([text(1)]).values)
    assert len(which) == len(places) == 0
