"""Wrong settings: one clear error before any job, that names file, key and what is allowed."""

import shutil
from pathlib import Path

import pytest

from lexpro.dag import builder, compose, frozen, overrides
from lexpro.workflow.errors import UserError

ROOT = Path(__file__).resolve().parents[2]
TOP = "--config overrides: "
LAWBENCH = "benchmark=[heldout,lawbench]"
NEW = "tasks.augment.new_crimes=0.5"
# Changes on top of the demo, and what the error says of them.
WRONG = [
    # A choice that there is not, or not of this kind.
    ("sft=tinny", ["config/sft has no choice 'tinny'", "did you mean tiny?", "lora_14b"]),
    ("sft=null", ["sft=null", "lora_14b"]),
    ("sft=2024", ["sft=2024", "has no choice '2024'"]),
    ("sft=[tiny,lora_14b]", ["one choice is wanted", "lora_14b"]),
    ("grpo_loss=dappo", ["config/grpo_loss", "did you mean dapo?"]),
    ("sfft=tiny", [TOP + "sfft: unknown key", "did you mean sft?"]),
    ("benchmark=[]", ["config/benchmark", "lawbench"]),
    ("benchmark=[heldout,lawbnch]", ["'lawbnch'", "did you mean lawbench?"]),
    ("benchmark.heldot.limit=3", ["benchmark.heldot", "did you mean heldout?"]),
    ("benchmark.lawbench.limit=3", ["benchmark.lawbench: is no chosen benchmark", "benchmark=["]),
    # What is no change at all.
    ("sft.seed", ["'sft.seed' is no change", "<stage>.<key>=<value>"]),
    ("~sft.seed", ["is no change"]),
    ("sft.learning_rate=[1", ["sft.learning_rate=[1", "no YAML"]),
    ("corpus=folder & corpus.path=/data/New folder #2", ["put the value in quotes"]),
    ("corpus=folder & corpus.path=2023_01", ["corpus.path: should be a valid string", "put the value in quotes"]),
    ("corpus=folder & corpus.path=yes", ["corpus.path: should be a valid string", "put the value in quotes"]),
    ("corpus=folder & corpus.path='2023_01'", ["2023_01 is not a folder"]),
    ("sft.seed=1 & sft.seed=2", ["sft.seed is there twice"]),
    ("experiments=[judge_tiny]", ["--config experiments="]),
    ("experiment=judge_tiny", ["--config experiments="]),
    ("hydra.run.dir=x", [TOP + "hydra: unknown key"]),
    # An unknown key: those of the same place are allowed, and no others.
    ("sft.learning_rat=1.0", [TOP + "sft.learning_rat: unknown key", "did you mean learning_rate?"]),
    ("+sft.learning_rat=1.0", ["did you mean learning_rate?"]),
    ("sft.runtime.gpu=1", ["sft.runtime.gpu: unknown key; did you mean gpus? allowed: gpus, nodes, threads, mem_mb"]),
    ("corpus.noise.cutt=0.1", ["corpus.noise.cutt", "did you mean cut?", "allowed: exact_duplicate, near_dup"]),
    ("predict.engine.gpu=0.5", ["predict.engine.gpu: unknown key", "allowed: module, batch_size"]),
    ("grpo.rewards=[{fn: lexpro.rewards.charge.f1, wieght: 1.0}]", ["grpo.rewards.0.wieght", "mean weight?"]),
    ("colour=red", [TOP + "colour: unknown key", "allowed: variants, retrieval, corpus"]),
    ("sft.seed.x=3", [TOP + "sft.seed: should be a valid integer"]),
    # A value of another kind, out of range, or not among those there are.
    ("sft.learning_rate=-1", [TOP + "sft.learning_rate: should be greater than 0 (it is -1)"]),
    ("sft.learning_rate=fast", ["sft.learning_rate: should be a valid number (it is 'fast')"]),
    ("sft.seed=1.5", ["sft.seed: should be a valid integer"]),
    ("sft.runtime.nodes=0", ["sft.runtime.nodes: should be greater than 0"]),
    ("sft.optimizer=muonn", ["is 'muonn'; did you mean muon? allowed: adamw, muon"]),
    ("sft.tasks=elements", ["sft.tasks: should be a valid list"]),
    ("sft.tasks=[element]", ["sft.tasks.0: is 'element'; did you mean elements?"]),
    ("sft.tasks=[]", ["sft.tasks: List should have at least 1 item"]),
    ("sft.weights={foo: 1}", ["sft.weights.foo: is 'foo'; allowed: elements"]),
    ("sft=lora_14b & sft.lora.targets=3", ["sft.lora.targets: should be a valid string", "or should be a valid list"]),
    ("predict.engine.dtype=fp8", [TOP + "predict.engine.dtype: is 'fp8'; allowed: float32, bfloat16"]),
    ("predict.engine.module=lexpro.engines.hff", ["predict.engine.module", "did you mean lexpro.engines.hf?"]),
    ("corpus.kind=synthetc", ["corpus.kind: is 'synthetc'; did you mean synthetic?"]),
    ("corpus.noise.cut=0.89", ["corpus.noise: the shares of noise sum to 1.02"]),
    ("corpus.provinces=[湖北,湖北]", ["corpus.provinces: there twice: 湖北"]),
    ("corpus.provinces=[湖北,湖難]", ["corpus.provinces: unknown: 湖難", "湖南"]),
    ("corpus.formats={pdf: 1.0}", ["corpus.formats.pdf", "gb18030"]),
    ("filter.filters=[too_shrt]", ["filter.filters: unknown: too_shrt; did you mean too_short?"]),
    ("variants=[bas]", [TOP + "variants.0: is 'bas'; did you mean base?"]),
    ("variants=[base,base]", ["variants: there twice: base"]),
    ("retrieval=[web]", ["retrieval.0: is 'web'; allowed: none, rag"]),
    (f"{LAWBENCH} & benchmark.lawbench.tasks=[9-9]", ["benchmark.lawbench.tasks: unknown: 9-9", "3-8"]),
    (f"{LAWBENCH} & benchmark.lawbench.decoding.max_new_tokens=0", ["max_new_tokens: should be greater than 0"]),
    # What is named and is not there.
    ("corpus=folder", ["config/corpus/folder.yaml: corpus.path: judgments is not a folder"]),
    ("corpus=folder & corpus.path=/no/湖北,(1)", [TOP + "corpus.path: /no/湖北,(1) is not a folder"]),
    (
        "filter.decontaminate_against=[{dataset: judge_tst, fields: [fd]}]",
        ["filter.decontaminate_against.0.dataset", "judge_test?"],
    ),
    (f"{LAWBENCH} & benchmark.lawbench.data.zero_shot=nope", ["lawbench.data: unknown: nope", "datasets.csv"]),
    (
        f"{LAWBENCH} & benchmark.lawbench.scorer=lexpro.evaluation.tasks.lawbnch.scorer",
        ["lawbench.scorer", "tasks.lawbench.scorer?"],
    ),
    (f"{LAWBENCH} & benchmark.lawbench.source=os", ["benchmark.lawbench.source: unknown: os", "tasks.lawbench.items"]),
    ("grpo.rewards=[{fn: lexpro.rewards.nosuch.f1}]", ["grpo.rewards.0.fn: ", "no function lexpro.rewards.nosuch.f1"]),
    ("grpo.rewards=[{fn: os.system}]", ["grpo.rewards.0.fn: ", "write lexpro.rewards.<module>.<function>"]),
    ("grpo.rewards=[{fn: lexpro.rewards.charge.f1, args: {a: 1}}]", ["grpo.rewards.0.args", "unknown argument a"]),
    ("sft.runtime.fsdp=config/fsdp/ful.json", ["sft.runtime.fsdp: there is no file", "full.json"]),
    ("sft.runtime.deepspeed=config/deepspeed/zero4.json", ["sft.runtime.deepspeed: there is no file", "zero3.json"]),
    # Settings that exclude each other, each with the file it is in.
    ("corpus.path=raw", [TOP + "corpus.path and config/corpus/synthetic.yaml: corpus.kind: exclude each other"]),
    ("predict.engine.gpu_memory=0.5", ["engine.module: exclude each other", "module: lexpro.engines.vllm, not of"]),
    ("sft.epochs=2", [f"config/sft/tiny.yaml: sft.max_steps and {TOP}sft.epochs: ", "exclude each other"]),
    ("sft.global_batch_size=17", [TOP + "sft.global_batch_size and config/sft/tiny.yaml: sft.runtime.per_device"]),
    ("grpo.num_generations=7", [f"config/grpo/tiny.yaml: grpo.global_batch_size and {TOP}grpo.num_generations"]),
    ("base_model.heads=5", ["base_model.hidden_size", "not a multiple of 2 x heads"]),
    ("base_model=r1_distill_14b & base_model.path=/x", [TOP + "base_model.path: ", "exclude each other"]),
    ("grpo.method=lora", [TOP + "grpo.method and config/sft/tiny.yaml: sft.method"]),
    ("grpo.scale_rewards=null", [TOP + "grpo.scale_rewards and by default: grpo.multi_objective"]),
    ("grpo.optimizer=muon", ["grpo.optimizer: unknown key"]),
    ("sft=lora_14b & sft.max_length=1024", ["config/grpo/tiny.yaml: grpo.method and by default: sft.method"]),
    ("sft.schedule=linear", [TOP + "sft.schedule and", "unknown for linear"]),
    (
        "grpo.runtime.vllm=true",
        [TOP + "grpo.runtime.vllm and by default: grpo.runtime.gpus: vllm: true, but gpus is 0"],
    ),
    ("tasks.augment.reworded=0.5", [TOP + "tasks.augment.reworded and config/tasks/tiny.yaml: tasks.form.style"]),
    ("tasks.shares.sft=0.5", ["tasks.shares: sft + grpo + heldout is 0.7, not 1"]),
    ("tasks.shares={sft: 1.0, grpo: 0.0, heldout: 0.0}", ["tasks.shares.grpo: should be greater than 0"]),
    ("predict.decoding.samples=3", ["decoding.samples and by default: predict.decoding.temperature: 3 samples"]),
    ("base_model.runtime.processes=2", ["base_model.runtime.processes", "one process trains the base model"]),
    (
        "sft.runtime.processes=2 & sft.runtime.gpus=4",
        ["sft.runtime.processes", "one process for each of the 4 GPUs"],
    ),
    ("sft.runtime.processes=3", ["sft.global_batch_size", "not a multiple of 3 device(s)"]),
    ("predict=vllm & predict.runtime.gpus=2", ["predict.engine.tensor_parallel", "more than runtime.gpus 2"]),
    ("filter.min_chars=30000", [TOP + "filter.min_chars and by default: filter.max_chars: min_chars (30000) is above"]),
    ("sft.max_length=5000", [TOP + "sft.max_length and by default: base_model.max_position: 5000 tokens"]),
    ("grpo.max_prompt_length=4000", ["grpo.max_prompt_length", "4320 tokens do not fit"]),
    ("predict.decoding.max_new_tokens.term=2048", ["predict.decoding.max_new_tokens", "do not fit"]),
    ("tasks.form.citing_shares=true", ["tasks.form.citing_shares and", "state retrieval.ranker: {}"]),
    (
        "tasks.form.citing_shares=true & tasks.retrieval.ranker={}",
        [TOP + "tasks.form.citing_shares", "no ranker of the index knows that"],
    ),
    ("tasks.form.charges_shown=2", ["tasks.form.charges_shown and", "state retrieval.ranker: {}"]),
    ("index.by_words=1", [TOP + "index.by_words and", "keep 0 statutes by their words, those of evaluation 1"]),
    ("benchmark=[heldout,unseen_charges]", ["by default: tasks.unseen_charges: ", "but none is named"]),
    ("tasks.unseen_charges=[重婚]", [TOP + "tasks.unseen_charges", "did you mean 重婚罪?"]),
    (f"{NEW} & tasks.retrieval.ranker={{}}", [TOP + "tasks.augment.new_crimes", "knows the cases of every crime"]),
    ("index=learned & index.by_words=2", [TOP + "index.by_words and", "2, but a ranker finds the statutes"]),
    ("tasks.retrieval={by_words: 2, ranker: {}}", ["tasks.retrieval.by_words", "2, but a ranker finds"]),
    (f"{NEW} & tasks.form.style=full", ["tasks.augment.new_crimes", "quotes the judgment"]),
    (f"{NEW} & tasks.retrieval.share=0", ["tasks.augment.new_crimes, tasks.retrieval.share", "shows no statutes"]),
    (f"{NEW} & knowledge=statutes", [TOP + "tasks.augment.new_crimes and", "begin with the names of their crimes"]),
    (f"{NEW} & tasks.form.listing=numbers", [TOP + "tasks.augment.new_crimes", "shows nothing to read"]),
    ("tasks.retrieval.by_words=7", ["tasks.retrieval.by_words and", "6 statutes are shown"]),
    (
        "tasks.form.charges_shown=2 & tasks.retrieval.ranker={}",
        [TOP + "tasks.form.charges_shown", "no ranker of the index knows that"],
    ),
    (
        "tasks.form.listing=numbers & tasks.form.style=compact & tasks.retrieval.ranker={} & index=learned & "
        "grpo.rewards=[{fn: lexpro.rewards.format.think_json}]",
        [TOP + "grpo.rewards.0.fn, tasks.form.listing", "copied without a thought"],
    ),
    # Nothing would be left to do.
    ("index.weights={dense: 0.0, cases: 0.0}", ["index.weights: all weights are 0"]),
    ("tasks.mix.sft={elements: 0.0, charge: 0.0, article: 0.0, term: 0.0}", ["tasks.mix.sft: all shares are 0"]),
    ("grpo.tasks=[term] & tasks.mix.grpo.term=0.0", [TOP + "grpo.tasks, tasks.mix.grpo: grpo trains on term"]),
    ("grpo.rewards=[{fn: lexpro.rewards.charge.f1, weight: 0.0}]", ["grpo.rewards: all weights are 0"]),
    ("sft.tasks=[term] & sft.weights={term: 0.0}", ["sft.weights, sft.tasks: all weights of term are 0"]),
]  # fmt: skip


@pytest.fixture(autouse=True)
def in_checkout(monkeypatch):
    monkeypatch.chdir(ROOT)


def refused(name: str, changes: list[str]) -> str:
    with pytest.raises(UserError) as error:
        builder.build([name], changes)
    return str(error.value)


@pytest.mark.parametrize(("changes", "said"), WRONG, ids=[changes for changes, _ in WRONG])
def test_a_wrong_setting_is_told_with_its_place_and_what_is_allowed(changes, said):
    message = refused("demo", changes.split(" & "))
    for part in said:
        assert part in message, message
    for leak in ("Value error", "Traceback", "Input should", "pydantic", "+sft"):
        assert leak not in message.replace(changes, ""), message


def test_an_experiment_for_one_corpus_and_the_choice_of_another_are_told_as_such():
    first, *keys = refused("smoke", ["corpus=folder"]).splitlines()
    assert [line.split(" and ")[0].strip() for line in keys] == [
        f"config/experiment/smoke.yaml: corpus.{key}" for key in ("provinces", "documents_per_province")
    ]
    for line in keys:
        assert "config/corpus/folder.yaml: corpus.kind: exclude each other" in line
        assert "not of folder" in line and "another experiment" in line and "overrides=[corpus=…]" in line


def test_every_thing_that_is_wrong_is_told_at_once():
    message = refused("demo", ["sft.seed=x", "grpo.seed=x", "colour=red"])
    assert [line.split(": ")[1] for line in message.splitlines()[1:]] == ["colour", "sft.seed", "grpo.seed"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (["knowledge=statutes", "knowledge.path=/no"], TOP + "knowledge.path: no folder /no nor below"),
        (
            ["knowledge=statutes"],
            "config/knowledge/statutes.yaml: knowledge.path: no folder LawRefBook__Laws",
        ),
    ],
)
def test_a_folder_of_statutes_that_is_not_there(tmp_path, monkeypatch, changes, said):
    monkeypatch.setenv("LEXPRO_MIRROR", str(tmp_path))
    with pytest.raises(UserError) as error:
        frozen.freeze(["demo"], changes)
    assert said in str(error.value)


@pytest.fixture
def config(tmp_path, monkeypatch):
    """A copy of config/ that a test may spoil."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    monkeypatch.chdir(tmp_path)
    caches = (compose.compose, compose._composed)
    for cached in caches:
        cached.cache_clear()
    yield tmp_path / "config"
    for cached in caches:
        cached.cache_clear()


# File, what is replaced in it (nothing: it is written anew) and by what, and what the error says.
SPOILT = [
    ("sft/tiny.yaml", "seed: ", "seed: [1\nx: ", ["config/sft/tiny.yaml:", "no YAML"]),
    ("sft/tiny.yaml", "seed: ", "seed: 1\nseed: ", ["config/sft/tiny.yaml:", "duplicate key seed"]),
    ("sft/tiny.yaml", "seed: ", "sed: ", ["config/sft/tiny.yaml: sft.sed: unknown key; did you mean seed?"]),
    ("sft/tiny.yaml", "seed: ", "seed: ??? #", ["config/sft/tiny.yaml: sft.seed: ", "mandatory"]),
    ("base_model/tiny.yaml", "kind: scratch", "", ["config/base_model/tiny.yaml: base_model.kind: is missing"]),
    ("score/default.yaml", None, "[]", ["config/score/default.yaml: score: has to hold"]),
    (
        "benchmark/lawbench.yaml", "version: ", "vision: ",
        ["config/benchmark/lawbench.yaml: benchmark.lawbench.version: is missing", "lawbench.vision: unknown key"],
    ),
    ("config.yaml", "variants: ", "colour: red\nvariants: ", ["config/config.yaml: colour: unknown key"]),
    ("config.yaml", "[none, rag]", "[none, web]", ["config/config.yaml: retrieval.1: is 'web'"]),
    ("config.yaml", "  - score: default\n", "", ["config/config.yaml and the experiment", "score: is missing"]),
    ("benchmark/heldout.yaml", "# @package benchmark.heldout", "#", ["config/benchmark/heldout.yaml", "@package"]),
    ("experiment/demo.yaml", "defaults: []", "sft: {seed: -1}", ["config/experiment/demo.yaml: sft.seed"]),
    ("experiment/demo.yaml", "defaults: []", "sft: 3", ["config/experiment/demo.yaml: sft: has to hold"]),
    ("experiment/demo.yaml", "defaults: []", "experiments: [x]", ["config/experiment/demo.yaml: experiments: "]),
    ("experiment/demo.yaml", None, "sft: {seed: 1}", ["config/experiment/demo.yaml", "# @package _global_"]),
    (
        "experiment/demo.yaml",
        None,
        "defaults:\n  - override /sft: tiny\n",
        ["config/experiment/demo.yaml", "first line must be: # @package _global_"],
    ),
    (
        "experiment/demo.yaml", "defaults: []", "defaults:\n  - override /sft: tinny",
        ["config/experiment/demo.yaml: config/sft has no choice 'tinny'; did you mean tiny?"],
    ),
    (
        "corpus/synthetic_full.yaml", "style: full", "style: ful",
        ["config/corpus/synthetic_full.yaml: corpus.style: is 'ful'; did you mean full?"],
    ),
    (
        "corpus/synthetic.yaml", "documents_per_province: 700", "charge_skew: 9",
        ["config/corpus/synthetic.yaml: corpus.charge_skew: should be less than or equal to 5"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "said"), SPOILT)
def test_a_wrong_file_is_named(config, file, old, new, said):
    path = config / file
    text = path.read_text(encoding="utf-8")
    assert old is None or old in text
    path.write_text(new if old is None else text.replace(old, new, 1), encoding="utf-8")
    changes = {"corpus": ["corpus=synthetic_full"], "benchmark": ["benchmark=[heldout,lawbench]"]}
    message = refused("demo", changes.get(file.split("/")[0], []))
    for part in said:
        assert part in message, message


def test_a_file_that_is_no_utf8_is_named(config):
    path = config / "sft/tiny.yaml"
    path.write_bytes(path.read_bytes() + "# 长度".encode("gb18030"))
    assert refused("demo", []).startswith("config/sft/tiny.yaml: is no UTF-8")


def test_fields_that_no_file_writes_can_be_set_and_values_are_those_of_yaml():
    changes = (
        "sft.runtime.gpus=2",
        "sft.runtime.nodes=2",
        "grpo.learning_rate=2e-5",
        "corpus.provinces=[湖北, 湖南]",
    )
    config, _ = compose.compose("demo", (*changes, "sft.global_batch_size=64", "report.note=中文, (1)"))
    assert config["sft"]["runtime"]["nodes"] == 2 and config["grpo"]["learning_rate"] == 2e-5
    assert config["corpus"]["provinces"] == ["湖北", "湖南"] and config["report"]["note"] == "中文, (1)"


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ("demo, judge_tiny", ["demo", "judge_tiny"]),
        ("[demo,judge_tiny]", ["demo", "judge_tiny"]),
        (["demo", " judge_tiny "], ["demo", "judge_tiny"]),
        (2024, ["2024"]),
        ("[corpus.provinces=[湖北,湖南],sft=tiny]", ["corpus.provinces=[湖北,湖南]", "sft=tiny"]),
        (
            "sft.weights={term: 2.0, charge: 1.0},sft.seed=1",
            ["sft.weights={term: 2.0, charge: 1.0}", "sft.seed=1"],
        ),
        ("report.note='a, b',sft.seed=1", ["report.note='a, b'", "sft.seed=1"]),
        ("[benchmark=[heldout,lawbench],sft.seed=1]", ["benchmark=[heldout,lawbench]", "sft.seed=1"]),
        (["benchmark=[heldout,lawbench]"], ["benchmark=[heldout,lawbench]"]),
    ],
)
def test_lists_of_the_command_line(given, names):
    assert overrides.request({"experiments": given, "overrides": given}, {}) == (names, names)


def test_a_list_of_benchmarks_is_one_change():
    _, changes = overrides.request(
        {"experiments": "demo", "overrides": "[benchmark=[heldout,lawbench],sft.seed=1]"}, {}
    )
    config, _ = compose.compose("demo", tuple(changes))
    assert list(config["benchmark"]) == ["heldout", "lawbench"] and config["sft"]["seed"] == 1


@pytest.mark.parametrize(
    ("text", "sign", "meant"),
    [
        ("corpus=folder，corpus.path=data/raw", "，", ","),
        ("corpus=folder、 corpus.path=data/raw", "、", ","),
        ("corpus.provinces=[湖北，湖南]", "，", ","),
        ("benchmark=[heldout，lawbench]", "，", ","),
        ("［corpus=folder］", "［", "["),
        ("corpus＝folder", "＝", "="),
    ],
)
def test_a_full_width_sign_is_named(text, sign, meant):
    _, (change,) = overrides.request({"experiments": "demo", "overrides": [text]}, {})
    assert f"{text}: {sign} is a full-width sign, of a Chinese keyboard; write {meant} " in refused(
        "demo", [change]
    )
    for sign in "，、":
        with pytest.raises(UserError, match=f"experiments: demo{sign}smoke: {sign} is a full-width sign"):
            overrides.request({"experiments": f"demo{sign}smoke"}, {})


@pytest.mark.parametrize(
    "text",
    [
        "report.note=样本少，仅供参考",
        "report.note='一，seed=3［x］'",
        "corpus.charges=['掩饰、隐瞒犯罪所得、犯罪所得收益罪',盗窃罪]",
    ],
)
def test_a_full_width_sign_may_be_part_of_a_value(text):
    assert overrides.read(text).text == text


@pytest.mark.parametrize(
    ("config", "given", "said"),
    [
        ({}, {}, "experiments: none is named. There are: demo"),
        ({"experiments": None}, {}, "none is named"),
        ({"experiments": []}, {}, "none is named"),
        ({"experiments": True}, {}, "experiments: is True"),
        ({"experiments": [{"a": 1}]}, {}, "experiments: is "),
        ({"experiments": ["demo"], "overrides": {"sft": "tiny"}}, {}, "overrides: is "),
        (
            {"experiments": ["demo"]},
            {"experiment": "demo"},
            "--config experiment=…: unknown key; did you mean exp",
        ),
        ({"experiments": ["demo"]}, {"variants": ["base"]}, "allowed: experiments, overrides"),
    ],
)
def test_what_snakemake_is_told_is_checked(config, given, said):
    with pytest.raises(UserError) as error:
        overrides.request(config, given)
    assert said in str(error.value)
