"""Names of province folders that jobs and logs can have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexpro.workflow.province_names import escaped, unescaped


@pytest.mark.parametrize("name", ["湖北", "湖北 2021 (1)", "内蒙古自治区", "a=b:c;d&e"])
def test_ordinary_names_stay(name):
    assert escaped(name) == name


@pytest.mark.parametrize(
    "name, there",
    [("京,津", "京~2c津"), ("\"a'$b`", "~22a~27~24b~60"), ("-x-y", "~2dx-y"), ("50%~2c", "50~25~7e2c")],
)
def test_signs_of_lists_and_shells_do_not(name, there):
    assert escaped(name) == there and unescaped(there) == name


@given(st.text())
def test_every_name_comes_back(name):
    assert unescaped(escaped(name)) == name
