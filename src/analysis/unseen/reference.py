"""Reference-based imputation: what if those who left the comparison arm then fared as the other.

It makes the arms alike, so it may test a claim of superiority only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.comparison.question import Contrast, Outcome, blank_effect, recorded
from analysis.records.effect import Effect
from analysis.study.rowless import rowless
from analysis.unseen.chained import Imputations
from analysis.unseen.draw import Draw, draw_regression
from analysis.unseen.errors import ReferenceBasedError
from analysis.unseen.imputed import effect_of
from analysis.unseen.population import ESTIMANDS

Floats = NDArray[np.floating]
Rule = Literal["jump_to_reference", "copy_increments"]

WORDS = {
    "jump_to_reference": "those who left the comparison arm on the reference arm's course",
    "copy_increments": "those who left the comparison arm changing from then on as the reference "
    "arm does",
}


def compare_reference_based(
    imputations: Imputations,
    contrast: Contrast,
    outcome: Outcome,
    *,
    waves: Sequence[str],
    rule: Rule,
    claim: str,
    data_origin: str = "real",
) -> Effect:
    """Estimate the difference if the unseen of the comparison arm fared as the reference arm.

    Carpenter, Roger and Kenward (2013, doi 10.1080/10543406.2013.834911). The joint normal model
    of each arm is held as a chain of regressions, each wave on baseline, covariates and earlier
    waves, drawn from completed data; the comparison arm's participants whose outcome is missing
    are drawn anew after their last observed wave, with the reference arm's regressions around the
    mean that the rule gives. The reference arm stays missing at random.

    Parameters
    ----------
    imputations : Imputations
        Missing at random, as `impute_contrast` made them; the earlier waves among its auxiliary
        columns.
    contrast, outcome : Contrast, Outcome
    waves : sequence of str
        Columns of the scores after baseline in order, the last being ``outcome``.
    rule : {"jump_to_reference", "copy_increments"}
    claim : str
        What the estimate is for: ``superiority``, nothing else.
    data_origin : {"real", "synthetic"}

    Returns
    -------
    Effect
        Id ``{contrast}.{construct}.{time}.{rule}``; positive = comparison arm better.

    Raises
    ------
    ReferenceBasedError
        If the claim is not superiority: the rule manufactures similarity.
    ValueError
        If the last wave is not the outcome.
    """
    if claim != "superiority":
        raise ReferenceBasedError(
            "reference-based imputation makes the arms alike and would manufacture the claim; "
            "impute under the null of the margin instead"
        )
    if not waves or waves[-1] != "outcome":
        raise ValueError("the last wave must be the outcome")
    estimand = f"{ESTIMANDS[contrast.assignment]}; {WORDS[rule]}"
    blank = blank_effect(contrast, outcome, rule, data_origin, imputations.frame, estimand)

    def estimate(blank: Effect) -> Effect:
        return effect_of(_redraw(imputations, contrast, waves, rule), contrast, outcome, blank)

    return recorded(blank, estimate)


def _redraw(
    imputations: Imputations, contrast: Contrast, waves: Sequence[str], rule: Rule
) -> Imputations:
    """Replace the comparison arm's imputed outcomes, each imputation with a seed of its own."""
    frame = imputations.frame
    unseen = imputations.missing("outcome")
    ours = unseen & (frame["arm"] == contrast.comparison).to_numpy()
    seen = frame.loc[ours, list(waves)].notna().to_numpy()
    last = np.where(seen.any(axis=1), len(waves) - 1 - seen[:, ::-1].argmax(axis=1), -1)
    filled = []
    for number, one in enumerate(imputations.filled):
        # A key that the imputation of an arm, (number, arm), never has.
        source = np.random.SeedSequence(imputations.seed, spawn_key=(number, 0, 1))
        rng = np.random.default_rng(source)
        done = imputations.complete(number)
        x = _base(done, imputations.variables)
        scores = done[list(waves)].to_numpy(dtype=float)
        mine, theirs = (
            _Chain.draw(done, x, scores, arm, rng)
            for arm in (contrast.comparison, contrast.reference)
        )
        drawn = _follow(mine, theirs, x[ours], scores[ours], last, rule, rng)
        values = one["outcome"].astype(float)
        values[ours[unseen]] = drawn
        filled.append({**one, "outcome": values})
    return replace(imputations, filled=tuple(filled))


def _base(frame: pd.DataFrame, variables: Mapping[str, str]) -> Floats:
    """Intercept, baseline and covariates as columns, (n, q)."""
    names = [name for name in variables if name != "outcome"]
    categorical = [name for name in names if variables[name] == "categorical"]
    held = frame[names]
    if categorical:
        held = pd.get_dummies(held, columns=categorical, drop_first=True)
    return np.column_stack([np.ones(len(frame)), held.to_numpy(dtype=float)])


@rowless
@dataclass(frozen=True)
class _Chain:
    """One arm's waves as regressions on the base columns and on the waves before."""

    steps: tuple[Draw, ...]

    @classmethod
    def draw(
        cls, frame: pd.DataFrame, x: Floats, scores: Floats, arm: str, rng: np.random.Generator
    ) -> _Chain:
        """Draw the regressions of an arm from its completed data."""
        rows = (frame["arm"] == arm).to_numpy()
        code, names = pd.factorize(frame.loc[rows, "cluster"].astype(object))
        cluster = code.astype(np.intp)
        steps = [
            draw_regression(
                scores[rows, wave],
                np.hstack([x[rows], scores[rows, :wave]]),
                cluster,
                len(names),
                rng,
            )
            for wave in range(scores.shape[1])
        ]
        return cls(tuple(steps))

    def means(self, x: Floats) -> Floats:
        """Mean of every wave given the base columns alone, (n, T)."""
        out = np.zeros((len(x), 0))
        for step in self.steps:
            out = np.column_stack([out, np.hstack([x, out]) @ step.beta])
        return out


def _follow(
    own: _Chain,
    other: _Chain,
    x: Floats,
    scores: Floats,
    last: NDArray[np.intp],
    rule: Rule,
    rng: np.random.Generator,
) -> Floats:
    """Draw the last wave of people (n, T) seen up to wave `last` (-1: at baseline only)."""
    mine, theirs = own.means(x), other.means(x)
    row = np.arange(len(x))
    start = np.zeros(len(x))
    if rule == "copy_increments":
        start = np.where(last >= 0, mine[row, last] - theirs[row, last], 0.0)
    waves = np.arange(scores.shape[1])
    centre = np.where(waves <= last[:, None], mine, theirs + start[:, None])
    drawn = scores.copy()
    for wave, step in enumerate(other.steps):
        history = step.beta[x.shape[1] :]
        mean = centre[:, wave] + (drawn[:, :wave] - centre[:, :wave]) @ history
        spread = np.sqrt(step.residual + step.between)
        new = mean + spread * rng.standard_normal(len(x))
        drawn[:, wave] = np.where(wave > last, new, drawn[:, wave])
    return drawn[:, -1]
