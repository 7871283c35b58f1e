"""Report: everything of one experiment → summary, tables, figures, one page; all experiments → results/report.html.

INPUTS   the manifests of all runs of the experiment, and the code that publishes them
OUTPUTS  results/report/<key>/, results/experiments/<name>/, results/report.html, results/tables/, results/census/<name>/
"""


rule report:
    """All of one experiment → numbers, tables, figures, a page. In: all its runs. Out: results/report/<key>/."""
    input:
        plan=plan_of("report"),
        runs=all_upstream("report"),
        # Code changes that were accepted without a rerun: the report shows them.
        accepted=outside("report"),
    output:
        summary="results/report/{key}/summary.json",
        page="results/report/{key}/report.html",
        manifest="results/report/{key}/manifest.json",
    log:
        "logs/report/{key}.log",
    conda:
        "../../envs/conda.yaml"
    threads: runtime("report", "threads")
    resources:
        mem_mb=runtime("report", "mem_mb"),
        runtime=runtime("report", "minutes"),
    params:
        scripts=SCRIPTS,
    message:
        "Report: {wildcards.key}"
    shell:
        "python {params.scripts:q}/report.py --plan results/.plan/report/{wildcards.key} --log {log:q}"


rule publish:
    """A report under the name of its experiment. In: the report. Out: results/experiments/<name>/."""
    input:
        run=lambda wildcards: f"results/report/{PLAN.experiments[wildcards.name]}/manifest.json",
        code="results/.plan/publish/code.yaml",
    output:
        published("pages", "report", "report.html"),
        published("pages", "summary", "summary.json"),
        [published("figures", name, f"figures/{name}.png") for name in catalog.FIGURES],
        [published("tables", name, f"tables/{name}.csv") for name in catalog.KINDS["tables"][1]],
    log:
        "logs/publish/{name}.log",
    localrule: True
    conda:
        "../../envs/conda.yaml"
    params:
        scripts=SCRIPTS,
        key=lambda wildcards: PLAN.experiments[wildcards.name],
    message:
        "Publishing the report of {wildcards.name}"
    shell:
        "python {params.scripts:q}/publish.py --experiment {wildcards.name} --report results/report/{params.key}"
        " --out results/experiments/{wildcards.name} 2> {log:q}"


rule pages:
    """One page of all experiments, a tab each. In: their published reports. Out: results/report.html."""
    input:
        pages=collect("results/experiments/{name}/report.html", name=list(PLAN.experiments)),
        code="results/.plan/publish/code.yaml",
    output:
        "results/report.html",
    log:
        "logs/pages.log",
    localrule: True
    conda:
        "../../envs/conda.yaml"
    params:
        scripts=SCRIPTS,
        folders=[f"results/experiments/{name}" for name in PLAN.experiments],
    message:
        "One page of all experiments"
    shell:
        "python {params.scripts:q}/publish.py --page {output:q} {params.folders:q} 2> {log:q}"


rule tables:
    """The paper's tables, all experiments side by side. In: their published summaries. Out: results/tables/."""
    input:
        summaries=collect("results/experiments/{name}/summary.json", name=list(PLAN.experiments)),
        code="results/.plan/publish/code.yaml",
    output:
        expand(
            "results/tables/{table}.{form}",
            table=list(catalog.PAPER_TABLES),
            form=("csv", "md", "tex"),
        ),
    log:
        "logs/tables.log",
    localrule: True
    conda:
        "../../envs/conda.yaml"
    params:
        scripts=SCRIPTS,
        folders=[f"results/experiments/{name}" for name in PLAN.experiments],
    message:
        "The tables of all experiments side by side"
    shell:
        "python {params.scripts:q}/publish.py --tables results/tables {params.folders:q} 2> {log:q}"


rule corpus_page:
    """The picture of a corpus before anything is trained on it. In: filter and before. Out: results/census/<name>/."""
    input:
        runs=corpus_manifests,
        code="results/.plan/census/code.yaml",
    output:
        "results/census/{name}/corpus.html",
        "results/census/{name}/corpus.json",
    log:
        "logs/census/{name}.log",
    localrule: True
    conda:
        "../../envs/conda.yaml"
    params:
        scripts=SCRIPTS,
        folders=lambda wildcards: [run.out.as_posix() for run in corpus_runs(wildcards.name).values()],
        provinces=lambda wildcards: corpus_runs(wildcards.name)["filter"].provinces,
        charges=lambda wildcards: PLAN.report_of(wildcards.name).settings.charges,
        dpi=lambda wildcards: PLAN.report_of(wildcards.name).settings.dpi,
    message:
        "The page of the corpus of {wildcards.name}"
    shell:
        "python {params.scripts:q}/census.py --experiment {wildcards.name} --out results/census/{wildcards.name}"
        " {params.folders:q} --provinces {params.provinces:q} --charges {params.charges} --dpi {params.dpi} 2> {log:q}"


rule census:
    """The pages of all corpora: `snakemake --cores all census`."""
    input:
        collect("results/census/{name}/corpus.html", name=list(PLAN.experiments)),
    localrule: True
    conda:
        "../../envs/conda.yaml"
