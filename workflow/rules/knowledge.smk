"""Knowledge: statutes → articles, links between charges and articles, tiers of penalty.

INPUTS   the built-in facts of the law, or a folder of statutes (config/knowledge/)
OUTPUTS  results/knowledge/<key>/
"""


rule knowledge:
    """Statutes → articles, charges, tiers. In: built-in facts or a folder. Out: results/knowledge/<key>/."""
    input:
        plan=plan_of("knowledge"),
        statutes=outside("knowledge"),
    output:
        articles="results/knowledge/{key}/articles.parquet",
        charges="results/knowledge/{key}/charges.json",
        tiers="results/knowledge/{key}/tiers.json",
        manifest="results/knowledge/{key}/manifest.json",
    log:
        "logs/knowledge/{key}.log",
    conda:
        "../../envs/conda.yaml"
    threads: runtime("knowledge", "threads")
    resources:
        mem_mb=runtime("knowledge", "mem_mb"),
        runtime=runtime("knowledge", "minutes"),
    params:
        scripts=SCRIPTS,
    message:
        "Statutes: {wildcards.key}"
    shell:
        "python {params.scripts:q}/knowledge.py --plan results/.plan/knowledge/{wildcards.key} --log {log:q}"
