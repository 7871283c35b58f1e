"""Knowledge: statutes → articles, links and tiers of penalty; articles and cases → vectors → a searchable index.

INPUTS   the embedded facts or a folder of statutes; results/filter/<key>/kept.parquet; results/tasks/<key>/splits.parquet
OUTPUTS  results/{knowledge,embed,index}/<key>/
"""


rule knowledge:
    input:
        unpack(INPUTS("knowledge")),
    output:
        "results/knowledge/{key}/articles.parquet",
        "results/knowledge/{key}/charges.json",
        "results/knowledge/{key}/tiers.json",
        manifest="results/knowledge/{key}/manifest.json",
    log:
        "logs/knowledge/{key}.log",
    conda:
        "../../envs/conda.yaml"
    resources:
        mem_mb=4000,
        runtime=60,
    message:
        "Statutes: {wildcards.key}"
    shell:
        cli("knowledge")


rule embed:
    input:
        unpack(INPUTS("embed")),
    output:
        # Not its files: Snakemake would remove them first, and unchanged texts keep their vectors.
        manifest="results/embed/{key}/manifest.json",
    log:
        "logs/embed/{key}.log",
    conda:
        "../../envs/conda.yaml"
    threads: runtime("embed", "threads", 1)
    resources:
        gpu=runtime("embed", "gpus", 0),
        mem_mb=runtime("embed", "mem_mb", 4000),
        runtime=runtime("embed", "minutes", 60),
    message:
        "Embedding articles and cases: {wildcards.key}"
    shell:
        cli("embed")


rule index:
    input:
        unpack(INPUTS("index")),
    output:
        # Not its files: Snakemake would remove them first, and the old index stays until the new one is whole.
        manifest="results/index/{key}/manifest.json",
    log:
        "logs/index/{key}.log",
    conda:
        "../../envs/conda.yaml"
    resources:
        mem_mb=runtime("index", "mem_mb", 4000),
        runtime=runtime("index", "minutes", 60),
    message:
        "Index of articles and cases: {wildcards.key}"
    shell:
        cli("index")
