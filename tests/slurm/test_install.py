"""Slurm's packages are installed once, with a word, and after another apt-get has ended."""

import cluster
import pytest

APT = """\
#!/bin/sh
echo "$@" >> {calls}
if [ -e {lock} ]; then
    rm {lock}
    echo "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 7 (apt-get)" >&2
    exit 100
fi
[ "{broken}" ] && echo "E: no such package" >&2 && exit 100
exit 0
"""


@pytest.fixture
def apt(tmp_path, monkeypatch):
    """A machine without Slurm, whose apt-get notes its calls; it is another's as long as `lock` is
    there.
    """
    monkeypatch.setattr(cluster, "missing", lambda programs: [*programs.values()])
    monkeypatch.setattr(cluster.time, "sleep", lambda seconds: None)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    def write(broken: str = "") -> None:
        script = APT.format(calls=tmp_path / "calls", lock=tmp_path / "lock", broken=broken)
        (tmp_path / "apt-get").write_text(script)
        (tmp_path / "apt-get").chmod(0o755)

    write()
    return tmp_path, write


def test_another_apt_get_is_waited_for_and_told(apt):
    folder, _ = apt
    (folder / "lock").touch()
    said = []
    cluster.install(say=said.append)
    calls = (folder / "calls").read_text().splitlines()
    assert [line.split()[3] for line in calls] == ["update", "update", "install"]
    assert all("DPkg::Lock::Timeout=600" in line for line in calls)
    assert said[0].startswith("Installing slurm-wlm, munge with") and "another apt-get" in said[1]


def test_another_failure_is_not_repeated(apt):
    folder, write = apt
    write(broken="yes")
    with pytest.raises(cluster.SlurmError, match="no such package"):
        cluster.install(say=lambda text: None)
    assert len((folder / "calls").read_text().splitlines()) == 1


def test_what_is_there_is_left_alone(apt, monkeypatch):
    folder, _ = apt
    monkeypatch.setattr(cluster, "missing", lambda programs: [])
    cluster.install(say=pytest.fail)
    assert not (folder / "calls").exists()


def test_the_database_is_installed_where_accounting_is_wanted(apt):
    folder, _ = apt
    said = []
    cluster.install(accounting=True, say=said.append)
    installing = (folder / "calls").read_text().splitlines()[-1]
    assert installing.endswith("slurm-wlm munge slurmdbd mariadb-server-core mariadb-client-core")
    assert "slurmdbd, mariadb-server-core" in said[0]
