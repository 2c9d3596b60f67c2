"""A contrast's tipping surface and ladder, read from the public tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.present import numbers
from analysis.present.public import Public

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class Surface:
    """The surface of one outcome.

    Attributes
    ----------
    contrast, rule : str
    margin : float or None
    rows : DataFrame
    """

    contrast: str
    rule: str
    margin: float | None
    rows: pd.DataFrame

    def grid(self, name: str) -> tuple[Floats, Floats, Floats]:
        """Return the comparison arm's deltas, the reference arm's, and a column by both."""
        table = self.rows.pivot(index="worse_reference", columns="worse_comparison", values=name)
        x, y = (np.asarray(each, dtype=float) for each in (table.columns, table.index))
        return x, y, table.to_numpy(dtype=float)

    @property
    def reach(self) -> float:
        """Return the largest delta, in points."""
        return float(self.rows["worse_comparison"].max())

    @property
    def along(self) -> pd.DataFrame:
        """Return the rows in which the reference arm's unseen are as imputed."""
        rows = self.rows[np.isclose(self.rows["worse_reference"], 0)]
        return rows.sort_values("worse_comparison")

    @property
    def at_zero(self) -> bool:
        """Return whether the claim holds with everybody as imputed."""
        rows = self.along
        return bool(np.interp(0.0, rows["worse_comparison"], rows["slack"]) > 0)

    @property
    def crossing(self) -> float | None:
        """Return the delta of the comparison arm nearest to zero at which the answer changes."""
        rows = self.along
        x, slack = (rows[name].to_numpy(float) for name in ("worse_comparison", "slack"))
        at = np.flatnonzero((slack[:-1] > 0) != (slack[1:] > 0))
        if not len(at):
            return None
        found = x[at] + (x[at + 1] - x[at]) * slack[at] / (slack[at] - slack[at + 1])
        return float(found[np.abs(found).argmin()])

    def standing(self, ends: dict[str, tuple[float, float]]) -> float | None:
        """Return the share of a region in which the answer is that of everybody as imputed.

        Parameters
        ----------
        ends : dict
            ``comparison`` and ``reference`` to the ends of the region.
        """
        if set(ends) != {"comparison", "reference"}:
            return None
        x, y, slack = self.grid("slack")
        across, upward = (
            np.clip(np.linspace(*ends[side], 41), axis.min(), axis.max())
            for side, axis in (("comparison", x), ("reference", y))
        )
        by_x = np.array([np.interp(across, x, row) for row in slack])
        inside = np.array([np.interp(upward, y, column) for column in by_x.T])
        return float(((inside > 0) == self.at_zero).mean())


def surface_of(public: Public, contrast: str) -> Surface | None:
    """Return the surface of a contrast's primary outcome; None where there is none."""
    table, ladder = public.tables["tipping"], public.tables["ladder"]
    if table.empty or ladder.empty:
        return None
    primary = ladder[(ladder["contrast"] == contrast) & ladder["primary"].astype(bool)]
    rows = table[table["case"].isin(primary["case"])]
    if rows.empty:
        return None
    margin = rows["margin"].iloc[0]
    return Surface(
        contrast,
        str(rows["rule"].iloc[0]),
        float(margin) if numbers.is_number(margin) else None,
        rows,
    )


def rungs(public: Public, contrast: str) -> dict[str, list[dict[Any, Any]]]:
    """Return the ladder of each outcome of a contrast, the primary one first."""
    table = public.tables["ladder"]
    if table.empty:
        return {}
    mine = table[table["contrast"] == contrast].sort_values(
        "primary", ascending=False, kind="stable"
    )
    return {str(case): rows.to_dict("records") for case, rows in mine.groupby("case", sort=False)}
