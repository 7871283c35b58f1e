"""Settings of the `knowledge` stage: where the law comes from."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from lexpro.config.base import Model, Runtime


class Builtin(Model):
    """The facts of the law that come with the workflow, in its own words: no file is needed."""

    kind: Literal["facts"] = Field(description="The built-in facts of the law.")
    runtime: Runtime = Field(default_factory=Runtime, description="How the stage runs.")


class Statutes(Model):
    """A folder of statutes in Markdown, text or HTML (format: docs/knowledge.md)."""

    kind: Literal["statutes"] = Field(description="A folder of statutes.")
    path: str = Field(
        "LawRefBook__Laws",
        min_length=1,
        description="The folder: as it is given, else below LEXPRO_MIRROR; $VARIABLES are expanded.",
    )
    include: list[str] = Field(
        default_factory=lambda: ["**/*"],
        min_length=1,
        description=(
            "Glob patterns of the documents that are used. The amendments (刑法修正案) date the articles of the "
            "Criminal Law."
        ),
    )
    older: list[str] = Field(
        default_factory=lambda: ["LawRefBook__Laws@3cd6e86_before_Amendment_XII"],
        description=(
            "Folders with older full texts of the Criminal Law, found as `path` is; one that is not there is "
            "reported."
        ),
    )
    charge_lists: list[str] = Field(
        default_factory=lambda: ["司法解释/*确定罪名*.md", "司法解释/*犯罪的罪名的意见*.md"],
        description="Documents that name the charge of each article (确定罪名), as glob patterns.",
    )
    interpretations: list[str] = Field(
        default_factory=lambda: ["司法解释/*.md"],
        description=(
            "Documents that say how articles are applied, as glob patterns: linked with articles and charges, "
            "and read for thresholds of amounts."
        ),
    )
    guideline: str | None = Field(
        "xtjeyvc__xtjeyvc.github.com/pages/关于常见犯罪的量刑指导意见.md",
        description=(
            "The guideline on sentencing (Markdown or text), found as `path` is; null: none. One that is not "
            "there is reported."
        ),
    )
    thresholds: str | None = Field(
        "Tsanhua__CAIL2025/我国各地区盗窃诈骗等罪名数额标准表.xlsx",
        description=(
            "Amounts by province (xlsx or CSV: 地区, 盗窃罪-较大, …, 备注), found as `path` is; null: none. One that "
            "is not there is reported."
        ),
    )
    runtime: Runtime = Field(default_factory=Runtime, description="How the stage runs.")


Settings = Annotated[Builtin | Statutes, Field(discriminator="kind")]
