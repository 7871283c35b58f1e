"""LexEval: the rules of its evaluator on the shipped outputs of gpt4, and the answers of the data
themselves.
"""

import pytest
from rouge import Rouge

from lexpro.evaluation import rescoring, text_overlap
from lexpro.evaluation.tasks.lexeval import items
from lexpro.evaluation.tasks.lexeval import scorer as lexeval

FOLDER = "CSHaitao__LexEval"
# Scores that the functions of the repository (evaluate.py at 044c695) give for the outputs of gpt4.
GPT4 = {
    "1_1": 0.340000,
    "1_3": 0.140468,
    "2_1": 0.798000,
    "2_3": 0.940000,
    "3_4": 0.332000,
    "3_5": 0.659898,
    "4_2": 0.391447,
    "5_3": 0.388580,
    "5_4": 0.157055,
    "6_3": 0.758000,
}


def outputs(mirror, task):
    return rescoring.read(mirror / FOLDER / f"model_output/zero_shot/gpt4/gpt4_{task}.jsonl", "lexeval")


# The longest texts, which take six seconds.
LONGEST = "5_4"


@pytest.mark.parametrize(
    "task", [pytest.param(task, marks=[pytest.mark.slow] * (task == LONGEST)) for task in GPT4]
)
def test_scores_of_gpt4(mirror, task):
    found = outputs(mirror, task)
    assert rescoring.task(f"lexeval/{task}").official.score(found.items, found.texts) == pytest.approx(
        GPT4[task], abs=5e-7
    )


def test_texts_score_as_in_the_package(mirror):
    """Our ROUGE-L of distinct words against rouge 1.0.1, which LexEval uses."""
    package = Rouge(metrics=["rouge-l"])
    found = outputs(mirror, "5_3")
    for item, text in list(zip(found.items, found.texts, strict=True))[:60]:
        words = [" ".join(text_overlap.lexeval_words(part)) for part in (text, item.gold)]
        expected = package.get_scores([words[0]], [words[1]])[0]["rouge-l"]["f"] if all(words) else 0.0
        assert text_overlap.distinct_rouge_l(text, item.gold) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("task", lexeval.TASKS)
def test_answers_of_the_data_are_right(mirror, task):
    questions = items.items(mirror / FOLDER / "data", task)
    scorer = rescoring.task(f"lexeval/{task}").normalised
    assert len(questions) == rescoring.expected(f"lexeval/{task}")
    assert scorer.score(questions, [item.gold for item in questions]) == 1
    assert not any(scorer.score_item(item, item.gold).abstained for item in questions)


def test_answers_that_nobody_can_give(mirror):
    """101 answers are no letters alone, 3 are missing: officially even gold is wrong there."""
    wrong = 0
    for task in lexeval.TASKS:
        if not task.startswith("5"):
            questions = items.items(mirror / FOLDER / "data", task)
            score = rescoring.task(f"lexeval/{task}").official.score_item
            wrong += sum(score(item, item.gold).counts[0] == 0 for item in questions)
    assert wrong == 104
