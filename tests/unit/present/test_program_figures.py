"""The figures of the benefits and of the conditions, from effects made by hand."""

from types import SimpleNamespace

import pandas as pd
import pytest

from analysis.present import draw_mechanism, draw_program, style
from analysis.present.style import NothingToDraw

CHANGE = {"model": "clustered change"}
SHRINKAGE = ["effect_id", "name", "value"]

NAMED = {
    "citation": "Author 2018 Journal",
    "figure": {"value": "0.30", "ci_low": "", "ci_high": "", "unit": "r"},
}
LISTED = [
    {"claim": "mechanism", "citation": "Author 2011 Journal", "value": "0.25", "ci_low": "0.17",
     "ci_high": "0.32", "unit": "r"},
    {"claim": "mechanism", "citation": "Other 2001", "value": "9", "ci_low": "", "ci_high": "",
     "unit": "points"},
]  # fmt: skip


def effect(key, value, **more):
    return {
        "id": key,
        "construct": "self_esteem",
        "model": "weighted_ato",
        "time": "day 42",
        "unit": "RSES points",
        "value": value,
        "ci90": (value - 1, value + 1),
        "ci95": (value - 1.2, value + 1.2),
        "standardiser": 5.0,
        "n_used": 120,
        **more,
    }


def page(effects, shrinkage=None):
    by_id = {one["id"]: one for one in effects}
    return SimpleNamespace(
        effects=effects,
        outcome={"day": 42},
        effect=lambda key: by_id.get(key, {}),
        tables={
            "diagnostics": pd.DataFrame(shrinkage or [], columns=SHRINKAGE),
            "evidence_listed": pd.DataFrame(LISTED),
        },
        claims=[{"id": "mechanism"}, {"id": "mechanism", "literature": NAMED}],
        origin="synthetic",
    )


@pytest.mark.parametrize("narrow", [False, True])
def test_benefits_stand_in_standard_deviations_on_both_sides(narrow):
    effects = [
        effect("program.selfesteem.difference", 1.0),
        effect("program.selfesteem.change", 2.5, **CHANGE),
        effect("program.selfesteem.later", 2.0, time="day 90", **CHANGE),
        effect("format.self_esteem.day42.weighted_ato", 9.0),
    ]
    plot = draw_program.benefits(page(effects))
    rows = plot.data.set_index(["panel", "label"])["value"]
    assert rows["Group less individual", "Self-esteem"] == pytest.approx(0.2)
    assert rows["Change, group arm", "Self-esteem"] == pytest.approx(0.5)
    assert rows["Change, group arm", "Self-esteem, day 90"] == pytest.approx(0.4)
    assert "Group less individual, Self-esteem: 0.20 SD" in plot.alt
    with style.applied():
        figure = style.paint(plot, synthetic=True, narrow=narrow)
    assert len(figure.axes) == 2


def test_a_study_of_one_arm_shows_change_alone():
    plot = draw_program.benefits(page([effect("program.a.change", 2.5, **CHANGE)]))
    assert set(plot.data["panel"]) == {"Change, group arm"}


def test_conditions_show_the_family_pooled_and_alone():
    stem = "program.conditions.trauma.difference"
    effects = [effect(stem, -0.5), effect(f"{stem}.raw", -1.5)]
    plot = draw_program.conditions(page(effects))
    assert list(plot.data["value"]) == [-0.5, -1.5]
    assert set(plot.data["label"]) == {"Trauma (n = 120)"}
    said = draw_program.conditions(page(effects, [(stem, "shrinkage", 0.46)]))
    assert set(said.data["label"]) == {"Trauma (n = 120, 46% pooled)"}


def r(key, value):
    return effect(f"program.mechanism.{key}", value, construct="cohesion", unit="r")


@pytest.mark.parametrize("narrow", [False, True])
def test_cohesion_stands_beside_what_was_published_and_benefits_in_parts(narrow):
    effects = [
        r("cohesion.published", 0.4),
        r("cohesion.published.later", 0.1),
        r("cohesion", 0.4),
        effect("program.mechanism.through.hope", 0.2, construct="hope"),
        *(
            effect(f"program.mechanism.through.hope.{part}", value, unit="PHQ-9 points per SD")
            for part, value in (("over_time", 1.4), ("members", 0.6), ("groups", -1.0))
        ),
    ]
    plot = draw_mechanism.mechanism(page(effects))
    rows = plot.data.set_index(["panel", "label"])
    assert list(rows["value"]) == [0.4, 0.1, 0.30, 0.25, 1.4, 0.6, -1.0]
    named, listed = (
        rows.loc[("cohesion and gain", f"Published: Author {year}")] for year in (2018, 2011)
    )
    assert pd.isna(named["ci95_low"]) and listed["ci95_high"] == 0.32
    assert {named["data_origin"], listed["data_origin"]} == {"published"}
    assert set(rows.drop(index=[named.name, listed.name])["data_origin"]) == {"synthetic"}
    assert "Author 2018, 0.30 r, no interval of it was seen." in plot.alt
    assert "Hope, within a member: 1.40 PHQ-9 points per SD" in plot.alt
    with style.applied():
        figure = style.paint(plot, synthetic=True, narrow=narrow)
    assert len(figure.axes) == 2


def test_a_program_without_cohesion_shows_its_benefits_alone():
    only = effect("program.mechanism.through.hope.over_time", 1.4)
    plot = draw_mechanism.mechanism(page([only]))
    assert set(plot.data["panel"]) == {"benefit and symptoms, within a member"}


def test_nothing_to_draw_says_why():
    with pytest.raises(NothingToDraw, match="cohesion"):
        draw_mechanism.mechanism(page([]))
    with pytest.raises(NothingToDraw, match="benefit"):
        draw_program.benefits(page([]))
    with pytest.raises(NothingToDraw, match="family"):
        draw_program.conditions(page([]))
