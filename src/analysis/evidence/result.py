"""`Pooled`: what a meta-analysis returns, with intervals at any level."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property

from scipy.special import chdtrc, ndtr, ndtri, stdtr, stdtrit

from analysis.evidence.heterogeneity import plausible_variances, q_profile, typical_variance
from analysis.evidence.inputs import Matrix, Vector

Interval = tuple[float, float]
NOT_DEFINED: Interval = (math.nan, math.nan)


def quantile(probability: float, df: float) -> float:
    """Quantile of Student's t, or of the normal distribution where `df` is infinite."""
    return float(ndtri(probability) if math.isinf(df) else stdtrit(df, probability))


def two_sided(statistic: float, df: float) -> float:
    """Two-sided p-value of a t statistic, or of a z statistic where `df` is infinite."""
    lower = -abs(statistic)
    return float(2.0 * (ndtr(lower) if math.isinf(df) else stdtr(df, lower)))


@dataclass(frozen=True)
class Coefficient:
    """One fixed effect of a meta-regression.

    Attributes
    ----------
    name : str
        ``intercept`` or the moderator's name.
    estimate, se : float
        In the unit of the estimates (per unit of the moderator).
    df : float
        Degrees of freedom of the t reference; infinite for the normal.
    """

    name: str
    estimate: float
    se: float
    df: float

    def interval(self, level: float = 0.95) -> Interval:
        """Confidence interval at `level`."""
        half = quantile(0.5 + level / 2.0, self.df) * self.se
        return self.estimate - half, self.estimate + half

    @property
    def p(self) -> float:
        """Two-sided p-value."""
        return two_sided(self.estimate / self.se, self.df) if self.se > 0 else math.nan


@dataclass(frozen=True)
class Pooled:
    """A pooled effect. The sign is the caller's: on this project's scale positive = group better.

    With moderators, `estimate` and everything about it is the intercept: the effect where every
    moderator is zero.

    Attributes
    ----------
    estimate, se : float
        Pooled effect and its standard error, in the unit of the estimates.
    ci : tuple of float
        Confidence interval at `level`.
    prediction : tuple of float
        Interval at `level` for the true effect of a new study (of a new estimate in a multilevel
        model); not a number where no between-study variance was modelled.
    tau2 : float
        Variance of true effects between studies.
    omega2 : float
        Variance of true effects within studies; zero in a univariate model.
    i2 : float
        Share of total variability that is heterogeneity, in percent (Higgins and Thompson 2002,
        doi 10.1002/sim.1186).
    q, q_df, q_p : float
        Cochran's Q (residual Q with moderators), its degrees of freedom and p-value.
    df : float
        Degrees of freedom of the test: Satterthwaite's with CR2 variance, k - p otherwise. With
        test ``z`` intervals use the normal distribution all the same.
    k, studies : int
        Number of estimates, and of studies.
    method, test : str
        How tau squared was estimated and which reference was used.
    level : float
        Level of `ci` and `prediction`.
    coefficients : tuple of Coefficient
        All fixed effects, the intercept first.
    omnibus, omnibus_df, omnibus_p : float
        Joint test of the moderators: Wald chi square (z) or F; not a number without moderators and
        with CR2, whose joint test is not made here.
    notes : tuple of str
        What a reader must know, such as a variance estimated as zero.
    data : (y, v, x) or None
        Estimates, sampling variances and fixed effects of a univariate model, for `tau2_ci`.
    known_spread : tuple of float
        `tau2_spread` of a result that was read from a table.
    """

    estimate: float
    se: float
    ci: Interval
    prediction: Interval
    tau2: float
    i2: float
    q: float
    df: float
    k: int
    omega2: float
    q_df: int
    studies: int
    method: str
    test: str
    level: float
    coefficients: tuple[Coefficient, ...]
    omnibus: float = math.nan
    omnibus_df: int = 0
    omnibus_p: float = math.nan
    notes: tuple[str, ...] = ()
    data: tuple[Vector, Vector, Matrix] | None = field(default=None, repr=False, compare=False)
    known_spread: tuple[float, ...] = field(default=(), repr=False, compare=False)

    @cached_property
    def tau2_ci(self) -> Interval:
        """Interval of `tau2` at `level` by the Q-profile method (Viechtbauer 2007).

        Not a number where there is none: a multilevel model, an equal-effects model, or no degree
        of freedom. Both ends are zero where the estimates are more alike than chance allows.
        """
        return NOT_DEFINED if self.data is None else q_profile(*self.data, self.level)

    @cached_property
    def i2_ci(self) -> Interval:
        """Interval of `i2` in percent: that of `tau2` beside the typical sampling variance."""
        if self.data is None:
            return NOT_DEFINED
        typical = typical_variance(*self.data[1:])
        low, high = (100.0 * end / (end + typical) for end in self.tau2_ci)
        return low, high

    @cached_property
    def tau2_spread(self) -> tuple[float, ...]:
        """Values of tau squared that stand for what is known of it; see `plausible_variances`.

        The estimate alone where no more is known: a multilevel model, an equal-effects model.
        """
        if self.data is not None:
            return tuple(plausible_variances(*self.data).tolist())
        return self.known_spread or (self.tau2,)

    @property
    def p(self) -> float:
        """Two-sided p-value of the pooled effect."""
        return self.coefficients[0].p

    @property
    def q_p(self) -> float:
        """P-value of Q: chi square with `q_df` degrees of freedom."""
        return float(chdtrc(self.q_df, self.q)) if self.q_df else math.nan

    @property
    def tau(self) -> float:
        """Standard deviation of true effects between studies."""
        return math.sqrt(self.tau2)

    @property
    def reference_df(self) -> float:
        """Degrees of freedom behind the intervals: infinite for the normal reference."""
        return self.coefficients[0].df

    @property
    def pi(self) -> Interval:
        """The prediction interval, by its usual abbreviation."""
        return self.prediction

    def interval(self, level: float = 0.95) -> Interval:
        """Confidence interval at `level`, such as .90 for two one-sided tests."""
        return self.coefficients[0].interval(level)

    def predict(self, level: float = 0.95) -> Interval:
        """Interval at `level` for the true effect of a new study.

        The reference distribution is the test's (Higgins, Thompson and Spiegelhalter 2009,
        doi 10.1111/j.1467-985X.2008.00552.x, use k - 2 degrees of freedom; with few studies every
        such interval is rough).
        """
        if math.isnan(self.prediction[0]):
            return NOT_DEFINED
        spread = math.sqrt(self.se**2 + self.tau2 + self.omega2)
        half = quantile(0.5 + level / 2.0, self.reference_df) * spread
        return self.estimate - half, self.estimate + half

    def to_row(self) -> dict[str, float]:
        """Return the numbers of a tidy table's row, `df` that of the intervals."""
        return {
            "studies": self.studies,
            "k": self.k,
            "estimate": self.estimate,
            "se": self.se,
            "df": self.reference_df,
            "ci_low": self.ci[0],
            "ci_high": self.ci[1],
            "prediction_low": self.prediction[0],
            "prediction_high": self.prediction[1],
            "tau2": self.tau2,
            "tau2_low": self.tau2_ci[0],
            "tau2_high": self.tau2_ci[1],
            "omega2": self.omega2,
            "i2": self.i2,
            "i2_low": self.i2_ci[0],
            "i2_high": self.i2_ci[1],
            "q": self.q,
        }

    def reversed(self) -> Pooled:
        """Turn the sign, for sources whose positive favours the other side."""
        first = [replace(one, estimate=-one.estimate) for one in self.coefficients]
        return replace(
            self,
            estimate=-self.estimate,
            ci=(-self.ci[1], -self.ci[0]),
            prediction=(-self.prediction[1], -self.prediction[0]),
            coefficients=tuple(first),
        )
