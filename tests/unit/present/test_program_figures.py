"""The figures of the benefits and of the conditions, from effects made by hand."""

from types import SimpleNamespace

import pandas as pd
import pytest

from analysis.present import draw_program, style
from analysis.present.style import NothingToDraw

CHANGE = {"model": "clustered change"}
SHRINKAGE = ["effect_id", "name", "value"]


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
        tables={"diagnostics": pd.DataFrame(shrinkage or [], columns=SHRINKAGE)},
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


def test_nothing_to_draw_says_why():
    with pytest.raises(NothingToDraw, match="benefit"):
        draw_program.benefits(page([]))
    with pytest.raises(NothingToDraw, match="family"):
        draw_program.conditions(page([]))
