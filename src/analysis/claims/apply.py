"""An effect carried into a verdict, and a decision table applied to one of its intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import hypot, inf
from typing import Any

from scipy.special import stdtr

from analysis.claims.decide import Decision, decide
from analysis.records.effect import Effect
from analysis.records.verdict import Verdict

Interval = tuple[float, float]
LEVELS = {"ci90": 90, "ci95": 95, "simultaneous": 95}


def carry_effect(blank: Verdict, effect: Effect) -> Verdict:
    """Copy an effect's numbers into a verdict; those of a failed or withheld one stay out."""
    shown = effect.status == "ok"
    return replace(
        blank,
        effect_id=effect.id,
        unit=effect.unit,
        n_used=effect.n_used,
        n_eligible=effect.n_eligible,
        unit_of_n=effect.unit_of_n,
        clusters=effect.clusters,
        cluster_unit=effect.cluster_unit,
        estimate=effect.value if shown else None,
        se=effect.se if shown else None,
        ci90=effect.ci90 if shown else None,
        ci95=effect.ci95 if shown else None,
        simultaneous=effect.simultaneous if shown else None,
        simultaneous_level=effect.simultaneous_level if shown else None,
        simultaneous_family=effect.simultaneous_family if shown else "",
        df=effect.df if shown else None,
        df_method=effect.df_method,
        standardised=effect.standardised if shown else None,
        icc=effect.icc if shown else None,
    )


def decide_interval(
    blank: Verdict, table: Mapping[str, Any], interval: Interval
) -> tuple[Decision, str]:
    """Apply a decision table, with the verdict's margin and threshold, to an interval.

    Returns
    -------
    Decision
        The row that fired.
    str
        The rule in words of the plan: which interval, and the row's condition.
    """
    low, high = interval
    numbers = {
        "low": low,
        "high": high,
        "beyond": beyond_untreated(blank, interval),
        "margin": blank.margin,
        "threshold": blank.threshold,
    }
    decision = decide(table, numbers)
    fired = next(row["when"] for row in table["rows"] if row["reason"] == decision.reason)
    return decision, f"{table['interval']}: {fired}"


def deciding_interval(effect: Effect, table: Mapping[str, Any]) -> tuple[str, Interval]:
    """Return the name and the ends of the interval that a table reads.

    An estimate that belongs to no family is its own: its 95% interval then stands for the
    simultaneous one.
    """
    name = str(table["interval"])
    if name == "simultaneous" and effect.simultaneous is None:
        name = "ci95"
    ends: Interval = getattr(effect, name)
    return name, ends


def beyond_untreated(blank: Verdict, interval: Interval) -> float | None:
    """Return the lower end of a change less the published change of untreated people.

    The two are independent, so that their half-widths at one level add in quadrature. An interval
    without width is a truth, from which the published value itself is taken.
    """
    if blank.untreated is None or blank.untreated_se is None or not blank.se:
        return None
    middle, half = sum(interval) / 2, (interval[1] - interval[0]) / 2
    return middle - blank.untreated - half * hypot(1.0, blank.untreated_se / blank.se)


def carry_decision(blank: Verdict, table: Mapping[str, Any], effect: Effect) -> Verdict:
    """Judge an effect by a decision table, and write the row that fired into the verdict."""
    name, interval = deciding_interval(effect, table)
    decision, rule = decide_interval(blank, table, interval)
    return replace(
        blank,
        interval=name,
        verdict=decision.verdict,
        reason=decision.reason,
        reason_text=decision.says,
        rule=rule,
        tests=one_sided_tests(blank),
    )


def one_sided_tests(verdict: Verdict) -> list[dict[str, float]] | None:
    """Test an estimate against minus and plus the margin, each from one side.

    Two one-sided tests (Schuirmann 1987, doi 10.1007/BF01068419): against a difference of minus
    the margin or less, then of plus the margin or more.

    Returns
    -------
    list of dict or None
        For each of the two ``bound``, ``t`` and ``p`` (one-sided); None without a margin or an
        estimate.
    """
    if verdict.margin is None or verdict.estimate is None or not verdict.se:
        return None
    df = verdict.df or inf
    above = (verdict.estimate + verdict.margin) / verdict.se
    below = (verdict.estimate - verdict.margin) / verdict.se
    return [
        {"bound": -verdict.margin, "t": above, "p": float(stdtr(df, -above))},
        {"bound": verdict.margin, "t": below, "p": float(stdtr(df, below))},
    ]
