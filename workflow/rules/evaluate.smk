"""Evaluation: model × retrieval → predictions (once, on the GPU where there is one) → scores (on a CPU, as often as needed).

INPUTS   results/{base_model,sft,grpo}/<key>/model, results/tasks/<key>/heldout.jsonl, results/index/<key>/
OUTPUTS  results/predict/<key>/{predictions,times,again}.jsonl, results/score/<key>/{scores.json,items.jsonl}
"""


rule predict:
    input:
        unpack(INPUTS("predict")),
    output:
        "results/predict/{key}/predictions.jsonl",
        "results/predict/{key}/times.jsonl",
        "results/predict/{key}/again.jsonl",
        manifest="results/predict/{key}/manifest.json",
    log:
        "logs/predict/{key}.log",
    conda:
        "../../envs/conda.yaml"
    threads: runtime("predict", "threads", 2)
    resources:
        gpu=runtime("predict", "gpus", 0),
        mem_mb=runtime("predict", "mem_mb", 4000),
        runtime=runtime("predict", "minutes", 120),
    message:
        "Predicting: {wildcards.key}"
    shell:
        cli("predict")


rule score:
    input:
        unpack(INPUTS("score")),
    output:
        "results/score/{key}/scores.json",
        "results/score/{key}/items.jsonl",
        manifest="results/score/{key}/manifest.json",
    log:
        "logs/score/{key}.log",
    conda:
        "../../envs/conda.yaml"
    resources:
        # BERTScore reads 16 texts at a time with a model of 400 MB.
        mem_mb=lambda wildcards: (
            4000 if plan_files.models(PLAN.runs["score", wildcards.key].settings) else 2000
        ),
        runtime=60,
    message:
        "Scoring: {wildcards.key}"
    shell:
        cli("score")
