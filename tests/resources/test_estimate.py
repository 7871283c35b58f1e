"""`lexpro estimate`: shapes against published sizes, memory against a measured step, what fits."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest

from lexpro.cli.main import main
from lexpro.config.base_model import Pretrained
from lexpro.dag import experiment as experiments
from lexpro.resources import duration, fit, hardware, memory, shapes, show, slurm, trainings
from lexpro.resources.memory import Job
from lexpro.workflow.errors import UserError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def in_checkout(monkeypatch):
    monkeypatch.chdir(ROOT)


def script(path: str):
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def setup_of(name: str, stage: str, gpu: str = "h100", overrides: tuple[str, ...] = ()):
    machine = hardware.read()
    return trainings.setup(experiments.read(name, overrides), stage, machine.gpu(gpu), machine)


@pytest.mark.parametrize("size, billions", [("14b", 14.770034), ("32b", 32.763876), ("70b", 70.553706)])
def test_parameters_are_those_that_the_models_are_published_with(size, billions):
    settings = experiments.read(f"paper_{size}").settings["base_model"]
    shape, _ = shapes.of_base_model(settings)
    assert shape.parameters / 1e9 == pytest.approx(billions, abs=1e-6)


@pytest.mark.slow
def test_a_shape_is_that_of_the_model_which_the_stage_makes():
    from transformers import Qwen2Config, Qwen2ForCausalLM

    config = Qwen2Config(
        vocab_size=97, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        intermediate_size=48, tie_word_embeddings=False,
    )  # fmt: skip
    expected = sum(weight.numel() for weight in Qwen2ForCausalLM(config).parameters())
    assert shapes.of_config(config.to_dict()).parameters == expected


def test_a_local_folder_is_read(tmp_path):
    (tmp_path / "config.json").write_text(
        '{"model_type": "llama", "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2,'
        ' "intermediate_size": 16, "vocab_size": 10}'
    )
    shape, source = shapes.of_base_model(Pretrained(kind="pretrained", path=str(tmp_path)))
    assert (shape.kv_heads, shape.head_dim) == (2, 4)
    assert source.endswith("config.json")
    with pytest.raises(UserError, match=r"models\.yaml"):
        shapes.of_base_model(Pretrained(kind="pretrained", id="a/b", revision="0"))


@pytest.mark.slow
def test_predicted_and_measured_memory_of_a_step_agree_within_15_percent():
    benchmark = script("perf/memory.py")
    for job in benchmark.jobs():
        job = replace(job, batch=2, length=192, scored=min(job.scored, 192))
        predicted, found = sum(memory.step(job).values()), benchmark.measured(job)
        assert predicted == pytest.approx(found, rel=0.15), job


def tiny(**changes) -> Job:
    shape = shapes.Shape(64, 4, 4, 4, 16, 128, 1000, tied=False, qkv_bias=True)
    return replace(Job(shape, "full", batch=1, length=128, scored=128, bf16=True, gpu=True), **changes)


def test_zero_spreads_one_kind_more_with_each_stage():
    parts = [memory.static(tiny(zero=stage, devices=8)) for stage in (1, 2, 3)]
    for kind, stage in (("optimiser", 1), ("gradients", 2), ("weights", 3)):
        whole = memory.static(tiny(zero=stage, devices=1))[kind]
        for at, found in enumerate(parts, 1):
            assert found[kind] == (whole / 8 if at >= stage else whole), (kind, at)


def test_offloading_moves_memory_to_the_host():
    plain = tiny(zero=3, devices=8)
    moved = replace(plain, offload_optimizer=True, offload_weights=True)
    assert memory.static(moved)["weights"] == memory.static(moved)["optimiser"] == 0
    assert memory.host(moved, 8, 0) > memory.host(plain, 8, 0)


def test_methods_are_ordered_by_what_they_hold():
    full, lora, qlora = (
        sum(memory.static(tiny(method=method, rank=4, zero=2, devices=8)).values())
        for method in ("full", "lora", "qlora")
    )
    assert full > lora > qlora


@pytest.mark.parametrize("name, stage", [(f"paper_{n}", "sft") for n in ("14b", "32b", "70b")])
def test_supervised_fine_tuning_of_the_paper_fits_eighty_gigabytes(name, stage):
    assert fit.problems(setup_of(name, stage)) == []


@pytest.mark.parametrize("name", ["paper_14b", "paper_32b", "paper_70b"])
def test_grpo_of_the_paper_fits_eighty_gigabytes(name):
    assert fit.problems(setup_of(name, "grpo")) == []


@pytest.mark.slow
def test_what_cannot_fit_names_what_to_change_and_the_change_fits():
    setup = setup_of("paper_14b", "grpo", overrides=("grpo.runtime.vllm_memory_share=0.05",))
    assert "vllm_memory_share" in " ".join(fit.problems(setup))
    changes, better = fit.suggestion(setup)
    assert len(changes) == 1
    assert fit.problems(better) == []


def test_a_model_that_no_gpu_holds_is_handed_over_by_the_layer():
    """Gathered at once, as TRL does it, the sync alone would not fit."""
    setup = setup_of("paper_70b", "grpo")
    sync = fit.phases(setup)["sync"]
    assert sync["gathered"] == 2 * setup.job.shape.embedding, "the largest tensor there is"
    assert sum(sync.values()) + memory.weights_whole(setup.job) > setup.usable > sum(sync.values())
    whole = replace(setup.job, zero=2)
    matrix = max(rows * columns for rows, columns in whole.shape.matrices().values())
    assert memory.handed_over(whole) == 2 * 2 * matrix, "the product of the adapter, and the sum"
    assert memory.handed_over(replace(whole, method="full")) == 0, "nothing is copied"


def test_fsdp_spreads_as_zero3_does_and_gathers_two_blocks():
    overrides = ("sft.runtime.deepspeed=null", "sft.runtime.fsdp=config/fsdp/full.json")
    zero, setup = setup_of("paper_70b", "sft"), setup_of("paper_70b", "sft", overrides=overrides)
    assert fit.problems(setup) == []
    found, other = memory.static(setup.job), memory.static(zero.job)
    block = setup.job.shape.linear // setup.job.shape.layers
    assert found["gathered"] == 2 * (2 * block + setup.job.shape.embedding)
    assert found["weights"] == pytest.approx(other["weights"], rel=0.01), (
        "of the base model; the adapter is small"
    )
    # An adapter trained in fp32 needs no second copy in fp32, as the one that DeepSpeed trains in
    # bf16 does.
    assert found["optimiser"] == pytest.approx(other["optimiser"] * 8 / 12)
    assert show.headline("sft", setup, "").count("FSDP") == 1
    assert all("deepspeed" not in " ".join(changes) for _, changes, _ in fit.variants(setup))
    offloaded = (*overrides[:1], "sft.runtime.fsdp=config/fsdp/full_offload.json")
    assert memory.static(setup_of("paper_70b", "sft", overrides=offloaded).job)["weights"] == 0


def test_more_gpus_are_faster_and_a_longer_context_holds_fewer_completions():
    setup = setup_of("paper_32b", "sft")
    work = duration.Work(steps=10, sequences=64, tokens=2000)
    times = [duration.training_seconds(trainings.with_devices(setup, n), work) for n in (8, 16, 64)]
    assert times == sorted(times, reverse=True)
    grpo = setup_of("paper_14b", "grpo")
    longer = replace(grpo, engine=replace(grpo.engine, context=2 * grpo.engine.context))
    assert fit.concurrent(longer) <= fit.concurrent(grpo) / 2


def test_full_training_takes_half_as_much_again_as_an_adapter_without_recomputation():
    setup = setup_of("paper_14b", "sft")
    adapter = replace(setup.job, checkpointing=False)
    full = replace(adapter, method="full")
    short = [duration.flops(replace(setup, job=job), 1, 0) for job in (full, adapter)]
    assert short[0] / short[1] == pytest.approx(1.5)


def test_the_sbatch_line_asks_for_what_the_configuration_says():
    runtime = experiments.read("paper_70b").settings["sft"].runtime
    line = slurm.line("sft", runtime)
    for option in ("-p gpu", "-t 2880", "--mem 800000", "--cpus-per-task=64", "--gpus=8", "TERM@300"):
        assert option in line, line
    line = slurm.line("sft", runtime.model_copy(update={"nodes": 2}))
    for option in ("-p gpu", "--nodes=2", "--ntasks=2", "--cpus-per-task=64", "--gres=gpu:8"):
        assert option in line, line
    assert "--gpus" not in line and "ntasks-per-gpu" not in line, "GPUs of each node, in one task"
    with pytest.raises(UserError, match=r"partitions\.yaml"):
        slurm.line("sft", runtime.model_copy(update={"gpus": 9}))


def test_the_command_prints_the_plan_or_refuses_with_status_2(capsys):
    main(["estimate", "--experiment", "paper_14b"])
    printed = capsys.readouterr().out
    assert printed.count("sbatch --parsable") == 2
    assert printed.count("GPU-hours") == 2
    with pytest.raises(SystemExit) as refused:
        main(["estimate", "--experiment", "paper_70b", "grpo.runtime.deepspeed=config/deepspeed/zero2.json"])
    assert refused.value.code == 2
    assert "smallest change that fits" in capsys.readouterr().err


def test_an_experiment_on_a_processor_has_a_plan_too(capsys):
    main(["estimate", "--experiment", "demo"])
    assert "on a processor" in capsys.readouterr().out
