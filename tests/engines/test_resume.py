"""Long generation: chunks, going on after a kill, failures that are rows."""

import pytest
from echo_engine import Echo
from killing import Killed

from lexpro.engines import resume
from lexpro.engines.base import Request
from lexpro.engines.resume import Ask, chunks
from lexpro.hashing import seed_of


def said(rows: dict) -> dict:
    """Rows without their times: what does not differ between two runs."""
    return {
        key: {name: value for name, value in row.items() if name != "seconds"} for key, row in rows.items()
    }


def asks(count: int = 10, samples: int = 2) -> list[Ask]:
    return [
        Ask(
            f"i{n}",
            s,
            Request([{"role": "user", "content": "甲" * n}], 8 + n % 2, seed_of(n, s)),
            {"task": "term"},
        )
        for n in range(count)
        for s in range(samples)
    ]


def test_chunks_hold_every_ask_once_and_do_not_depend_on_order():
    made = list(chunks(asks(), 4))
    assert sorted(ask.key for part in made for ask in part) == sorted(ask.key for ask in asks())
    assert max(map(len, made)) == 4 and made == list(chunks(asks()[::-1], 4))
    assert all(len({ask.request.max_new_tokens for ask in part}) == 1 for part in made)


@pytest.mark.parametrize("dies", range(1, 21))
def test_killed_anywhere_it_goes_on_to_the_same_result(tmp_path, dies):
    path = tmp_path / "predictions.jsonl"
    whole, _ = resume.run(asks(), Echo, tmp_path / "whole.jsonl", 4)
    with pytest.raises(Killed):
        resume.run(asks(), lambda: Echo(dies), path, 4)
    again = Echo()
    rows, _ = resume.run(asks(), lambda: again, path, 4)
    assert said(rows) == said(whole)
    # Whole chunks that were finished are not asked again; the one that was under way is.
    assert len(again.asked) <= 20 - (dies - 1) // 4 * 4 + 2


def test_a_line_that_was_cut_is_asked_again(tmp_path):
    path = tmp_path / "predictions.jsonl"
    whole, _ = resume.run(asks(), Echo, path, 4)
    data = path.read_bytes()
    for cut in (len(data) - 1, len(data) - 5, len(data) // 2, 1):
        path.write_bytes(data[:cut])
        rows, _ = resume.run(asks(), Echo, path, 4)
        assert said(rows) == said(whole)
        assert len(path.read_text(encoding="utf-8").splitlines()) == 20


def test_nothing_left_to_do_makes_no_engine(tmp_path):
    path = tmp_path / "predictions.jsonl"
    whole, _ = resume.run(asks(), Echo, path, 4)

    def no_engine():
        raise AssertionError("an engine was made")

    assert resume.run(asks(), no_engine, path, 4)[0] == whole


def test_failures_are_rows_and_are_asked_again_by_the_next_attempt(tmp_path):
    path = tmp_path / "predictions.jsonl"
    first = Echo(fails=("甲甲",))
    rows, _ = resume.run(asks(), lambda: first, path, 4)
    failed = [row for row in rows.values() if row["error"]]
    assert [row["id"] for row in failed] == ["i2", "i2"] and failed[0]["finish_reason"] == "error"
    # They were asked once more before this attempt ended.
    assert len(first.asked) == 22 and first.asked[-2:] == ["甲甲", "甲甲"]
    again = Echo()
    rows, _ = resume.run(asks(), lambda: again, path, 4)
    assert not any(row["error"] for row in rows.values()) and len(again.asked) < 20


def test_samples_of_an_item_have_their_own_seeds():
    assert len({seed_of(1, "i", sample) for sample in range(100)}) == 100
    assert seed_of("a", "b") != seed_of("ab") and 0 <= seed_of(1) < 2**31
