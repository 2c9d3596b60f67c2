"""Is group better than individual by more than a margin: the contrasts restated, Holm over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.special import stdtr

from analysis.program.inputs import Program
from analysis.program.regress import TooFewError
from analysis.records.effect import Diagnostic, Effect
from analysis.records.intervals import interval


def restate(program: Program, construct: str, day: int, blank: Effect) -> Effect:
    """Take the deciding contrast of a construct, standardised within the study.

    Parameters
    ----------
    program : Program
    construct : str
    day : int
    blank : Effect

    Returns
    -------
    Effect
        In points, positive = group better; `standardiser` is the SD of the intake scores of both
        arms together. Withheld where the contrast is.

    Raises
    ------
    TooFewError
        If the study has no such contrast.
    """
    contrast = program.contrast
    if contrast is None:
        raise TooFewError("no contrast of the study compares group with individual therapy")
    wanted = f"{contrast.id}.{construct}.day{day}.{program.limits.decides(contrast.assignment)}"
    found = next((one for one in program.comparisons if one.id == wanted), None)
    if found is None:
        raise TooFewError(f"no comparison of {construct} on day {day} was made")
    rows = program.outcome(construct, day)
    arms = rows[rows["arm"].isin([contrast.comparison, contrast.reference])]
    sd = float(arms["baseline"].astype(float).std(ddof=1))
    made = replace(found, id=blank.id, contrast="", construct=construct, standardiser=sd)
    return made if made.value is None else replace(made, standardised=made.value / sd)


def holm(effects: Sequence[Effect], margins: Sequence[float]) -> list[Effect]:
    """Widen the 95% intervals of several tests, each against its margin, stepwise after Holm.

    The two-sided p-values of "the difference is the margin" are put in order; the interval of the
    j-th smallest of m has level 1 - 0.05 / (m - j + 1) while all before it were rejected, and the
    level of the first that was not from there on. An interval then leaves out the margin exactly
    where Holm's test rejects (Holm 1979, Scandinavian Journal of Statistics 6, 65-70).

    Parameters
    ----------
    effects : sequence of Effect
        Those with a value are tested; the others are returned as they are.
    margins : sequence of float
        One an effect, in standard deviations of each effect's `standardiser`.

    Returns
    -------
    list of Effect
        In the same order; `ci95` is the adjusted interval and a diagnostic says so.
    """
    tested = [at for at, one in enumerate(effects) if one.value is not None]
    p = {at: _p(effects[at], margins[at]) for at in tested}
    made = list(effects)
    alpha, rejecting = 0.05, True
    for rank, at in enumerate(sorted(tested, key=p.__getitem__)):
        if rejecting:
            alpha = 0.05 / (len(tested) - rank)
            rejecting = p[at] < alpha
        made[at] = _widened(effects[at], alpha, len(tested))
    return made


def _p(effect: Effect, margin: float) -> float:
    assert effect.value is not None and effect.se is not None and effect.standardiser is not None
    t = (effect.value - margin * effect.standardiser) / effect.se
    return float(2 * stdtr(_df(effect), -abs(t)))


def _widened(effect: Effect, alpha: float, tests: int) -> Effect:
    assert effect.value is not None and effect.se is not None
    text = (
        f"The 95% interval is adjusted for {tests} benefits after Holm: its own level is "
        f"{100 * (1 - alpha):.1f}%."
    )
    note = Diagnostic("holm_level", 1 - alpha, "info", text)
    return replace(
        effect,
        ci95=interval(effect.value, effect.se, _df(effect), 1 - alpha),
        diagnostics=(*effect.diagnostics, note),
    )


def _df(effect: Effect) -> float:
    return effect.df if effect.df is not None and np.isfinite(effect.df) else 1e9
