"""`MixedResult`: what a partially nested mixed model says, whichever way it was fitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from analysis.engine.clustering import intraclass_correlation
from analysis.engine.contrast import Contrast, check_values, contrast_row, make_contrast
from analysis.engine.covariance import CovarianceFit
from analysis.engine.formula import used_columns
from analysis.engine.inference import (
    DfMethod,
    contrast_df,
    kenward_roger_cov,
    t_interval,
)
from analysis.engine.layout import Block, therapist_is_group
from analysis.engine.moments import Moments
from analysis.engine.problem import Problem

Floats = NDArray[np.floating]


@dataclass(frozen=True, repr=False)
class MixedResult:
    """A fitted partially nested mixed model.

    Attributes
    ----------
    problem : Problem
        The complete rows that were fitted.
    fit : CovarianceFit
        Covariance parameters and derivatives at the optimum, in the columns of `problem.X` and the
        time of `problem.slope`; every property here speaks of the user's own (`centring.py`).
    moments : Moments or None
        Sufficient statistics; None where the design left the closed forms.
    """

    problem: Problem
    fit: CovarianceFit
    moments: Moments | None = None

    def __repr__(self) -> str:
        """One line, without rows."""
        kind = "REML" if self.fit.reml else "ML"
        return (
            f"<MixedResult ({kind}): {self._counts()}; {len(self.names)} fixed effects; "
            f"criterion {self.reml_criterion:.4f}; .summary() says more>"
        )

    def _counts(self) -> str:
        return (
            f"{self.n_obs} rows ({self.n_dropped} dropped), "
            f"{self.n_participants} participants, {self.n_groups} {self._unit}{self._not_known()}"
        )

    def _not_known(self) -> str:
        said = ""
        if self.n_unknown:
            said += f", {self.n_unknown} participants whose membership is not known"
        if self.problem.n_unlisted:
            said += f", {self.problem.n_unlisted} outside the memberships taken as unexposed"
        return said

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the fixed effects."""
        return self.problem.names

    @property
    def params(self) -> pd.Series:
        """Fixed effects, in the outcome's units."""
        beta = self.problem.centring.estimates(self.fit.beta)
        return pd.Series(beta, index=list(self.names), name="params")

    @property
    def cov(self) -> pd.DataFrame:
        """Model-based covariance of the fixed effects."""
        return self._table(self.fit.cov)

    def _table(self, cov: Floats) -> pd.DataFrame:
        names = list(self.names)
        return pd.DataFrame(self.problem.centring.covariance(cov), index=names, columns=names)

    @property
    def bse(self) -> pd.Series:
        """Model-based standard errors."""
        return pd.Series(np.sqrt(np.diag(self.cov)), index=list(self.names), name="bse")

    @property
    def varcomp(self) -> pd.Series:
        """Variances (in squared units) and correlations, by name, such as ``group.intercept``.

        Of what may be negative the covariance stands in place of the correlation.
        """
        return pd.Series(
            {key: value for block in self.fit.blocks for key, value in self._named(block).items()},
            name="varcomp",
            dtype=float,
        )

    def _named(self, block: Block) -> dict[str, float]:
        factor = block.factor
        if factor == "group" and therapist_is_group(self.problem):
            factor = "group and therapist"
        tail = "" if block.level is None else f"[{block.level}]"
        if factor == "residual":
            return {f"residual{tail}": float(self.fit.theta[block.start])}
        matrix = block.matrix(self.problem.centring.theta(self.fit.blocks, self.fit.theta))
        out = {
            f"{factor}.{effect}{tail}": float(matrix[i, i])
            for i, effect in enumerate(block.effects)
        }
        if len(block.effects) == 2 and block.signed:
            out[f"{factor}.covariance{tail}"] = float(matrix[0, 1])
        elif len(block.effects) == 2:
            spread = np.sqrt(matrix[0, 0] * matrix[1, 1])
            out[f"{factor}.correlation{tail}"] = (
                float(matrix[0, 1] / spread) if spread > 0 else float("nan")
            )
        return out

    @property
    def icc(self) -> float:
        """Share of the variance at time zero that comes from the therapy groups.

        See `clustering.intraclass_correlation`, which defines it for multiple membership too.
        """
        return intraclass_correlation(self.problem, self.fit)

    @property
    def reml_criterion(self) -> float:
        """-2 log restricted likelihood on lme4's scale (-2 log-likelihood with ``reml=False``)."""
        size = self.problem.centring.log_size if self.fit.reml else 0.0
        return self.fit.criterion - size

    @property
    def converged(self) -> bool:
        """Whether the optimum was verified; a fit that was not raises instead."""
        return self.fit.converged

    @property
    def gradient(self) -> pd.Series:
        """Gradient of the criterion in the variances and covariances; >= 0 at a zero variance."""
        slope = self.problem.centring.gradient(self.fit.blocks, self.fit.gradient)
        return pd.Series(slope, index=self.fit.names, name="gradient")

    @property
    def boundary(self) -> tuple[str, ...]:
        """Factors whose covariance is singular: a variance at zero or a correlation at one."""
        return self.fit.boundary

    @property
    def n_obs(self) -> int:
        """Rows fitted."""
        return len(self.problem.y)

    @property
    def n_dropped(self) -> int:
        """Rows left out because something was missing."""
        return self.problem.n_dropped

    @property
    def n_participants(self) -> int:
        """Participants fitted."""
        people = self.problem.participant
        return self.n_obs if people is None else len(people)

    @property
    def n_groups(self) -> int:
        """Therapy groups fitted; with `membership` the attended units (groups or sessions)."""
        return self.problem.n_groups - self.n_unknown

    @property
    def n_unknown(self) -> int:
        """Participants whose membership is not known; each counts as a group of one's own."""
        return self.problem.n_unknown

    @property
    def _unit(self) -> str:
        return "therapy groups" if self.problem.membership is None else "units of membership"

    @property
    def n_therapists(self) -> int:
        """Therapists fitted."""
        return 0 if self.problem.therapist is None else len(self.problem.therapist)

    def df(
        self, method: DfMethod = "satterthwaite", rows: Floats | None = None
    ) -> pd.Series | Floats:
        """Degrees of freedom of every coefficient, or of the rows of a contrast matrix."""
        wanted = np.eye(len(self.names)) if rows is None else np.asarray(rows, dtype=float)
        every = contrast_df(self.fit, self.problem.centring.matrix(np.atleast_2d(wanted)), method)
        if rows is not None:
            return every
        return pd.Series(every, index=list(self.names), name="df")

    def contrast(
        self,
        weights: Mapping[str, float] | Sequence[float] | Floats,
        *,
        df: DfMethod = "satterthwaite",
        level: float = 0.95,
    ) -> Contrast:
        """Estimate a linear function of the fixed effects.

        Parameters
        ----------
        weights : mapping or (p,) sequence
            Weight of each coefficient, by name or in order.
        df : {"satterthwaite", "kenward-roger", "residual"}
            Reference distribution; Kenward-Roger also adjusts the standard error.
        level : float
            Confidence level.

        Raises
        ------
        ModelInputError
            If a name is unknown or the length is not p.
        """
        row = self.problem.centring.matrix(contrast_row(self.names, weights))
        freedom = float(contrast_df(self.fit, row[None, :], df)[0])
        cov = kenward_roger_cov(self.fit) if df == "kenward-roger" else self.fit.cov
        se = float(np.sqrt(row @ cov @ row))
        return make_contrast(float(row @ self.fit.beta), se, freedom, level, df)

    def conf_int(self, level: float = 0.95, df: DfMethod = "satterthwaite") -> pd.DataFrame:
        """Confidence intervals of the fixed effects, columns ``lower`` and ``upper``."""
        freedom = np.asarray(self.df(df))
        cov = kenward_roger_cov(self.fit) if df == "kenward-roger" else self.fit.cov
        se = np.sqrt(np.diag(self._table(cov)))
        ends = t_interval(self.params.to_numpy(), se, freedom, level)
        return pd.DataFrame({"lower": ends[0], "upper": ends[1]}, index=list(self.names))

    def predict(self, frame: pd.DataFrame) -> Floats:
        """Mean outcome of new rows from the fixed effects, (n,)."""
        rows = self.problem.design.predictor(frame)
        return self.problem.centring.matrix(rows) @ self.fit.beta

    def marginal_means(
        self,
        at: Mapping[str, Sequence[Any]],
        *,
        df: DfMethod = "satterthwaite",
        level: float = 0.95,
    ) -> pd.DataFrame:
        """Average predictions over the fitted rows with columns set to values: adjusted means.

        Parameters
        ----------
        at : mapping
            Column to the values it is set to, such as ``{"arm": [0, 1], "day": [42]}``; every
            combination makes one row.
        df, level
            As in `contrast`.

        Raises
        ------
        ModelInputError
            If a column has no part in the fixed effects, or a value is a level that the fit never
            saw, or missing.

        Returns
        -------
        pandas.DataFrame
            The values with ``mean``, ``se``, ``df``, ``lower``, ``upper``.
        """
        check_values(at, used_columns(self.problem.design.parsed, side="rhs"))
        grid = pd.DataFrame(list(product(*at.values())), columns=list(at))
        made = []
        for values in grid.itertuples(index=False):
            frame = self.problem.design.frame.assign(**dict(zip(grid.columns, values, strict=True)))
            row = self.problem.design.predictor(frame).mean(axis=0)
            one = self.contrast(row, df=df, level=level)
            made.append([one.estimate, one.se, one.df, *one.ci])
        means = pd.DataFrame(made, columns=["mean", "se", "df", "lower", "upper"])
        return pd.concat([grid, means], axis=1)

    def summary(self, df: DfMethod = "satterthwaite") -> str:
        """Readable account of the fit."""
        table = pd.DataFrame({"estimate": self.params, "se": self.bse})
        if df == "kenward-roger":
            table["se"] = np.sqrt(np.diag(self._table(kenward_roger_cov(self.fit))))
        table["df"] = self.df(df)
        table["t"] = table["estimate"] / table["se"]
        table["p"] = 2 * stats.t.sf(table["t"].abs(), table["df"])
        kind = "REML" if self.fit.reml else "maximum likelihood"
        edge = ", ".join(self.boundary) or "none"
        return "\n".join(
            [
                f"Partially nested mixed model, {kind}; criterion {self.reml_criterion:.4f}",
                self._counts(),
                "",
                f"Fixed effects (df: {df})",
                table.to_string(float_format=lambda value: f"{value:.4g}"),
                "",
                "Variances and correlations",
                self.varcomp.to_string(float_format=lambda value: f"{value:.4g}"),
                f"Intraclass correlation in therapy groups: {self.icc:.3f}",
                f"On the boundary: {edge}",
            ]
        )
