"""A small experiment for the tests of experts: invented cases, answers of known quality."""

import pytest

from lexpro.config.expert_sheet import Settings
from lexpro.experts.systems import Answer, Question

SYSTEMS = ("base.none", "sft.none", "grpo.none", "grpo.rag")
CHARGES, PROVINCES = ("盗窃", "诈骗", "交通肇事"), ("湖南", "湖北")


@pytest.fixture
def questions() -> dict[str, Question]:
    """24 items; a system's answer names itself, so that a test can see through the blinding."""
    made = {}
    for number in range(24):
        charge, province = CHARGES[number % 3], PROVINCES[number % 2]
        answers = {
            system: Answer(
                f"{system} 对第{number}题的答案",
                "思考" if system.startswith("grpo") else "",
                {"score": (place + number % 5) / 10, "length": float(10 + place)},
            )
            for place, system in enumerate(SYSTEMS)
        }
        made[f"d{number}:charge"] = Question(
            f"d{number}:charge",
            "charge",
            f"经审理查明：第{number}件。" + "某" * number,
            f"罪名：{charge}{number}",
            charge,
            province,
            answers,
        )
    return made


@pytest.fixture
def settings() -> Settings:
    return Settings(items=18, experts=3, ratings_per_pair=2, repeats=0.2, controls=4)
