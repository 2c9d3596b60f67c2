"""The unseen held against a margin: by hand on a plane."""

import numpy as np
import pandas as pd
import pytest

from analysis.claims.unseen import judge_unseen

TABLE = {
    "interval": "ci90",
    "rows": [
        {"when": "low > -margin", "verdict": "SUPPORTED", "reason": "a", "says": "a"},
        {"when": "high < -margin", "verdict": "CONTRADICTED", "reason": "b", "says": "b"},
        {"when": "otherwise", "verdict": "INCONCLUSIVE", "reason": "c", "says": "c"},
    ],
}
MARGIN = {"value": 1.0, "instrument": "PHQ-9"}
NAMES = {"case": "one", "contrast": "format", "instrument": "PHQ-9"}


def made(value=0.0, half=0.5, reach=4.0):
    """A quarter of the comparison arm unseen, half of the reference arm; one width of interval."""
    row = {**NAMES, "answer": "imputed", "status": "ok", "value": value, "unit": "PHQ-9 points"}
    row |= {"ci90_low": value - half, "ci90_high": value + half, "note": "", "message": ""}
    row |= {"ci95_low": value - 1.2 * half, "ci95_high": value + 1.2 * half}
    row |= {"worse_comparison": 0.0, "worse_reference": 0.0}
    failed = {**row, "answer": "remaining_weights", "status": "error", "message": "no"}
    failed |= dict.fromkeys(("value", "ci90_low", "ci90_high", "ci95_low", "ci95_high"))
    grid = np.linspace(-reach, reach, 9)
    a, b = (each.ravel() for each in np.meshgrid(grid, grid, indexing="ij"))
    surface = pd.DataFrame({"worse_comparison": a, "worse_reference": b})
    surface = surface.assign(**NAMES, value=value - a / 4 + b / 2, se=half / 1.645, df=1e6)
    for level, times in ((90, 1.0), (95, 1.2)):
        surface[f"ci{level}_low"] = surface["value"] - times * half
        surface[f"ci{level}_high"] = surface["value"] + times * half
    return {"ladder": pd.DataFrame([row, failed]), "tipping": surface}


def judged(bearing=("format",), **changes):
    return judge_unseen(made(**changes), TABLE, MARGIN, bearing)


def test_the_nulls_are_read_off_the_surface():
    """Worse by the margin, 1 point, in a quarter of the arm: a quarter of a point."""
    rows = judged()["ladder"].set_index("answer")
    assert rows.loc["null_inferiority", "value"] == pytest.approx(-0.25)
    assert rows.loc["null_superiority", "value"] == pytest.approx(0.25)
    assert rows.loc["null_inferiority", "ci90_low"] == pytest.approx(-0.75, abs=1e-3)
    assert rows["verdict"].to_dict() == {
        "imputed": "SUPPORTED",
        "remaining_weights": "",
        "null_inferiority": "SUPPORTED",
        "null_superiority": "SUPPORTED",
    }
    assert pd.isna(rows.loc["remaining_weights", "holds"]) and rows.loc["imputed", "holds"]


def test_the_null_can_take_the_claim_away():
    rows = judged(value=-0.3)["ladder"].set_index("answer")
    assert rows.loc["imputed", "verdict"] == "SUPPORTED"
    assert rows.loc["null_inferiority", "verdict"] == "INCONCLUSIVE"


def test_the_surface_tips_at_minus_the_margin():
    surface = judged()["tipping"]
    slack = surface["value"] - 0.5 + 1.0
    assert surface["slack"].to_numpy() == pytest.approx(slack.to_numpy())
    assert (surface["holds"] == (slack > 0)).all() and set(surface["margin"]) == {1.0}


def test_a_contrast_that_bears_on_no_claim_asks_for_an_interval_clear_of_zero():
    found = judged(bearing=(), value=0.7)
    rows = found["ladder"].set_index("answer")
    assert list(rows.index) == ["imputed", "remaining_weights"]
    assert rows.loc["imputed", "holds"] and rows.loc["imputed", "verdict"] == ""
    assert set(rows["rule"]) == {"difference"} and rows["margin"].isna().all()
    held = found["tipping"]
    clear = (held["ci95_low"] > 0) | (held["ci95_high"] < 0)
    assert (held["holds"] == clear).all()


def test_a_margin_on_another_instrument_is_not_held_against_it():
    other = judge_unseen(made(), TABLE, {**MARGIN, "instrument": "BDI-II"}, ["format"])
    assert set(other["ladder"]["rule"]) == {"difference"}


def test_a_margin_outside_the_surface_is_withheld():
    rows = judged(reach=0.5)["ladder"].set_index("answer")
    assert rows.loc["null_inferiority", "status"] == "withheld"
    assert "outside" in rows.loc["null_inferiority", "message"]


def test_nothing_made_is_nothing_judged():
    nothing = {name: one.iloc[:0] for name, one in made().items()}
    found = judge_unseen(nothing, TABLE, MARGIN, ["format"])
    assert found["ladder"].empty and {"rule", "margin", "verdict", "holds"} <= set(found["ladder"])
    assert {"slack", "holds"} <= set(found["tipping"])
