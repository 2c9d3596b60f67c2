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

from analysis.effects.mixed.clustering import intraclass_correlation
from analysis.effects.mixed.contrast import Contrast, contrast_row, make_contrast
from analysis.effects.mixed.covariance import CovarianceFit
from analysis.effects.mixed.inference import (
    DfMethod,
    contrast_df,
    kenward_roger_cov,
    t_interval,
)
from analysis.effects.mixed.layout import Block, therapist_is_group
from analysis.effects.mixed.moments import Moments
from analysis.effects.mixed.problem import Problem

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class MixedResult:
    """A fitted partially nested mixed model.

    Attributes
    ----------
    problem : Problem
        The complete rows that were fitted.
    fit : CovarianceFit
        Covariance parameters and derivatives at the optimum.
    moments : Moments or None
        Sufficient statistics; None where the design left the closed forms.
    """

    problem: Problem
    fit: CovarianceFit
    moments: Moments | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the fixed effects."""
        return self.problem.names

    @property
    def params(self) -> pd.Series:
        """Fixed effects, in the outcome's units."""
        return pd.Series(self.fit.beta, index=list(self.names), name="params")

    @property
    def cov(self) -> pd.DataFrame:
        """Model-based covariance of the fixed effects."""
        return pd.DataFrame(self.fit.cov, index=list(self.names), columns=list(self.names))

    @property
    def bse(self) -> pd.Series:
        """Model-based standard errors."""
        return pd.Series(np.sqrt(np.diag(self.fit.cov)), index=list(self.names), name="bse")

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
        matrix = block.matrix(self.fit.theta)
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
        return self.fit.criterion

    @property
    def converged(self) -> bool:
        """Whether the optimum was verified; a fit that was not raises instead."""
        return self.fit.converged

    @property
    def gradient(self) -> pd.Series:
        """Gradient of the criterion in the variances and covariances; >= 0 at a zero variance."""
        return pd.Series(self.fit.gradient, index=self.fit.names, name="gradient")

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
        return self.problem.n_groups

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
        if rows is not None:
            return contrast_df(self.fit, np.atleast_2d(np.asarray(rows, dtype=float)), method)
        every = contrast_df(self.fit, np.eye(len(self.names)), method)
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
        row = contrast_row(self.names, weights)
        cov = kenward_roger_cov(self.fit) if df == "kenward-roger" else self.fit.cov
        freedom = float(contrast_df(self.fit, row[None, :], df)[0])
        se = float(np.sqrt(row @ cov @ row))
        return make_contrast(float(row @ self.fit.beta), se, freedom, level, df)

    def conf_int(self, level: float = 0.95, df: DfMethod = "satterthwaite") -> pd.DataFrame:
        """Confidence intervals of the fixed effects, columns ``lower`` and ``upper``."""
        cov = kenward_roger_cov(self.fit) if df == "kenward-roger" else self.fit.cov
        freedom = contrast_df(self.fit, np.eye(len(self.names)), df)
        ends = t_interval(self.fit.beta, np.sqrt(np.diag(cov)), freedom, level)
        return pd.DataFrame({"lower": ends[0], "upper": ends[1]}, index=list(self.names))

    def predict(self, frame: pd.DataFrame) -> Floats:
        """Mean outcome of new rows from the fixed effects, (n,)."""
        return self.problem.design.predictor(frame) @ self.fit.beta

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

        Returns
        -------
        pandas.DataFrame
            The values with ``mean``, ``se``, ``df``, ``lower``, ``upper``.
        """
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
            table["se"] = np.sqrt(np.diag(kenward_roger_cov(self.fit)))
        table["df"] = self.df(df)
        table["t"] = table["estimate"] / table["se"]
        table["p"] = 2 * stats.t.sf(table["t"].abs(), table["df"])
        kind = "REML" if self.fit.reml else "maximum likelihood"
        edge = ", ".join(self.boundary) or "none"
        return "\n".join(
            [
                f"Partially nested mixed model, {kind}; criterion {self.reml_criterion:.4f}",
                f"{self.n_obs} rows ({self.n_dropped} dropped), "
                f"{self.n_participants} participants, {self.n_groups} {self._unit}",
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
