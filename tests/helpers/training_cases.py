"""Settings and documents for tests of the parts of a training."""

from pathlib import Path

from lexpro.config import sft as sft_settings
from lexpro.dag.compose import choice

CONFIG = Path(__file__).parents[2] / "config"


DOCUMENTS = [
    f"被告人{surname}某{mask}犯盗窃罪，判处有期徒刑{years}年{months}个月，并处罚金人民币{fine}元。"
    for surname in "张王李赵"
    for mask in "甲乙"
    for years, months in (("一", "三"), ("二", "六"))
    for fine in (3000, 20000)
]


def tiny(stage: str) -> dict:
    """All settings of the demo's choice of a stage, defaults included."""
    return choice(stage, "tiny", CONFIG).model_dump()


def tuning(**change) -> sft_settings.Settings:
    """The demo's settings of SFT."""
    return sft_settings.Settings.model_validate(tiny("sft") | change)
