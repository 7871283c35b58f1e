"""Evaluation: benchmark × model × retrieval → answers (once, on the GPU where there is one) → scores (on a CPU).

INPUTS   results/{base_model,sft,grpo}/<key>/model, results/tasks/<key>/heldout.jsonl, results/index/<key>/
OUTPUTS  results/predict/<key>/{predictions,times,repeats}.jsonl, results/score/<key>/{scores.json,items.jsonl}
"""


rule predict:
    """A model's answers to a benchmark. In: a model, tasks, knowledge, index. Out: results/predict/<key>/."""
    input:
        plan=plan_of("predict"),
        model=upstream("predict", "model"),
        base_model=upstream("predict", "base_model"),
        tasks=upstream("predict", "tasks"),
        knowledge=upstream("predict", "knowledge"),
        # With retrieved statutes in the prompt only.
        index=optional_upstream("predict", "index"),
    output:
        predictions="results/predict/{key}/predictions.jsonl",
        times="results/predict/{key}/times.jsonl",
        repeats="results/predict/{key}/repeats.jsonl",
        manifest="results/predict/{key}/manifest.json",
    log:
        "logs/predict/{key}.log",
    conda:
        "../../envs/conda.yaml"
    threads: runtime("predict", "threads")
    resources:
        gpu=runtime("predict", "gpus"),
        mem_mb=runtime("predict", "mem_mb"),
        runtime=runtime("predict", "minutes"),
    params:
        scripts=SCRIPTS,
    message:
        "Predicting: {wildcards.key}"
    shell:
        "python {params.scripts:q}/predict.py --plan results/.plan/predict/{wildcards.key} --log {log:q}"


rule score:
    """Answers → scores with intervals. In: predict, tasks. Out: results/score/<key>/{scores.json,items.jsonl}."""
    input:
        plan=plan_of("score"),
        predict=upstream("score", "predict"),
        tasks=upstream("score", "tasks"),
        # Of an index with a ranker, which is the linear model.
        index=optional_upstream("score", "index"),
        # Of models that a scorer reads (METEOR, BERTScore).
        models=outside("score"),
    output:
        scores="results/score/{key}/scores.json",
        by_item="results/score/{key}/items.jsonl",
        manifest="results/score/{key}/manifest.json",
    log:
        "logs/score/{key}.log",
    conda:
        "../../envs/conda.yaml"
    threads: runtime("score", "threads")
    resources:
        # BERTScore reads 16 texts at a time with a model of 400 MB.
        mem_mb=lambda wildcards, input: runtime("score", "mem_mb_with_models" if input.models else "mem_mb")(
            wildcards
        ),
        runtime=runtime("score", "minutes"),
    params:
        scripts=SCRIPTS,
    message:
        "Scoring: {wildcards.key}"
    shell:
        "python {params.scripts:q}/score.py --plan results/.plan/score/{wildcards.key} --log {log:q}"
