"""Rows of the committed evidence tables, turned into effects and pooled results."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.evidence.errors import SourceError
from analysis.evidence.result import Coefficient, Pooled, quantile
from analysis.records.effect import Effect

if TYPE_CHECKING:
    import pandas as pd

DATA_ORIGIN = "published"
Row = dict[str, str]


def read_table(folder: Path, name: str) -> pd.DataFrame:
    """Read a committed table, every empty cell as an empty string, numbers as text.

    Raises
    ------
    SourceError
        If the table is not there.
    """
    import pandas as pd

    path = folder / name
    if not path.is_file():
        raise SourceError(f"the evidence table {name} is missing")
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def pooled_from_row(row: Row) -> Pooled:
    """Rebuild a result from a row of `computed.csv`, to set a study's effect against it."""
    number = {key: float(row[key] or "nan") for key in ("estimate", "se", "df", "tau2", "omega2")}
    ends = {
        key: float(row[key] or "nan") for key in ("prediction_low", "prediction_high", "i2", "q")
    }
    first = Coefficient("intercept", number["estimate"], number["se"], number["df"])
    return Pooled(
        estimate=number["estimate"],
        se=number["se"],
        ci=first.interval(0.95),
        prediction=(ends["prediction_low"], ends["prediction_high"]),
        tau2=number["tau2"],
        i2=ends["i2"],
        q=ends["q"],
        df=number["df"],
        k=int(row["k"]),
        omega2=number["omega2"],
        q_df=int(row["q_df"]),
        studies=int(row["studies"]),
        method=row["method"],
        test=row["test"],
        level=0.95,
        coefficients=(first,),
        notes=tuple(one for one in row["note"].split("; ") if one),
        known_spread=tuple(float(one) for one in row.get("tau2_spread", "").split()),
    )


def _turn(row: Row) -> tuple[float, float, float]:
    """Value and interval of a fact on our sign; ratios on the log scale."""
    numbers = [float(row[key] or "nan") for key in ("value", "ci_low", "ci_high")]
    if row["scale"] == "log ratio":
        numbers = [math.log(one) for one in numbers]
    sign = int(row["sign"])
    value, low, high = (sign * one for one in numbers)
    return value, min(low, high), max(low, high)


def _standard_error(row: Row, low: float, high: float) -> tuple[float | None, str]:
    """Take the published standard error, else the one that the published interval implies."""
    if given := row.get("se", ""):
        return float(given), "normal, with the published standard error"
    if math.isnan(low):
        return None, "interval not seen"
    return (high - low) / (2.0 * quantile(0.975, math.inf)), "normal, from the published interval"


def fact_effect(row: Row, construct: str = "") -> Effect | None:
    """Turn a fact into an effect with positive = group better.

    The standard error is the published one; where only a 95% interval was published it is
    recovered from that under a normal reference, and the other way round.

    Parameters
    ----------
    row : dict
        A row of `facts.csv`.
    construct : str
        What was measured, for the effect.

    Returns
    -------
    Effect or None
        None for a fact that is no difference or ratio, or whose sign the source does not state.
    """
    if row["scale"] not in ("difference", "log ratio") or row["sign"] not in ("1", "-1"):
        return None
    value, low, high = _turn(row)
    se, method = _standard_error(row, low, high)
    if se is not None and math.isnan(low):
        low, high = (value + end * quantile(0.975, math.inf) * se for end in (-1, 1))
    unit = f"log {row['unit']}" if row["scale"] == "log ratio" else row["unit"]
    unit = "SD" if unit in ("g", "d", "SMD") else unit
    half90 = math.nan if se is None else quantile(0.95, math.inf) * se
    return Effect(
        id=f"published.{row['id']}",
        contrast=f"group against {row['comparator']}",
        construct=construct,
        instrument="as in the source",
        time="as in the source",
        estimand="as in the source",
        model=row["citation"],
        unit=unit,
        data_origin=DATA_ORIGIN,
        value=value,
        se=se,
        ci90=None if se is None else (value - half90, value + half90),
        ci95=None if se is None else (low, high),
        standardised=value if unit == "SD" else None,
        df_method=method,
        n_used=int(row["n_participants"] or 0),
        n_eligible=int(row["n_participants"] or 0),
    )
