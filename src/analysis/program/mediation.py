"""Early change in a benefit and later symptom change, and what of the format runs through it.

Longitudinal mediation with linear models: the early gain on arm (path a), the symptom gain on the
early gain (path b), the product through it (MacKinnon et al. 2002, doi 10.1037/1082-989X.7.1.83).
The product is an effect only if nothing that was not measured moves both the benefit and later
symptoms; the sensitivity says how strong such a thing would have to be. Intervals come from a
bootstrap of whole therapy groups; every replicate is a re-weighting of the same cross-products.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.program.crossed import Crossed, Floats
from analysis.program.inputs import Program
from analysis.program.mediation_checks import (
    assumptions,
    paths,
    reverse,
    sensitivity,
)
from analysis.program.regress import TooFewError
from analysis.records.effect import Effect
from analysis.records.errors import TooFewGroupsError

REPLICATES = 1000
SEED = 20261123


def mediated(program: Program, constructs: Sequence[str], blank: Effect) -> Effect:
    """Estimate the part of the format's difference that runs through early gains.

    Parameters
    ----------
    program : Program
    constructs : sequence of str
        One mediator, or several taken together; those without an instrument are left out.
    blank : Effect

    Returns
    -------
    Effect
        Points of the primary outcome, positive = group better; expanded percentile intervals of
        the clustered bootstrap (`Crossed.tail`). Diagnostics hold the paths,
        the reverse direction and the sensitivity to unmeasured confounding.

    Raises
    ------
    TooFewError
        Without the contrast, or with too few complete cases in an arm.
    """
    bound = [one for one in constructs if one in program.config.get("instruments", {})]
    if not bound:
        raise TooFewError("none of the benefits was measured")
    crossed, names = _crossed(program, bound)
    total = crossed.gram.sum(axis=0)[None]
    draws = crossed.draws(REPLICATES, SEED)
    value = float(_through(crossed, total, names)[0])
    spread = _through(crossed, draws, names)
    tails = [crossed.tail(level) for level in (0.90, 0.95)]
    low90, low95, high90, high95 = np.quantile(spread, [*tails, *(1 - one for one in tails)])
    return replace(
        blank,
        value=value,
        se=float(spread.std(ddof=1)),
        df_method="bootstrap of therapy groups",
        ci90=(float(low90), float(high90)),
        ci95=(float(low95), float(high95)),
        n_used=crossed.n,
        n_eligible=len(program.primary()),
        clusters=len(crossed.gram),
        cluster_unit="therapy group or participant",
        converged=True,
        diagnostics=(
            *(paths(crossed, total, draws, one, names) for one in names["early"]),
            *(reverse(crossed, total, one, names) for one in names["early"]),
            *(sensitivity(crossed, total, one, names) for one in names["early"]),
            assumptions(),
        ),
    )


def _crossed(
    program: Program, constructs: Sequence[str]
) -> tuple[Crossed, Mapping[str, list[str]]]:
    contrast = program.contrast
    if contrast is None:
        raise TooFewError("no contrast of the study compares group with individual therapy")
    limits, outcome = program.limits, program.symptom
    primary = program.primary()
    primary = primary[primary["arm"].isin([contrast.comparison, contrast.reference])]
    sign = program.sign(outcome)
    rows = pd.DataFrame(
        {
            "arm": primary["arm"].eq(contrast.comparison).astype(float),
            "symptom_start": sign * primary["baseline"].astype(float),
            "symptom_early": sign * program.score(outcome, limits.early, limits.symptom_reach),
            "symptom_end": sign * primary["outcome"].astype(float),
        },
        index=primary.index,
    )
    for one in constructs:
        found = program.outcome(one, program.day).reindex(rows.index)
        better = program.sign(one)
        rows[f"{one}_start"] = better * found["baseline"].astype(float)
        rows[f"{one}_early"] = better * program.score(one, limits.early)
        rows[f"{one}_end"] = better * found["outcome"].astype(float)
    people = program.tables["episodes"].set_index("episode_id").reindex(rows.index)
    needed = [str(name) for name in rows]
    rows, adjusted = _adjusted(rows, people, program)
    if rows["arm"].value_counts().reindex([0.0, 1.0], fill_value=0).min() < limits.fewest:
        raise TooFewError(
            f"an arm has fewer than {limits.fewest} participants with the benefit on day "
            f"{limits.early}"
        )
    if still := [name for name in needed if rows[name].nunique() < 2]:
        raise TooFewError(f"{', '.join(still).replace('_', ' ')} does not vary")
    group = program.members["cluster"].reindex(rows.index)
    cluster = group.where(group.notna(), rows.index.to_series())
    if cluster.groupby(rows["arm"]).nunique().min() < 2:
        raise TooFewGroupsError("an arm has one therapy group: an interval needs at least two")
    names = {
        "given": ["one", "symptom_start", *(f"{one}_start" for one in constructs), *adjusted],
        "early": [f"{one}_early" for one in constructs],
    }
    # Where a score or covariate starts changes no slope, but far from zero its squares lose digits.
    return Crossed.of(rows - rows.mean(), cluster, rows["arm"]), names


def _adjusted(
    rows: pd.DataFrame, people: pd.DataFrame, program: Program
) -> tuple[pd.DataFrame, list[str]]:
    parts = [rows]
    for one in program.covariates:
        column = people[one["column"]]
        if one["type"] == "numeric":
            parts.append(column.astype(float).to_frame())
        else:
            made = pd.get_dummies(column.astype(object), prefix=one["column"], dtype=float)
            parts.append(made.iloc[:, 1:].where(column.notna(), np.nan))
    whole = pd.concat(parts, axis=1).dropna()
    varying = [str(name) for name in whole if name not in rows and whole[name].nunique() > 1]
    return whole[[*rows, *varying]], varying


def _through(crossed: Crossed, gram: Floats, names: Mapping[str, list[str]]) -> Floats:
    """Return the sum over mediators of path a times path b, for each total."""
    a = [crossed.slopes(gram, one, ["arm", *names["given"]])[:, 0] for one in names["early"]]
    later = [*names["early"], "arm", "symptom_early", *names["given"]]
    b = crossed.slopes(gram, "symptom_end", later)[:, : len(a)]
    return np.asarray(np.sum(np.column_stack(a) * b, axis=1))
