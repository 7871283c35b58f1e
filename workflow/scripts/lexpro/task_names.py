"""The project's own tasks, and the fields of their answers."""

from __future__ import annotations

from typing import Literal, get_args

Task = Literal["elements", "charge", "article", "term"]
TASKS: tuple[str, ...] = get_args(Task)

# The elements of a judgment: those of each defendant (被告人), then the totals of the case.
DefendantField = Literal["姓名", "罪名", "刑种", "刑期", "缓刑", "罚金", "情节"]
CaseField = Literal["金额", "退赔", "赔偿"]
DEFENDANT_FIELDS: tuple[str, ...] = get_args(DefendantField)
CASE_FIELDS: tuple[str, ...] = get_args(CaseField)
FIELDS = DEFENDANT_FIELDS + CASE_FIELDS
