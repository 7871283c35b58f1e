"""Report: everything of one experiment → summary, tables, figures, one page; all experiments → results/report.html.

INPUTS   the manifests of all runs of the experiment
OUTPUTS  results/report/<key>/, results/experiments/<name>/, results/report.html
"""


rule report:
    message:
        "Report: {wildcards.key}"
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
    shell:
        cli("report")
