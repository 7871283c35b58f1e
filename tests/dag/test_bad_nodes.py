"""A node that fails each job at once is left out of the next attempt."""

import logging

import pytest

from lexpro.dag import bad_nodes

JOB = "rule_ingest_wildcards_generic-3f2a91c0_湖|北"


@pytest.fixture
def slurm(tmp_path, monkeypatch):
    """Programs of Slurm that say what they are told to."""

    def say(failed: list[str], nodes: list[str]) -> None:
        for name, lines in (("squeue", failed), ("sinfo", nodes)):
            (tmp_path / name).write_text("#!/bin/sh\ncat <<'END'\n" + "\n".join(lines) + "\nEND\n")
            (tmp_path / name).chmod(0o755)

    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return say


def exclude() -> str:
    return bad_nodes.exclude(JOB, "/home/li/lexpro", logging.getLogger())


def test_the_node_is_named_and_left_out(slurm, caplog):
    slurm([f"node1|cpu|0:03|/home/li/lexpro|{JOB}"], ["node1 idle", "node2 mixed"])
    assert exclude() == "--exclude=node1"
    assert f"{JOB} failed at once on node1" in caplog.text


@pytest.mark.parametrize(
    "failed, nodes",
    [
        ([f"node1|cpu|2:01|/home/li/lexpro|{JOB}"], ["node1 idle", "node2 idle"]),
        ([f"node1|cpu|1-00:00:03|/home/li/lexpro|{JOB}"], ["node1 idle", "node2 idle"]),
        ([f"node1|cpu|0:03|/home/li/lexpro|{JOB}"], ["node1 idle", "node2 down*"]),
        ([f"node1|cpu|0:03|/home/li/another|{JOB}"], ["node1 idle", "node2 idle"]),
        (["node1|cpu|0:03|/home/li/lexpro|rule_sft_wildcards_x"], ["node1 idle", "node2 idle"]),
        ([], ["node1 idle", "node2 idle"]),
    ],
    ids=["later", "days later", "no other node", "another folder", "another job", "none failed"],
)
def test_no_node_is_left_out(slurm, failed, nodes):
    slurm(failed, nodes)
    assert exclude() == ""


def test_a_queue_that_does_not_answer_leaves_out_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert exclude() == ""
