#!/bin/sh
# Run by Snakemake after it has made the environment of conda.yaml: notes which lock it was made from.
echo envs/gpu.txt > "$CONDA_PREFIX/lexpro-lock"
