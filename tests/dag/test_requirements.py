"""Data that planned runs need are missed before any job."""

import pytest

from lexpro.dag import builder, requirements
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import write_text


def test_data_that_a_corpus_lacks_are_missed_before_any_job_and_only_by_what_is_to_run(
    elsewhere, monkeypatch
):
    monkeypatch.setenv("LEXPRO_MIRROR", str(elsewhere))
    dag = builder.build(["demo"], ["corpus=judge"])
    with pytest.raises(
        UserError, match=r"the corpus judge-\w+ needs the data set judge_test: the mirror has no"
    ):
        requirements.check_data(dag)
    (corpus,) = dag.runs_of("corpus")
    write_text(corpus.out / "manifest.json", "{}")
    requirements.check_data(dag)
