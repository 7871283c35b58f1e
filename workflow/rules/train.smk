"""Training: base model → SFT → GRPO.

INPUTS   results/tasks/<key>/{pretrain,sft,grpo}.jsonl
OUTPUTS  results/{base_model,sft,grpo}/<key>/model/, metrics.jsonl; checkpoints in scratch/, outside declared outputs
"""


rule base_model:
    input:
        unpack(INPUTS("base_model")),
    output:
        model=directory("results/base_model/{key}/model"),
        manifest="results/base_model/{key}/manifest.json",
    log:
        "logs/base_model/{key}.log",
    conda:
        "../../envs/conda.yaml"
    threads: 2
    resources:
        mem_mb=runtime("base_model", "mem_mb", 4000),
        runtime=runtime("base_model", "minutes", 120),
    message:
        "Base model: {wildcards.key}"
    shell:
        cli("base_model", SELF)


rule sft:
    input:
        unpack(INPUTS("sft")),
    output:
        model=directory("results/sft/{key}/model"),
        metrics="results/sft/{key}/metrics.jsonl",
        manifest="results/sft/{key}/manifest.json",
    log:
        "logs/sft/{key}.log",
    conda:
        "../../envs/conda.yaml"
    threads: runtime("sft", "threads", 2)
    resources:
        gpu=granted("sft", "gpu"),
        gres=granted("sft", "gres"),
        nodes=granted("sft", "nodes"),
        tasks=granted("sft", "tasks"),
        mpi=granted("sft", "mpi"),
        slurm_extra=granted("sft", "slurm_extra"),
        mem_mb=runtime("sft", "mem_mb", 6000),
        runtime=runtime("sft", "minutes", 120),
    message:
        "Supervised fine-tuning: {wildcards.key}"
    shell:
        cli("sft", launch("sft"))


rule grpo:
    input:
        unpack(INPUTS("grpo")),
    output:
        model=directory("results/grpo/{key}/model"),
        metrics="results/grpo/{key}/metrics.jsonl",
        completions="results/grpo/{key}/completions.parquet",
        manifest="results/grpo/{key}/manifest.json",
    log:
        "logs/grpo/{key}.log",
    conda:
        "../../envs/conda.yaml"
    threads: runtime("grpo", "threads", 2)
    resources:
        gpu=granted("grpo", "gpu"),
        gres=granted("grpo", "gres"),
        nodes=granted("grpo", "nodes"),
        tasks=granted("grpo", "tasks"),
        mpi=granted("grpo", "mpi"),
        slurm_extra=granted("grpo", "slurm_extra"),
        mem_mb=runtime("grpo", "mem_mb", 6000),
        runtime=runtime("grpo", "minutes", 120),
    message:
        "Group relative policy optimisation: {wildcards.key}"
    shell:
        cli("grpo", launch("grpo"))


rule wandb_sync:
    log:
        "logs/wandb_sync.log",
    # Asked for by name, where there is a network: `snakemake wandb_sync`. No rule depends on it.
    localrule: True
    conda:
        "../../envs/conda.yaml"
    message:
        "Sending the offline runs of logs/wandb/ to W&B"
    shell:
        "find logs/wandb -maxdepth 1 -name 'offline-run-*' -exec wandb sync --yes {{}} + > {log:q} 2>&1"
