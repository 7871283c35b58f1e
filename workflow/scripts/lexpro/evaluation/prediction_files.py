"""The files of a run of the stage `predict`."""

# The answers, in the order of the benchmark.
PREDICTIONS = "predictions.jsonl"
# The seconds of each answer: of its own request, or its share of the batch it was generated in.
TIMES = "times.jsonl"
# A second run of some greedy answers, for `lexpro.evaluation.repeatability`.
REPEATS = "repeats.jsonl"
