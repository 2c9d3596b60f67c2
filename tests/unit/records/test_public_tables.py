"""Public tables have one schema, from which they are written, read and described."""

from collections import Counter

import pytest

from analysis import dose, scrutiny
from analysis.pipeline import lists
from analysis.records.effect import Effect, effects_table
from analysis.records.public_tables import (
    dictionary_page,
    public_tables,
    tables_of,
)

EFFECT = Effect(
    id="format.depression.day42.ancova",
    contrast="format",
    construct="depression",
    instrument="PHQ-9",
    time="day 42",
    estimand="difference",
    model="ancova",
    unit="PHQ-9 points",
    data_origin="real",
)
TYPES = {"string", "number", "integer", "boolean"}


def test_every_column_has_one_name_a_type_and_words():
    for table in public_tables().values():
        assert table.description.startswith("One row: ") and table.fields
        assert not [name for name, count in Counter(table.columns).items() if count > 1]
        for field in table.fields:
            assert set(field) == {"name", "type", "description"}, (table.name, field)
            assert field["type"] in TYPES and field["description"], (table.name, field)


def test_the_data_dictionary_is_the_schema(root):
    text = (root / "results" / "README.md").read_text(encoding="utf-8")
    assert text.endswith(dictionary_page()), "write it anew from `dictionary_page`"


def test_every_table_is_made_by_one_step_of_the_workflow(root):
    scripts = {path.stem for path in (root / "workflow" / "scripts").glob("*.py")}
    assert {one.step for one in public_tables().values()} <= scripts
    assert set(lists.UNJUDGED) - {"strength"} <= set(tables_of("judge_claims"))
    assert set(lists.UNHELD) <= set(tables_of("judge_claims"))


def test_effects_have_the_columns_of_the_table_that_is_made_of_them():
    columns = tuple(effects_table([EFFECT]).columns)
    assert (
        tuple(one for one in columns if one != "data_origin") == public_tables()["effects"].columns
    )


@pytest.mark.parametrize("declared", [scrutiny.TABLES, dose.TABLES])
def test_the_columns_that_rooms_write_are_those_of_the_schema(declared):
    known = public_tables()
    shown = set(declared) & set(tables_of("examine_comparisons"))
    assert shown
    for name in shown:
        assert tuple(declared[name]) == known[name].columns, name
