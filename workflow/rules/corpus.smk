"""Corpus: raw judgments of each province → structured, filtered → training tasks.

INPUTS   raw files: generated, from a registered data set, or a folder of the user's own (config/corpus/)
OUTPUTS  results/{corpus,ingest,structure,filter,tasks}/<key>/
"""


rule corpus:
    input:
        unpack(INPUTS("corpus")),
    output:
        "results/corpus/{key}/manifest.json",
    log:
        "logs/corpus/{key}.log",
    conda:
        "../../envs/conda.yaml"
    resources:
        mem_mb=2000,
        runtime=60,
    message:
        "Raw judgments: {wildcards.key}"
    shell:
        cli("corpus")


rule ingest:
    input:
        unpack(INPUTS("ingest")),
    output:
        "results/ingest/{key}/{province}/documents.parquet",
        "results/ingest/{key}/{province}/rejects.parquet",
        manifest="results/ingest/{key}/{province}/manifest.json",
    log:
        "logs/ingest/{key}/{province}.log",
    conda:
        "../../envs/conda.yaml"
    threads: share_of_cores("ingest")
    resources:
        mem_mb=lambda wildcards, threads: 1500 + 500 * threads,
        runtime=120,
    message:
        "Reading the raw files of {wildcards.province}"
    shell:
        cli("ingest", extra=" --province {wildcards.province:q}")


rule structure:
    input:
        unpack(INPUTS("structure")),
    output:
        "results/structure/{key}/{province}/judgments.parquet",
        "results/structure/{key}/{province}/rejects.parquet",
        manifest="results/structure/{key}/{province}/manifest.json",
    log:
        "logs/structure/{key}/{province}.log",
    conda:
        "../../envs/conda.yaml"
    threads: share_of_cores("structure")
    resources:
        mem_mb=lambda wildcards, threads: 1500 + 500 * threads,
        runtime=240,
    message:
        "Structuring the judgments of {wildcards.province}"
    shell:
        cli("structure", extra=" --province {wildcards.province:q}")


rule filter:
    input:
        unpack(INPUTS("filter")),
    output:
        "results/filter/{key}/kept.parquet",
        "results/filter/{key}/dropped.parquet",
        "results/filter/{key}/funnel.csv",
        manifest="results/filter/{key}/manifest.json",
    log:
        "logs/filter/{key}.log",
    conda:
        "../../envs/conda.yaml"
    threads: 2
    resources:
        mem_mb=4000,
        runtime=240,
    message:
        "Filtering and deduplicating: {wildcards.key}"
    shell:
        cli("filter")


rule tasks:
    input:
        unpack(INPUTS("tasks")),
    output:
        "results/tasks/{key}/splits.parquet",
        "results/tasks/{key}/pretrain.jsonl",
        "results/tasks/{key}/sft.jsonl",
        "results/tasks/{key}/grpo.jsonl",
        "results/tasks/{key}/heldout.jsonl",
        "results/tasks/{key}/form.json",
        manifest="results/tasks/{key}/manifest.json",
    log:
        "logs/tasks/{key}.log",
    conda:
        "../../envs/conda.yaml"
    resources:
        mem_mb=4000,
        runtime=120,
    message:
        "Training and held-out tasks: {wildcards.key}"
    shell:
        cli("tasks")
