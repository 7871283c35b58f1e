"""The facts of the law agree with each other, and with the statute where it is at hand."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from lexpro.law import charges
from lexpro.law.builtin_law import load


def test_charges_are_canonical_and_tiers_rise():
    for name, charge in load().charges.items():
        assert charges.canonical(name) == name
        assert re.fullmatch(r"\d+(之\d+)?", charge.article)
        ranges = [tier.months for tier in charge.tiers if tier.months]
        assert all(6 <= low <= high <= 180 for low, high in ranges)
        assert ranges == sorted(ranges)
        for tier in charge.tiers:
            assert tier.fine in ("must", "either", "alternative", "may", "none")
            assert (tier.amount is not None) <= (charge.measure == "amount")


@pytest.mark.mirror("LawRefBook__Laws/刑法/刑法.md")
def test_articles_exist_in_the_statute_and_say_what_the_tiers_say():
    path = Path(os.environ["LEXPRO_MIRROR"]) / "LawRefBook__Laws/刑法/刑法.md"
    from lexpro.law.numerals import parse_int

    text = path.read_text(encoding="utf-8")
    found = {}
    for match in re.finditer(
        r"^第([零一二三四五六七八九十百]+)条(?:之([一二三四五六七八九十]+))?\s+(.*?)(?=^第|^#|\Z)",
        text,
        re.M | re.S,
    ):
        ref = f"{parse_int(match[1])}" + (f"之{parse_int(match[2])}" if match[2] else "")
        found[ref] = match[3]
    years = {1: "一", 2: "二", 3: "三", 5: "五", 7: "七", 10: "十"}
    for charge in load().charges.values():
        article = "".join(found[ref] for ref in (charge.article, *charge.also))
        for tier in charge.tiers:
            for months in tier.months or ():
                if months not in (6, 180):
                    assert f"{years[months // 12]}年" in article, (charge.name, months)
            for kind in (*tier.lighter, *tier.heavier):
                assert kind in article, (charge.name, kind)
            if tier.fine in ("must", "either"):
                assert "罚金" in article, charge.name
    for rule in (*load().circumstances.values(), *load().rules.values()):
        assert rule.article is None or rule.law != "刑法" or rule.article in found
