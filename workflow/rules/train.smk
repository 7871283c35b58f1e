"""Training: base model → supervised fine-tuning → (pass rates of prompts) → GRPO.

INPUTS   results/tasks/<key>/{pretrain,sft,grpo}.jsonl
OUTPUTS  results/{base_model,sft,pass_rate,grpo}/<key>/; checkpoints lie in scratch/, outside declared outputs

Trainings take the place of their shell (`exec`): a signal to all processes of a job would end the shell, and the job with
it, while the training still saves. bash does this by itself since 5.1.
"""


rule base_model:
    """The model that is trained on. In: a pretrained one, or tasks. Out: results/base_model/<key>/model."""
    input:
        plan=plan_of("base_model"),
        # Where the model is trained here, from nothing.
        tasks=optional_upstream("base_model", "tasks"),
        # Of a pretrained model in a folder.
        weights=outside("base_model"),
    output:
        model=directory("results/base_model/{key}/model"),
        manifest="results/base_model/{key}/manifest.json",
    log:
        "logs/base_model/{key}.log",
    conda:
        "../../envs/conda.yaml"
    threads: runtime("base_model", "threads")
    resources:
        mem_mb=runtime("base_model", "mem_mb"),
        runtime=runtime("base_model", "minutes"),
        # Training from nothing is asked to save before its time is over, as the others are.
        slurm_extra=granted("base_model", "slurm_extra"),
    params:
        scripts=SCRIPTS,
    message:
        "Base model: {wildcards.key}"
    shell:
        "exec python {params.scripts:q}/base_model.py --plan results/.plan/base_model/{wildcards.key} --log {log:q}"


rule sft:
    """Supervised fine-tuning. In: base model, tasks. Out: results/sft/<key>/{model,metrics.jsonl}."""
    input:
        plan=plan_of("sft"),
        base_model=upstream("sft", "base_model"),
        tasks=upstream("sft", "tasks"),
    output:
        model=directory("results/sft/{key}/model"),
        metrics="results/sft/{key}/metrics.jsonl",
        manifest="results/sft/{key}/manifest.json",
    log:
        "logs/sft/{key}.log",
    conda:
        "../../envs/conda.yaml"
    threads: runtime("sft", "threads")
    resources:
        gpu=granted("sft", "gpu"),
        gres=granted("sft", "gres"),
        nodes=granted("sft", "nodes"),
        tasks=granted("sft", "tasks"),
        mpi=granted("sft", "mpi"),
        slurm_extra=granted("sft", "slurm_extra"),
        mem_mb=runtime("sft", "mem_mb"),
        runtime=runtime("sft", "minutes"),
    params:
        scripts=SCRIPTS,
    message:
        "Supervised fine-tuning: {wildcards.key}"
    shell:
        "exec python {params.scripts:q}/launch.py --runtime results/.plan/sft/{wildcards.key}/runtime.yaml"
        " --threads {threads} --"
        " {params.scripts:q}/sft.py --plan results/.plan/sft/{wildcards.key} --log {log:q}"


rule pass_rate:
    """Answers of the SFT model to GRPO's prompts. In: SFT, base model, tasks. Out: results/pass_rate/<key>/samples.jsonl."""
    input:
        plan=plan_of("pass_rate"),
        sft=upstream("pass_rate", "sft"),
        base_model=upstream("pass_rate", "base_model"),
        tasks=upstream("pass_rate", "tasks"),
    output:
        samples="results/pass_rate/{key}/samples.jsonl",
        manifest="results/pass_rate/{key}/manifest.json",
    log:
        "logs/pass_rate/{key}.log",
    conda:
        "../../envs/conda.yaml"
    threads: runtime("pass_rate", "threads")
    resources:
        gpu=runtime("pass_rate", "gpus"),
        mem_mb=runtime("pass_rate", "mem_mb"),
        runtime=runtime("pass_rate", "minutes"),
    params:
        scripts=SCRIPTS,
    message:
        "Pass rates of the prompts: {wildcards.key}"
    shell:
        "python {params.scripts:q}/pass_rate.py --plan results/.plan/pass_rate/{wildcards.key} --log {log:q}"


rule grpo:
    """Group relative policy optimisation. In: SFT, base model, tasks, knowledge (rewards). Out: results/grpo/<key>/model."""
    input:
        plan=plan_of("grpo"),
        sft=upstream("grpo", "sft"),
        base_model=upstream("grpo", "base_model"),
        tasks=upstream("grpo", "tasks"),
        knowledge=upstream("grpo", "knowledge"),
        # Where prompts are selected by how often the SFT model is right (grpo.pass_rate).
        pass_rate=optional_upstream("grpo", "pass_rate"),
    output:
        model=directory("results/grpo/{key}/model"),
        metrics="results/grpo/{key}/metrics.jsonl",
        completions="results/grpo/{key}/completions.parquet",
        manifest="results/grpo/{key}/manifest.json",
    log:
        "logs/grpo/{key}.log",
    conda:
        "../../envs/conda.yaml"
    threads: runtime("grpo", "threads")
    resources:
        gpu=granted("grpo", "gpu"),
        gres=granted("grpo", "gres"),
        nodes=granted("grpo", "nodes"),
        tasks=granted("grpo", "tasks"),
        mpi=granted("grpo", "mpi"),
        slurm_extra=granted("grpo", "slurm_extra"),
        mem_mb=runtime("grpo", "mem_mb"),
        runtime=runtime("grpo", "minutes"),
    params:
        scripts=SCRIPTS,
    message:
        "Group relative policy optimisation: {wildcards.key}"
    shell:
        "exec python {params.scripts:q}/launch.py --runtime results/.plan/grpo/{wildcards.key}/runtime.yaml"
        " --threads {threads} --"
        " {params.scripts:q}/grpo.py --plan results/.plan/grpo/{wildcards.key} --log {log:q}"


rule wandb_sync:
    """Send the offline runs of logs/wandb/ to W&B: `snakemake --cores 1 wandb_sync`, where there is a network."""
    log:
        "logs/wandb_sync.log",
    localrule: True
    conda:
        "../../envs/conda.yaml"
    message:
        "Sending the offline runs of logs/wandb/ to W&B"
    shell:
        "find logs/wandb -maxdepth 1 -name 'offline-run-*' -exec wandb sync --yes {{}} + > {log:q} 2>&1"
