"""Settings of the `ingest` stage: how the raw files are read."""

from __future__ import annotations

from pydantic import Field, PositiveInt

from lexpro.config.base import Minutes, Model


class ProvinceRuntime(Model):
    """How a stage that is split by province runs; its threads are a share of all cores, by size."""

    mem_mb: PositiveInt = Field(1500, description="Memory of the main process (MB).")
    mem_mb_per_thread: PositiveInt = Field(500, description="Memory for each thread, on top (MB).")
    minutes: Minutes = 120


class FieldNames(Model):
    """Field names of records; the first that a record has, and is not empty, is taken.

    `a.b` is b inside a; `a+b` joins two by a line end.
    """

    text: list[str] = Field(
        default_factory=lambda: [
            "全文", "裁判文书全文", "文书内容", "裁判文书", "正文", "内容", "fd", "qw", "full_text", "fulltext",
            "text", "content", "document", "body", "query", "fact",
        ],
        min_length=1,
        description="Names of the field with the full text: the first that is there and not empty.",
    )  # fmt: skip
    case_number: list[str] = Field(
        default_factory=lambda: ["案号", "case_number", "case_no", "caseno", "ah"],
        description="Names of the field with the case number (案号); empty: it is read from the text.",
    )


class Settings(Model):
    """How records (JSON lines, JSON, CSV, Parquet) are read; other files need nothing."""

    fields: FieldNames = Field(
        default_factory=FieldNames,
        description="Field names of records; `a.b` is b inside a, `a+b` joins two by a line end.",
    )
    runtime: ProvinceRuntime = Field(default_factory=ProvinceRuntime, description="How the stage runs.")


class Planned(Settings):
    """With what planning adds: the folder of a user's own corpus."""

    corpus: str | None = Field(None, description="Folder of the user's own corpus.")
