"""LexPro: `snakemake --cores all` builds the experiments named in config/config.yaml. The workflow is workflow/Snakefile."""


include: "workflow/Snakefile"


# Of an included file Snakemake takes no default target.
workflow.default_target = "all"
