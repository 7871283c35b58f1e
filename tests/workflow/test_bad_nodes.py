"""A node that fails each job at once is left out of the next attempt."""

from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "workflow/scripts/slurm_tools"

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


@pytest.fixture
def elsewhere(monkeypatch):
    monkeypatch.syspath_prepend(str(TOOLS))
    import bad_nodes

    return lambda: bad_nodes.elsewhere(JOB, "/home/li/lexpro")


def test_the_node_is_named_and_left_out(slurm, elsewhere):
    slurm([f"node1|cpu|0:03|/home/li/lexpro|{JOB}"], ["node1 idle", "node2 mixed"])
    assert elsewhere() == ({"node1"}, [f"{JOB} failed at once on node1: next elsewhere."])


@pytest.mark.parametrize(
    "failed, nodes",
    [
        ([f"node1|cpu|2:01|/home/li/lexpro|{JOB}"], ["node1 idle", "node2 idle"]),
        ([f"node1|cpu|INVALID|/home/li/lexpro|{JOB}"], ["node1 idle", "node2 idle"]),
        ([f"node1|cpu|1-00:00:03|/home/li/lexpro|{JOB}"], ["node1 idle", "node2 idle"]),
        ([f"node1|cpu|0:03|/home/li/lexpro|{JOB}"], ["node1 idle", "node2 down*"]),
        ([f"node1|cpu|0:03|/home/li/another|{JOB}"], ["node1 idle", "node2 idle"]),
        (["node1|cpu|0:03|/home/li/lexpro|rule_sft_wildcards_x"], ["node1 idle", "node2 idle"]),
        ([], ["node1 idle", "node2 idle"]),
    ],
    ids=[
        "later",
        "Slurm does not know when",
        "days later",
        "no other node",
        "another folder",
        "another job",
        "none failed",
    ],
)
def test_no_node_is_left_out(slurm, elsewhere, failed, nodes):
    slurm(failed, nodes)
    assert elsewhere()[0] == set()


def test_a_queue_that_does_not_answer_leaves_out_nothing(slurm, elsewhere, tmp_path):
    slurm([], [])
    (tmp_path / "squeue").write_text("#!/bin/sh\nexit 1\n")
    assert elsewhere() == (set(), [])
