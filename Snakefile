"""LexPro: from raw judgments to the report. `snakemake --cores all` builds the experiments named in config/config.yaml."""

from snakemake.utils import min_version

min_version("9.20")


configfile: "config/config.yaml"


report: "workflow/report/workflow.rst"


# The recipe of --sdm apptainer; --sdm conda takes the same pins from envs/conda.yaml.
container: "envs/lexpro.sif"


wildcard_constraints:
    key=r"[\w.-]+-[0-9a-f]{8}",
    province=r"[^/]+",
    name=r"[\w-]+",


include: "workflow/rules/common.smk"
include: "workflow/rules/corpus.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/knowledge.smk"
include: "workflow/rules/evaluate.smk"
include: "workflow/rules/report.smk"


rule all:
    default_target: True
    input:
        collect("results/experiments/{name}/summary.json", name=list(PLAN.experiments)),
        "results/report.html",
        "results/tables/extraction.csv",
    localrule: True


# Stopping points, in order: what is made up to one of them is compared before the next is planned, so that
# `snakemake corpus_ready && snakemake` trains nothing if a change upstream left the corpus as it was.
rule corpus_ready:
    input:
        manifests("tasks"),
    localrule: True


rule models_ready:
    input:
        manifests("sft"),
        manifests("grpo"),
    localrule: True


rule index_ready:
    input:
        manifests("index"),
    localrule: True
