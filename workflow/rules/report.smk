"""Report: everything of one experiment → summary, tables, figures, one page; all experiments → results/report.html.

INPUTS   the manifests of all runs of the experiment, and the code that publishes them
OUTPUTS  results/report/<key>/, results/experiments/<name>/, results/report.html, results/tables/, results/census/<name>/
"""


rule report:
    input:
        unpack(INPUTS("report")),
    output:
        "results/report/{key}/summary.json",
        "results/report/{key}/report.html",
        manifest="results/report/{key}/manifest.json",
    log:
        "logs/report/{key}.log",
    conda:
        "../../envs/conda.yaml"
    resources:
        mem_mb=2000,
        runtime=60,
    message:
        "Report: {wildcards.key}"
    shell:
        cli("report")


rule publish:
    input:
        lambda wildcards: f"results/report/{PLAN.experiments[wildcards.name]}/manifest.json",
        code_of("publish"),
    output:
        report(
            "results/experiments/{name}/report.html",
            caption="../report/page.rst",
            category="The report",
            labels={"experiment": "{name}"},
        ),
        report(
            "results/experiments/{name}/summary.json",
            caption="../report/summary.rst",
            category="The report",
            labels={"experiment": "{name}"},
        ),
        [
            named("figures", name, "png", "Figures")
            for name in ("funnel", "map", "spread", "provinces", "sft", "grpo", "scores", "retrieval")
        ],
        [
            named("tables", name, "csv", "Tables")
            for name in (
                "scores",
                "retrieval",
                "training",
                "funnel",
                "dropped",
                "provinces",
                "charges",
                "spread",
                "families",
                "sizes",
                "masked",
                "stages",
                "fields",
                "confusions",
                "elements",
                "consistency",
                "comparisons",
                "noise",
                "baselines",
                "benchmarks",
                "extraction",
                "knowledge",
                "lawbench",
                "judge",
            )
        ],
    log:
        "logs/publish/{name}.log",
    localrule: True
    conda:
        "../../envs/conda.yaml"
    params:
        key=lambda wildcards: PLAN.experiments[wildcards.name],
    message:
        "Publishing the report of {wildcards.name}"
    shell:
        "python workflow/scripts/publish.py --experiment {wildcards.name} --report results/report/{params.key}"
        " --out results/experiments/{wildcards.name} 2> {log:q}"


rule pages:
    input:
        collect("results/experiments/{name}/report.html", name=list(PLAN.experiments)),
        code_of("publish"),
    output:
        "results/report.html",
    log:
        "logs/pages.log",
    localrule: True
    conda:
        "../../envs/conda.yaml"
    params:
        folders=[f"results/experiments/{name}" for name in PLAN.experiments],
    message:
        "One page of all experiments"
    shell:
        "python workflow/scripts/publish.py --page {output:q} {params.folders:q} 2> {log:q}"


# The paper's tables: every experiment of the DAG a size, side by side.
rule tables:
    input:
        collect("results/experiments/{name}/summary.json", name=list(PLAN.experiments)),
        code_of("publish"),
    output:
        expand(
            "results/tables/{table}.{form}",
            table=("extraction", "knowledge", "lawbench", "judge"),
            form=("csv", "md", "tex"),
        ),
    log:
        "logs/tables.log",
    localrule: True
    conda:
        "../../envs/conda.yaml"
    params:
        folders=[f"results/experiments/{name}" for name in PLAN.experiments],
    message:
        "The tables of all experiments side by side"
    shell:
        "python workflow/scripts/publish.py --tables results/tables {params.folders:q} 2> {log:q}"


# The picture of a corpus before anything is trained on it: `snakemake --cores all census`.
rule corpus_page:
    input:
        corpus_of,
        code_of("census"),
    output:
        "results/census/{name}/corpus.html",
        "results/census/{name}/corpus.json",
    log:
        "logs/census/{name}.log",
    localrule: True
    conda:
        "../../envs/conda.yaml"
    params:
        folders=lambda wildcards: [run.out.as_posix() for run in selected(wildcards.name).values()],
        provinces=lambda wildcards: selected(wildcards.name)["filter"].provinces,
        drawn=lambda wildcards: drawn(wildcards.name),
    message:
        "The page of the corpus of {wildcards.name}"
    shell:
        "python workflow/scripts/census.py --experiment {wildcards.name} --out results/census/{wildcards.name}"
        " {params.folders:q} --provinces {params.provinces:q} {params.drawn} 2> {log:q}"


rule census:
    input:
        collect("results/census/{name}/corpus.html", name=list(PLAN.experiments)),
    localrule: True
    conda:
        "../../envs/conda.yaml"
