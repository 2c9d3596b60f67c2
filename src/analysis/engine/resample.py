"""Parametric and cluster bootstrap: seeded a replicate at a time, so that cores change nothing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from analysis.engine.batch import fit_outcomes
from analysis.engine.contrast import contrast_row
from analysis.engine.fit import fit_problem
from analysis.engine.formula import SampledDesign
from analysis.engine.layout import Block
from analysis.engine.levels import Factor
from analysis.engine.marginal import MarginalResult, weighted_least_squares
from analysis.engine.problem import Problem
from analysis.engine.result import MixedResult
from analysis.engine.robust import cluster_rows
from analysis.engine.sparse_design import matrices
from analysis.records.errors import EstimationError, ModelInputError
from analysis.study.rowless import rowless

Floats = NDArray[np.floating]
Codes = NDArray[np.intp]

BATCH = 50


@rowless
@dataclass(frozen=True)
class Bootstrap:
    """Replicated estimates.

    Attributes
    ----------
    names : tuple of str
        Fixed effects.
    observed : (p,) array
        Estimates from the data.
    params, bse : (B, p) arrays
        Estimates and standard errors of each replicate; nan where it failed (a replicate of a
        marginal model has no standard error).
    failed : int
        Replicates without a verified optimum or of full rank.
    """

    names: tuple[str, ...]
    observed: Floats
    params: Floats
    bse: Floats
    failed: int

    def se(self) -> pd.Series:
        """Bootstrap standard errors."""
        return pd.Series(np.nanstd(self.params, axis=0, ddof=1), index=list(self.names), name="se")

    def interval(self, weights: object, level: float = 0.95) -> tuple[float, float]:
        """Percentile interval of a contrast (Efron 1979, 10.1214/aos/1176344552)."""
        row = contrast_row(self.names, weights)  # type: ignore[arg-type]
        tail = 100 * (1 - level) / 2
        low, high = np.nanpercentile(self.params @ row, [tail, 100 - tail])
        return float(low), float(high)


def parametric_bootstrap(
    result: MixedResult, replicates: int, seed: int | np.random.SeedSequence, *, n_jobs: int = 1
) -> Bootstrap:
    """Refit to outcomes drawn from the fitted model.

    Parameters
    ----------
    result : MixedResult
        The fit.
    replicates : int
        Number of draws.
    seed : int or numpy.random.SeedSequence
        Each replicate has a child of it.
    n_jobs : int
        Processes; the result does not depend on it.

    Raises
    ------
    ModelInputError
        If what members of a group share is negative: no effect of a group can be drawn.
    """
    work = partial(_parametric, result)
    return _run(work, result.problem, result.params.to_numpy(), replicates, seed, n_jobs)


def cluster_bootstrap(
    result: MixedResult | MarginalResult,
    replicates: int,
    seed: int | np.random.SeedSequence,
    *,
    n_jobs: int = 1,
) -> Bootstrap:
    """Refit to clusters drawn with replacement.

    See Field & Welsh 2007 (10.1111/j.1467-9868.2007.00593.x).

    Therapy groups are drawn among therapy groups, and participants whom no group acts on among
    themselves, so that every replicate has the design's numbers of both.

    Parameters
    ----------
    result, replicates, seed, n_jobs
        As in `parametric_bootstrap`; the result of a weighted marginal model may be given.
    """
    work = partial(_clustered, result.problem)
    return _run(work, result.problem, result.params.to_numpy(), replicates, seed, n_jobs)


Work = Callable[[list[np.random.SeedSequence]], tuple[Floats, Floats]]


def _run(
    work: Work,
    problem: Problem,
    observed: Floats,
    replicates: int,
    seed: int | np.random.SeedSequence,
    n_jobs: int,
) -> Bootstrap:
    root = seed if isinstance(seed, np.random.SeedSequence) else np.random.SeedSequence(seed)
    seeds = root.spawn(replicates)
    batches = [seeds[at : at + BATCH] for at in range(0, replicates, BATCH)]
    if n_jobs == 1:
        made = [work(batch) for batch in batches]
    else:
        with ProcessPoolExecutor(n_jobs) as pool:
            made = list(pool.map(work, batches))
    params = np.concatenate([one[0] for one in made])
    bse = np.concatenate([one[1] for one in made])
    failed = int(np.isnan(params).any(axis=1).sum())
    return Bootstrap(problem.names, observed, params, bse, failed)


def _parametric(result: MixedResult, seeds: list[np.random.SeedSequence]) -> tuple[Floats, Floats]:
    draw = Simulator(result)
    outcomes = np.column_stack([draw(np.random.default_rng(seed)) for seed in seeds])
    fits = fit_outcomes(result.problem, outcomes, reml=result.fit.reml)
    return fits.params, fits.bse


class Simulator:
    """Draws outcomes (n,) from a fitted model."""

    def __init__(self, result: MixedResult) -> None:
        problem, fit = result.problem, result.fit
        self.mean = problem.X @ fit.beta
        by = problem.residual_by
        noise = [fit.theta[one.start] for one in fit.blocks if one.factor == "residual"]
        codes = np.zeros(len(problem.y), np.intp) if by is None else by.codes
        self.noise = np.sqrt(np.array(noise)[codes])
        if problem.weights is not None:
            self.noise = self.noise / np.sqrt(problem.weights)
        self.parts = _random_parts(problem, fit.blocks, fit.theta)

    def __call__(self, rng: np.random.Generator) -> Floats:
        """One draw."""
        out = self.mean + self.noise * rng.standard_normal(len(self.mean))
        for designs, root in self.parts:
            effects = rng.standard_normal((designs[0].shape[1], len(root))) @ root.T
            for at, design in enumerate(designs):
                out = out + design @ effects[:, at]
        return np.asarray(out)


def _random_parts(
    problem: Problem, blocks: tuple[Block, ...], theta: Floats
) -> list[tuple[list[sparse.csr_array], Floats]]:
    """Designs (n, levels) of the effects of each block, and a root of their covariance."""
    known = matrices(problem)
    parts = [(list(unit.columns), _root(unit.block, theta)) for unit in known.units]
    at = 0
    for block in blocks:
        if block.factor in ("residual", "participant"):
            continue
        therapists = problem.therapist
        levels = problem.n_groups
        if block.factor == "therapist" and therapists is not None:
            levels = len(therapists)
        designs = []
        for _ in block.effects:
            designs.append(known.effects[:, at : at + levels])
            at += levels
        parts.append((designs, _root(block, theta)))
    return parts


def _root(block: Block, theta: Floats) -> Floats:
    values, vectors = np.linalg.eigh(block.matrix(theta))
    if block.signed and values[0] < 0:
        raise ModelInputError("a negative intraclass correlation has no group effects to draw")
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)), dtype=float)


def draw_clusters(problem: Problem, rows: list[Codes], rng: np.random.Generator) -> Problem:
    """Problem of clusters drawn with replacement; a cluster drawn twice is two clusters."""
    if problem.membership is not None or problem.therapist is not None:
        raise ModelInputError("a cluster bootstrap needs clusters that share nothing")
    acting = np.array(
        [False if problem.group is None else bool(problem.group.codes[one[0]] >= 0) for one in rows]
    )
    drawn: list[Codes] = []
    for kind in (False, True):
        known = np.flatnonzero(acting == kind)
        drawn += [rows[k] for k in rng.choice(known, len(known))] if len(known) else []
    at = np.concatenate(drawn)
    copy = np.repeat(np.arange(len(drawn)), [len(one) for one in drawn])
    return replace(
        problem,
        design=SampledDesign(
            problem.design.parsed, problem.design.frame, source=problem.design, rows=at
        ),
        y=problem.y[at],
        z=problem.z[at],
        group=_recode(problem.group, at, copy),
        participant=_recode(problem.participant, at, copy),
        residual_by=_pick(problem.residual_by, at),
        participant_by=_pick(problem.participant_by, at),
        slope=None if problem.slope is None else problem.slope[at],
        weights=None if problem.weights is None else problem.weights[at],
        sampling=None if problem.sampling is None else problem.sampling[at],
    )


def _recode(factor: Factor | None, at: Codes, copy: Codes) -> Factor | None:
    """Give the levels of each drawn cluster names of their own."""
    if factor is None:
        return None
    old = factor.codes[at]
    on = old >= 0
    levels, inner = np.unique(copy[on] * len(factor) + old[on], return_inverse=True)
    codes = np.full(len(at), -1, dtype=np.intp)
    codes[on] = inner
    return Factor(codes, tuple(levels.tolist()))


def _pick(factor: Factor | None, at: Codes) -> Factor | None:
    return None if factor is None else Factor(factor.codes[at], factor.levels)


def _clustered(problem: Problem, seeds: list[np.random.SeedSequence]) -> tuple[Floats, Floats]:
    params = np.full((len(seeds), len(problem.names)), np.nan)
    bse = params.copy()
    rows = cluster_rows(problem)
    for at, seed in enumerate(seeds):
        sample = draw_clusters(problem, rows, np.random.default_rng(seed))
        try:
            if problem.sampling is not None:
                params[at] = weighted_least_squares(sample)
                continue
            result = fit_problem(sample)
        except EstimationError:
            continue
        params[at], bse[at] = result.params, result.bse
    return params, bse
