"""Corpus: raw judgments of each province → structured, filtered → training tasks.

INPUTS   raw files: generated, from a registered data set, or a folder of the user's own (config/corpus/)
OUTPUTS  results/{corpus,ingest,structure,filter,tasks}/<key>/
"""


rule corpus:
    """Raw judgments, generated or from a data set. In: nothing. Out: results/corpus/<key>/raw/<province>/."""
    input:
        plan=plan_of("corpus"),
    output:
        manifest="results/corpus/{key}/manifest.json",
    log:
        "logs/corpus/{key}.log",
    conda:
        "../../envs/conda.yaml"
    threads: runtime("corpus", "threads")
    resources:
        mem_mb=runtime("corpus", "mem_mb"),
        runtime=runtime("corpus", "minutes"),
    params:
        scripts=SCRIPTS,
    message:
        "Raw judgments: {wildcards.key}"
    shell:
        "python {params.scripts:q}/corpus.py --plan results/.plan/corpus/{wildcards.key} --log {log:q}"


rule ingest:
    """Raw files of a province → documents. In: the corpus, or a user's folder. Out: results/ingest/<key>/<province>/."""
    input:
        plan=plan_of("ingest"),
        raw="results/.plan/ingest/{key}/raw/{province}.yaml",
        # Not with a folder of the user's own.
        corpus=optional_upstream("ingest", "corpus"),
    output:
        documents="results/ingest/{key}/{province}/documents.parquet",
        rejects="results/ingest/{key}/{province}/rejects.parquet",
        manifest="results/ingest/{key}/{province}/manifest.json",
    log:
        "logs/ingest/{key}/{province}.log",
    conda:
        "../../envs/conda.yaml"
    threads: share_of_cores("ingest")
    resources:
        mem_mb=memory_by_threads("ingest"),
        runtime=runtime("ingest", "minutes"),
    params:
        scripts=SCRIPTS,
    message:
        "Reading the raw files of {wildcards.province}"
    shell:
        "python {params.scripts:q}/ingest.py --plan results/.plan/ingest/{wildcards.key}"
        " --province {wildcards.province:q} --log {log:q}"


rule structure:
    """Documents → judgments, parsed. In: ingest of the province. Out: results/structure/<key>/<province>/."""
    input:
        plan=plan_of("structure"),
        ingest=upstream("structure", "ingest"),
    output:
        judgments="results/structure/{key}/{province}/judgments.parquet",
        rejects="results/structure/{key}/{province}/rejects.parquet",
        manifest="results/structure/{key}/{province}/manifest.json",
    log:
        "logs/structure/{key}/{province}.log",
    conda:
        "../../envs/conda.yaml"
    threads: share_of_cores("structure")
    resources:
        mem_mb=memory_by_threads("structure"),
        runtime=runtime("structure", "minutes"),
    params:
        scripts=SCRIPTS,
    message:
        "Structuring the judgments of {wildcards.province}"
    shell:
        "python {params.scripts:q}/structure.py --plan results/.plan/structure/{wildcards.key}"
        " --province {wildcards.province:q} --log {log:q}"


rule filter:
    """Judgments that are fit to train on, deduplicated. In: structure of all provinces. Out: results/filter/<key>/."""
    input:
        plan=plan_of("filter"),
        structure=upstream("filter", "structure"),
        benchmarks=outside("filter"),
    output:
        kept="results/filter/{key}/kept.parquet",
        dropped="results/filter/{key}/dropped.parquet",
        funnel="results/filter/{key}/funnel.csv",
        manifest="results/filter/{key}/manifest.json",
    log:
        "logs/filter/{key}.log",
    conda:
        "../../envs/conda.yaml"
    threads: runtime("filter", "threads")
    resources:
        mem_mb=runtime("filter", "mem_mb"),
        runtime=runtime("filter", "minutes"),
    params:
        scripts=SCRIPTS,
    message:
        "Filtering and deduplicating: {wildcards.key}"
    shell:
        "python {params.scripts:q}/filter.py --plan results/.plan/filter/{wildcards.key} --log {log:q}"


rule tasks:
    """Judgments → prompts and answers by split. In: filter, knowledge. Out: results/tasks/<key>/."""
    input:
        plan=plan_of("tasks"),
        filter=upstream("tasks", "filter"),
        knowledge=upstream("tasks", "knowledge"),
    output:
        splits="results/tasks/{key}/splits.parquet",
        pretrain="results/tasks/{key}/pretrain.jsonl",
        sft="results/tasks/{key}/sft.jsonl",
        grpo="results/tasks/{key}/grpo.jsonl",
        heldout="results/tasks/{key}/heldout.jsonl",
        unseen="results/tasks/{key}/unseen.jsonl",
        form="results/tasks/{key}/form.json",
        manifest="results/tasks/{key}/manifest.json",
    log:
        "logs/tasks/{key}.log",
    conda:
        "../../envs/conda.yaml"
    threads: runtime("tasks", "threads")
    resources:
        mem_mb=runtime("tasks", "mem_mb"),
        runtime=runtime("tasks", "minutes"),
    params:
        scripts=SCRIPTS,
    message:
        "Training and held-out tasks: {wildcards.key}"
    shell:
        "python {params.scripts:q}/tasks.py --plan results/.plan/tasks/{wildcards.key} --log {log:q}"
