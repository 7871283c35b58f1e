"""The plan on disk, which jobs read."""

import pytest

from lexpro.dag import builder, frozen
from lexpro.workflow.stage import StaleCheckout


def test_a_frozen_plan_thaws_as_it_was(elsewhere):
    dag = frozen.freeze(["demo"], [])
    assert frozen.thaw(["demo"], []) == dag == frozen.latest()


def test_a_plan_that_is_gone_is_said(elsewhere):
    with pytest.raises(StaleCheckout, match="dag-.*json is gone.*Run snakemake again"):
        frozen.thaw(["demo"], [])
    frozen.freeze(["demo"], [])
    assert frozen.thaw(["demo"], []).experiments == builder.build(["demo"], []).experiments
