# LexPro. `make demo` runs the whole experiment, `make test` all tests; each target sets up what it needs.
#
#   PYTHON=python3.12    another interpreter than python3
#   LOCK=envs/gpu.txt    another environment than this machine's: a login node without a GPU says so once

PYTHON ?= python3
# The environment that is there already, or else the one for this machine.
BUILT := $(shell cat .venv/lexpro-lock 2>/dev/null)
LOCK ?= $(or $(BUILT),$(if $(shell nvidia-smi -L 2>/dev/null),envs/gpu.txt,envs/cpu.txt))

export PATH := $(CURDIR)/.venv/bin:$(PATH)
# Modules are compiled once, when first imported. Where this is set, as in many container images, every job would
# compile thousands of them again: 20 seconds of an SFT job, twice that of a GRPO job.
export PYTHONDONTWRITEBYTECODE =
# Nothing is fetched and nothing is sent unless asked for: W&B with a key goes online.
export HF_HUB_OFFLINE ?= 1
ifndef WANDB_API_KEY
export WANDB_MODE ?= offline
endif

.PHONY: help demo workbench estimate test test-fast lint lint-python lint-types lint-workflow format docs test-slurm test-cluster reward-gates container lock clean

help:
	@echo "make demo        the whole experiment on the synthetic corpus; ends with results/report.html"
	@echo "make workbench   the workbench (办案工作台) of the demo in a browser, after make demo; Ctrl-C stops it"
	@echo "make estimate    EXPERIMENT=paper_70b: memory, GPUs, hours and sbatch lines of a training, without a GPU"
	@echo "make test        every test: style, units, reruns, end to end, Slurm (Debian, as root)"
	@echo "make test-fast   the tests that take no model, no run of the workflow and no Slurm: three minutes"
	@echo "make axe-core    axe-core, by npm: the tests then look for barriers in the pages (make test brings it too)"
	@echo "make lint        style and types            make format   mend the style"
	@echo "make docs        the documentation site in site/, to be read without a network"
	@echo "make test-slurm  the tests on a real Slurm of one node and of four, started and stopped here"
	@echo "make test-cluster  these and all drills: jobs killed, nodes lost, a silent queue (docs/cluster.md)"
	@echo "make reward-gates  every reward on gold, constants and junk; fails where gold does not win (docs/rewards.md)"
	@echo "make .venv       the environment only       make clean    remove it and the caches; results stay"
	@echo "make container   envs/lexpro.sif for --sdm apptainer"
	@echo "make lock        resolve envs/*.in again (needs uv)"

demo: .venv
	snakemake --cores all
	@echo "The report: $(CURDIR)/results/report.html"

# Also WORKBENCH="--experiment judge_tiny --port 0" (docs/workbench.md).
WORKBENCH ?= --experiment demo
workbench: .venv
	@lexpro serve $(WORKBENCH)

# Also GPU=h200, METHOD=qlora, DOCUMENTS=200000, OVERRIDES="sft.runtime.gpus=16". Exit status 2 (make: Error 2): cannot run.
EXPERIMENT ?= paper_14b
estimate: .venv
	@lexpro estimate --experiment $(EXPERIMENT) $(if $(GPU),--gpu $(GPU)) \
	    $(if $(METHOD),--method $(METHOD)) $(if $(DOCUMENTS),--documents $(DOCUMENTS)) $(OVERRIDES)

# Tests run on two workers of one thread each; a machine with more cores and memory may say more. With all tests there
# is one worker more: for minutes one of them waits for Slurm.
WORKERS ?= 2

test:
	@$(MAKE) --no-print-directory --jobs 2 .venv .venv-docs axe-core lint
	pytest --numprocesses $$(($(WORKERS) + 1)) --durations 25 --durations-min 5

# axe-core looks for barriers in the pages. It is MPL-2.0 and no part of this project; without npm, or without an answer
# of its registry, the tests that need it are skipped and say so.
AXE_CORE = 4.14.1
AXE_CORE_SHA256 = 29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c
.PHONY: axe-core
axe-core: .axe-core/$(AXE_CORE)/axe.min.js
.axe-core/$(AXE_CORE)/axe.min.js:
	@mkdir -p $(@D)
	@if command -v npm > /dev/null && npm pack --silent --fetch-retries 1 --pack-destination $(@D) axe-core@$(AXE_CORE) > /dev/null; then \
	    tar -xzf $(@D)/axe-core-$(AXE_CORE).tgz -C $(@D) --strip-components 1 package/axe.min.js package/LICENSE && \
	    echo "$(AXE_CORE_SHA256)  $@" | sha256sum --check --quiet || { rm -f $@; exit 1; }; \
	else echo "No axe-core: npm is missing or got no answer. The tests for barriers in the pages are skipped." >&2; fi

test-fast: .venv
	pytest --numprocesses $(WORKERS) -m "not slow"

lint: lint-python lint-types lint-workflow

lint-python: .venv
	ruff check .
	ruff format --check .

lint-types: .venv
	mypy

lint-workflow: .venv
	snakefmt --check Snakefile workflow
	snakemake --lint

format: .venv
	ruff check --fix .
	ruff format .
	snakefmt Snakefile workflow

test-slurm: .venv
	pytest tests/slurm

# Drills that strike at a random moment are repeated so often.
DRILLS ?= 20
test-cluster: .venv
	pytest tests/slurm --drills $(DRILLS)

docs: .venv-docs
	NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --strict --quiet
	@echo "The documentation: $(CURDIR)/site/index.html"

# The site has packages of its own (envs/docs.txt), and none of the project's.
.venv-docs: envs/docs.txt
	@echo "Installing envs/docs.txt into .venv-docs (a minute)"
	$(PYTHON) -m venv --clear .venv-docs
	.venv-docs/bin/python -m pip install --quiet --disable-pip-version-check --no-input --no-compile --no-deps -r envs/docs.txt
	@touch .venv-docs

# On the judgments of the mirror (LEXPRO_MIRROR), or else on synthetic ones.
reward-gates: .venv
	lexpro gates

# The environment holds exactly what its lock says: a lock of other content, or the choice of another, makes it anew. Contents
# are compared, not dates: a checkout that writes the same lock again costs nothing.
.venv: .venv/bin/lexpro

# The package itself, editable: nothing is fetched, and an edit needs no other installation.
.venv/bin/lexpro: .venv/lexpro-lock pyproject.toml
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
	@touch $@

ifneq ($(LOCK),$(and $(shell cmp -s $(LOCK) .venv/lexpro-lock.txt && echo same),$(BUILT)))
.PHONY: .venv/lexpro-lock
endif
.venv/lexpro-lock:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "LexPro needs Python 3.11 or later; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.12" >&2; exit 1; }
	@echo "Installing $(LOCK) into .venv (some minutes)"
	$(PYTHON) -m venv --clear .venv
	sh envs/install.sh .venv/bin/python $(LOCK)
	@cp $(LOCK) .venv/lexpro-lock.txt
	@echo $(LOCK) > $@

container:
	apptainer build envs/lexpro.sif envs/container.def

# Keeps every version that still fits; to move one, change its pin in envs/*.in first. gpu.txt comes first and
# binds cpu.txt, so that the two agree on all they share.
RESOLVE = uv pip compile --quiet --python-version 3.11 --python-platform x86_64-manylinux_2_28 --no-annotate \
	--custom-compile-command "make lock (Linux x86_64, Python 3.11 to 3.14)"
lock:
	cd envs && $(RESOLVE) gpu.in --output-file gpu.txt > /dev/null
	cd envs && $(RESOLVE) cpu.in --constraint gpu.txt --override overrides.in --output-file cpu.txt > /dev/null
	cd envs && $(RESOLVE) docs.in --output-file docs.txt > /dev/null
	$(PYTHON) envs/conda.py > envs/conda.yaml

clean:
	rm -rf .venv .venv-docs .axe-core site .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './results/*' -prune -exec rm -rf {} +
