"""`lexpro`: its help, how a command ends, completion in shells, and the wheel."""

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from lexpro.cli import command, completion, main
from lexpro.workflow.errors import UserError

REPO = Path(__file__).resolve().parents[2]


def lexpro(*args: str, cwd: Path = REPO) -> subprocess.CompletedProcess:
    run = [sys.executable, "-m", "lexpro", *args]
    env = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(REPO / "workflow/scripts")}
    return subprocess.run(run, cwd=cwd, env=env, text=True, capture_output=True, check=False)


def test_help_lists_every_command_in_a_line_and_imports_none():
    done = lexpro("--help")
    assert done.returncode == 0
    for name, text in main.COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(text)}$", done.stdout, re.M), name
    loaded = (
        "import sys; from lexpro.cli.main import parser; parser().format_help();"
        "print([name for name in sys.modules if name.startswith('lexpro.') and '.cli' not in name])"
    )
    env = {"PYTHONPATH": str(REPO / "workflow/scripts")}
    modules = subprocess.run(
        [sys.executable, "-c", loaded], env=env, text=True, capture_output=True, check=True
    )
    assert modules.stdout.strip() == "['lexpro.workflow', 'lexpro.workflow.errors']"


def test_every_module_of_the_package_with_arguments_is_a_command():
    files = (REPO / "workflow/scripts/lexpro/cli").glob("*.py")
    assert {path.stem for path in files if "\ndef add_arguments(" in path.read_text()} == main.COMMANDS.keys()


@pytest.mark.parametrize("name", main.COMMANDS)
def test_a_command_tells_what_it_does_and_takes(name, capsys):
    module = main.module(name)
    assert module.__doc__.splitlines()[0] == main.COMMANDS[name]
    with pytest.raises(SystemExit) as ended:
        main.main([name, "--help"])
    assert ended.value.code == 0
    out = capsys.readouterr().out
    assert f"usage: lexpro {name}" in out and module.__doc__.splitlines()[0] in out


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "lexpro: which command?"),
        (["aks"], "lexpro: argument COMMAND: invalid choice: 'aks' (choose from"),
        (["ask", "--task", "crime"], "lexpro ask: argument --task: invalid choice: 'crime'"),
        (["ask"], "lexpro ask: give the facts either as text or with --facts FILE."),
        (["article", "刑法"], "lexpro article: the following arguments are required: number"),
        (["publish"], "lexpro publish: give --experiment, --report and --out"),
        (["estimate", "--gpu", "abacus"], "lexpro estimate: GPU 'abacus' is not in config/hardware.yaml"),
    ],
)
def test_what_the_user_can_mend_is_one_line_and_status_2(args, message, capsys, monkeypatch):
    monkeypatch.chdir(REPO)
    with pytest.raises(SystemExit) as ended:
        sys.exit(main.main(args))
    err = capsys.readouterr().err
    assert ended.value.code == 2
    assert err.startswith(message) and err.count("\n") == 1 and "Traceback" not in err


def fails(error: BaseException) -> SimpleNamespace:
    """A command that raises an error."""

    def run(_):
        raise error

    return SimpleNamespace(__doc__="", add_arguments=lambda parser: None, run=run)


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (UserError("no such thing."), 2, "x: no such thing.\n"),
        (KeyboardInterrupt(), 130, "x: interrupted\n"),
    ],
)
def test_how_a_command_ends(error, status, said, capsys):
    with pytest.raises(SystemExit) as ended:
        command.run(fails(error), "x", [])
    assert (ended.value.code, capsys.readouterr().err) == (status, said)


def test_a_fault_of_the_program_keeps_its_traceback():
    with pytest.raises(ZeroDivisionError):
        command.run(fails(ZeroDivisionError()), "x", [])


def test_a_pipe_that_is_closed_is_no_fault():
    many = "import sys; from types import SimpleNamespace as N; from lexpro.cli import command; "
    many += "many = N(__doc__='', add_arguments=lambda p: None, run=lambda a: print('x\\n' * 10**6)); "
    many += "sys.exit(command.run(many, 'x', []))"
    piped = f'"{sys.executable}" -c "{many}" | head -n 1; echo ${{PIPESTATUS[0]}}'
    env = {"PYTHONPATH": str(REPO / "workflow/scripts"), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(["bash", "-c", piped], env=env, text=True, capture_output=True, check=True)
    assert done.stdout == "x\n141\n" and done.stderr == ""


class TestCompletion:
    """The scripts say what the parsers say."""

    def complete(self, *words: str) -> list[str]:
        """What bash offers for the last of the words."""
        line = f"{completion.bash()}COMP_WORDS=({' '.join(map(repr, words))}); COMP_CWORD={len(words) - 1}; "
        script = line + '_lexpro; printf "%s\\n" "${COMPREPLY[@]}"'
        return subprocess.run(
            ["bash", "-c", script], text=True, capture_output=True, check=True
        ).stdout.split()

    def test_bash(self):
        assert self.complete("lexpro", "") == list(main.COMMANDS)
        assert self.complete("lexpro", "es") == ["estimate"]
        assert self.complete("lexpro", "ask", "--task", "") == ["charge", "article", "term"]
        assert self.complete("lexpro", "ask", "--no") == ["--no-model"]
        assert self.complete("lexpro", "completion", "") == ["-h", "--help", *completion.SHELLS]

    @pytest.mark.parametrize("shell", completion.SHELLS)
    def test_every_shell_has_a_script_that_it_can_read(self, shell, capsys, tmp_path):
        assert main.main(["completion", shell]) == 0
        text = capsys.readouterr().out
        assert all(name in text for name in main.COMMANDS) and "no-model" in text
        if shutil.which(shell):
            (tmp_path / "script").write_text(text)
            subprocess.run([shell, "-n", str(tmp_path / "script")], check=True)


@pytest.mark.slow
def test_the_wheel_holds_the_package_with_its_data_and_the_command(tmp_path):
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(REPO / name, tmp_path)
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(REPO / "workflow/scripts", tmp_path / "workflow/scripts", ignore=ignored)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*pip, "--no-build-isolation", "--no-index", "-w", "out", "."], cwd=tmp_path, check=True)
    (wheel,) = (tmp_path / "out").iterdir()
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.startswith("lexpro-")}
        entry = next(name for name in archive.namelist() if name.endswith("entry_points.txt"))
        assert "lexpro = lexpro.cli.main:main" in archive.read(entry).decode()
    source = tmp_path / "workflow/scripts"
    assert names == {
        str(path.relative_to(source)) for path in (source / "lexpro").rglob("*") if path.is_file()
    }
