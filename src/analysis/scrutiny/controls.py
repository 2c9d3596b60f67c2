"""Falsification of a study's own contrast: declared negative controls, and change before intake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from analysis.adjust import Control, Falsification, falsification
from analysis.adjust.contrasts import ESTIMAND, Comparison
from analysis.comparison.question import Outcome
from analysis.records.effect import Effect

COLUMNS = (
    *("contrast", "kind", "construct", "instrument", "time", "unit", "value", "se", "df"),
    *("ci95_low", "ci95_high", "flagged", "n_used", "n_eligible", "status", "message"),
)


def falsification_table(
    comparison: Comparison,
    controls: Sequence[tuple[Outcome, pd.DataFrame]],
    before: pd.Series | None,
    deciding: Effect,
) -> pd.DataFrame:
    """Apply the weighted estimator to what the format cannot have changed.

    Parameters
    ----------
    comparison : Comparison
        Of the primary outcome.
    controls : sequence of (Outcome, DataFrame)
        Each declared negative control with its rows of the outcome table.
    before : Series or None
        Earlier score less baseline score, index episode_id; None where no period is declared.
    deciding : Effect
        The weighted estimate: where the design withholds it, nothing is estimated here.

    Returns
    -------
    DataFrame
        One row a control; `flagged` is True where the 95% interval excludes zero. Empty where
        none is declared.
    """
    if deciding.status != "ok":
        return pd.DataFrame(columns=list(COLUMNS))
    frame, known = comparison.once, []
    for outcome, rows in controls:
        column = f"control {outcome.construct}"
        values = rows.set_index("episode_id")["outcome"].rename(column)
        frame = frame.join(values, on="episode_id")
        known.append(Control(column, outcome, "negative_control"))
    if before is not None:
        frame = frame.join(before.rename("control before"), on="episode_id")
        earlier = replace(
            comparison.outcome,
            time="before intake",
            toward_better=-comparison.outcome.toward_better,
            sd=None,
        )
        known.append(Control("control before", earlier, "pre_period"))
    found = falsification(
        frame,
        comparison.contrast,
        known,
        covariates=comparison.covariates,
        thresholds=comparison.thresholds,
        estimand=ESTIMAND,
        data_origin=comparison.data_origin,
        site=comparison.site,
    )
    return pd.DataFrame([_row(comparison, one) for one in found], columns=list(COLUMNS))


def _row(comparison: Comparison, one: Falsification) -> dict[str, object]:
    effect = one.effect
    low, high = effect.ci95 or (None, None)
    same = ("construct", "instrument", "time", "unit", "value", "se", "df")
    return {
        "contrast": comparison.contrast.id,
        "kind": one.control.kind,
        "flagged": one.flagged,
        "ci95_low": low,
        "ci95_high": high,
        **{name: getattr(effect, name) for name in same},
        **{name: getattr(effect, name) for name in ("n_used", "n_eligible", "status", "message")},
    }


def change_before(repeated: pd.DataFrame, window: tuple[int, int]) -> pd.Series:
    """Return each episode's earlier score less its baseline score, in points.

    Parameters
    ----------
    repeated : DataFrame
        As `measures.outcomes` gives it: every scored assessment of the primary construct.
    window : (int, int)
        First and last day of the earlier assessment (negative: before intake); the last one
        inside counts.

    Returns
    -------
    Series
        Index episode_id; episodes without an earlier assessment or a baseline are left out.
    """
    rows = repeated[repeated["day"].between(*window) & repeated["baseline"].notna()]
    rows = rows[rows["day"].lt(rows["baseline_day"])].sort_values("day", kind="stable")
    last = rows.drop_duplicates("episode_id", keep="last").set_index("episode_id")
    return (last["score"] - last["baseline"]).astype("float64")
