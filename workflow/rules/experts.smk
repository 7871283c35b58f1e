"""Experts: answers of several systems → a blind sheet → the ratings of legal experts, where there are any.

INPUTS   results/score/<key>/items.jsonl, results/tasks/<key>/heldout.jsonl, exported ratings (docs/experts.md)
OUTPUTS  results/expert_sheet/<key>/{sheet/,key.jsonl,answers.jsonl,drawn.json}, results/expert/<key>/ratings.json
"""


rule expert_sheet:
    """A blind sheet of pairs. In: score, tasks. Out: results/expert_sheet/<key>/."""
    input:
        plan=plan_of("expert_sheet"),
        runs=all_upstream("expert_sheet"),
        # Outputs of other systems.
        outputs=outside("expert_sheet"),
    output:
        sheet="results/expert_sheet/{key}/sheet/sheet.json",
        key="results/expert_sheet/{key}/key.jsonl",
        answers="results/expert_sheet/{key}/answers.jsonl",
        drawn="results/expert_sheet/{key}/drawn.json",
        manifest="results/expert_sheet/{key}/manifest.json",
    log:
        "logs/expert_sheet/{key}.log",
    conda:
        "../../envs/conda.yaml"
    threads: runtime("expert_sheet", "threads")
    resources:
        mem_mb=runtime("expert_sheet", "mem_mb"),
        runtime=runtime("expert_sheet", "minutes"),
    params:
        scripts=SCRIPTS,
    message:
        "A sheet for experts: {wildcards.key}"
    shell:
        "python {params.scripts:q}/expert_sheet.py --plan results/.plan/expert_sheet/{wildcards.key} --log {log:q}"


rule expert:
    """What experts' ratings say. In: expert_sheet, exports. Out: results/expert/<key>/{ratings.json,rated.jsonl}."""
    input:
        plan=plan_of("expert"),
        expert_sheet=upstream("expert", "expert_sheet"),
        ratings=outside("expert"),
    output:
        ratings="results/expert/{key}/ratings.json",
        rated="results/expert/{key}/rated.jsonl",
        manifest="results/expert/{key}/manifest.json",
    log:
        "logs/expert/{key}.log",
    conda:
        "../../envs/conda.yaml"
    threads: runtime("expert", "threads")
    resources:
        mem_mb=runtime("expert", "mem_mb"),
        runtime=runtime("expert", "minutes"),
    params:
        scripts=SCRIPTS,
    message:
        "Ratings of experts: {wildcards.key}"
    shell:
        "python {params.scripts:q}/expert.py --plan results/.plan/expert/{wildcards.key} --log {log:q}"
