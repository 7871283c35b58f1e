"""Retrieval: articles and training cases → vectors → a searchable index.

INPUTS   results/knowledge/<key>/, results/filter/<key>/kept.parquet, results/tasks/<key>/splits.parquet
OUTPUTS  results/{embed,index}/<key>/
"""


rule embed:
    """Articles and cases as vectors. In: knowledge, filter, tasks. Out: results/embed/<key>/{embedder,*.npy}."""
    input:
        plan=plan_of("embed"),
        knowledge=upstream("embed", "knowledge"),
        filter=upstream("embed", "filter"),
        tasks=upstream("embed", "tasks"),
        # Of a pretrained embedder in a folder.
        model=outside("embed"),
    output:
        # Not its files: Snakemake would remove them first, and unchanged texts keep their vectors.
        manifest="results/embed/{key}/manifest.json",
    log:
        "logs/embed/{key}.log",
    conda:
        "../../envs/conda.yaml"
    threads: runtime("embed", "threads")
    resources:
        gpu=runtime("embed", "gpus"),
        mem_mb=runtime("embed", "mem_mb"),
        runtime=runtime("embed", "minutes"),
    params:
        scripts=SCRIPTS,
    message:
        "Embedding articles and cases: {wildcards.key}"
    shell:
        "python {params.scripts:q}/embed.py --plan results/.plan/embed/{wildcards.key} --log {log:q}"


rule index:
    """The index of articles and cases. In: embed, knowledge, filter, tasks. Out: results/index/<key>/."""
    input:
        plan=plan_of("index"),
        embed=upstream("index", "embed"),
        knowledge=upstream("index", "knowledge"),
        filter=upstream("index", "filter"),
        tasks=upstream("index", "tasks"),
        # Of a reranker in a folder.
        model=outside("index"),
    output:
        # Not its files: Snakemake would remove them first, and the old index stays until the new one is whole.
        manifest="results/index/{key}/manifest.json",
    log:
        "logs/index/{key}.log",
    conda:
        "../../envs/conda.yaml"
    threads: runtime("index", "threads")
    resources:
        mem_mb=runtime("index", "mem_mb"),
        runtime=runtime("index", "minutes"),
    params:
        scripts=SCRIPTS,
    message:
        "Index of articles and cases: {wildcards.key}"
    shell:
        "python {params.scripts:q}/index.py --plan results/.plan/index/{wildcards.key} --log {log:q}"
