"""Every code block of the documentation is run, or parsed by the program that it is for.

`python` is executed and `sql` queried, in a folder with a small knowledge base; `sh` is parsed
command by command, with the settings that a command names composed; `yaml` is loaded, and composed
where it is an experiment. The worked examples of CONTRIBUTING.md (indented) are followed by
test_contributing.py. A block of another language, such as `text`, is not code.
"""

import importlib
import importlib.util
import re
import shlex
import shutil
import subprocess
import textwrap
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
import yaml
from snakemake import cli as snakemake

from lexpro.cli import command
from lexpro.cli import main as lexpro
from lexpro.dag import overrides
from lexpro.dag.compose import compose
from lexpro.statutes import knowledge
from lexpro.workflow.files import write_text

REPO = Path(__file__).resolve().parents[2]
PAGES = [
    REPO / "README.md",
    REPO / "CONTRIBUTING.md",
    REPO / "config/README.md",
    *(REPO / "docs").glob("*.md"),
    *(REPO / "workflow/scripts/lexpro/evaluation/tasks").glob("*/README.md"),
]
PROSE = [REPO / "CHANGELOG.md", *(REPO / "tests").glob("**/README.md")]
# A fence with a title is a file of a worked example.
FENCE = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.M | re.S)
INDENTED = re.compile(r"(?:(?<=\n\n)|\A)(?: {4}\S.*\n)+")
# Programs that are not ours: that they are spelled right is all that is checked.
OTHERS = {"apptainer", "cd", "git", "ls", "pip", "pre-commit", "rsync", "sh", "squeue", "."}


@dataclass(frozen=True)
class Block:
    """A code block: page, line, language and text."""

    page: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks() -> list[Block]:
    found = []
    for path in PAGES:
        text, page = path.read_text(encoding="utf-8"), str(path.relative_to(REPO))
        for part in FENCE.finditer(text):
            if path.name == "CONTRIBUTING.md" and part[1]:
                continue
            line = text[: part.start()].count("\n") + 1
            found.append(Block(page, line, part[2], textwrap.dedent(part[3])))
        for part in INDENTED.finditer(FENCE.sub("", text)) if path.name == "README.md" else ():
            found.append(Block(page, 0, "sh", textwrap.dedent(part[0])))
    return found


BLOCKS = blocks()


def long_lines(path: Path) -> list[str]:
    """The lines of prose, no code and no table, that are longer than 100 characters."""
    code, long = False, []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        fence = line.lstrip().startswith("```")
        code ^= fence
        if not (fence or code or line.lstrip().startswith("|")) and len(line) > 100:
            long.append(f"{path.relative_to(REPO)}:{number}")
    return long


def test_no_line_of_prose_is_longer_than_100_characters():
    generated = REPO / "docs/configuration.md"
    assert [line for path in [*PAGES, *PROSE] if path != generated for line in long_lines(path)] == []


def of(*languages: str):
    return pytest.mark.parametrize("block", [b for b in BLOCKS if b.language in languages], ids=str)


def commands(block: Block) -> list[list[str]]:
    """The words of each command, without comments and the variables before it."""
    lines = block.text.replace("\\\n", " ").splitlines()
    found = []
    for words in (shlex.split(line.removeprefix("$ "), comments=True) for line in lines):
        while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
            words = words[1:]
        if words:
            found.append(words)
    return found


def test_the_pages_have_blocks_of_each_language():
    assert {"sh", "python", "yaml", "sql"} <= {block.language for block in BLOCKS}
    assert len(BLOCKS) > 20


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Path:
    """A folder with what the blocks read: a knowledge base of the built-in facts."""
    root = tmp_path_factory.mktemp("docs")
    folder = root / "results/knowledge/<key>"
    folder.mkdir(parents=True)
    knowledge.write(knowledge.from_facts(), folder)
    return root


@of("python")
def test_python(block, finished, monkeypatch):
    monkeypatch.chdir(finished)
    exec(compile(block.text, str(block), "exec"), {"__name__": "block"})


@of("sql")
def test_sql(block, finished, monkeypatch):
    monkeypatch.chdir(finished)
    (file,) = re.findall(r"'(\S+\.parquet)'", block.text)
    context = pl.SQLContext(articles=pl.scan_parquet(file, glob=False))
    query = block.text.replace(f"'{file}'", "articles").rstrip().rstrip(";")
    assert context.execute(query, eager=True).columns


@of("yaml")
def test_yaml(block, tmp_path, monkeypatch):
    loaded = yaml.safe_load(block.text)
    assert isinstance(loaded, dict)
    if "defaults" in loaded:
        shutil.copytree(REPO / "config", tmp_path / "config")
        text = block.text if "@package" in block.text else f"# @package _global_\n{block.text}"
        # What has been composed once is remembered by its name.
        name = re.sub(r"\W", "_", str(block))
        write_text(tmp_path / f"config/experiment/{name}.yaml", text)
        monkeypatch.chdir(tmp_path)
        compose(name)


def parse_lexpro(words: list[str]) -> None:
    if words[0] in ("--help", "--version"):
        return
    assert words[0] in lexpro.COMMANDS
    command.parser(lexpro.module(words[0]), words[0]).parse_args(words[1:])


def parse_snakemake(words: list[str]) -> None:
    """As Snakemake itself does; the experiments and overrides that are named are composed."""
    if "--reporter" in words and not importlib.util.find_spec("snakemake_report_plugin_fairscape"):
        pytest.skip("this environment has no snakemake-report-plugin-fairscape")
    _, args = snakemake.parse_args(words)
    given = snakemake.parse_config(args.config)
    names, changes = overrides.request({"experiments": ["demo"]} | given, given)
    for name in names:
        compose(name, tuple(changes))


def parse_make(words: list[str]) -> None:
    done = subprocess.run(["make", "-n", *words], cwd=REPO, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def parse_python(words: list[str]) -> None:
    if words[0] == "-m":
        assert importlib.util.find_spec(words[1])
    elif words[0] == "-c":
        compile(words[1], "-c", "exec")
    else:
        assert (REPO / words[0]).is_file()


PARSERS = {
    "lexpro": parse_lexpro,
    "snakemake": parse_snakemake,
    "make": parse_make,
    "python": parse_python,
    "python3": parse_python,
}


@pytest.mark.slow
@of("sh", "console", "bash")
def test_commands(block, monkeypatch):
    monkeypatch.chdir(REPO)
    for program, *words in commands(block):
        if program in PARSERS:
            PARSERS[program](words)
        else:
            assert program in OTHERS or (program == "pytest" and block.page == "CONTRIBUTING.md"), program


NAMES = sorted(
    {
        (str(path.relative_to(REPO)), name)
        for path in PAGES
        for name in re.findall(r"`(lexpro(?:[./]\w+)+)", path.read_text(encoding="utf-8"))
    }
)


@pytest.mark.parametrize("page, name", NAMES, ids=[f"{page}:{name}" for page, name in NAMES])
def test_names_in_the_text_are_there(page, name):
    """A file such as `lexpro/stats.py`, a module or a function such as `lexpro.stats.bootstrap`."""
    if "/" in name:
        stem = re.sub(r"\.(py|yaml|txt)$", "", name).replace(".", "/")
        assert list((REPO / "workflow/scripts").glob(f"{stem}*")), name
        return
    if (REPO / "workflow/scripts" / name.replace(".", "/")).exists():
        return
    module, _, last = name.rpartition(".")
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        assert hasattr(importlib.import_module(module), last), name
