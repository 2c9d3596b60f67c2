"""One contrast and one change per family of conditions, partially pooled, on the primary outcome.

All families are fitted in one model, so that therapy groups that several families share count as
shared. Raw estimates stay beside the shrunken ones; the test of heterogeneity says whether the
families differ at all.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis.comparison.question import Contrast
from analysis.comparison.terms import BASELINE, with_terms
from analysis.engine import fit_mixed
from analysis.program.families import Families
from analysis.program.inputs import Program, ProgramLimits
from analysis.program.pooling import partial_pooling
from analysis.program.regress import TooFewError
from analysis.program.weighted_families import checked_design, weighted_contrasts


def family_changes(program: Program) -> Families:
    """Estimate the group arm's mean change on the primary outcome in each family.

    Taken at each family's own mean intake score among all eligible members; therapy groups have a
    random intercept.

    Raises
    ------
    TooFewError
        If too few families are large enough.
    EstimationError
    """
    members = program.members
    rows = program.primary().reindex(members.index)[["change", "baseline"]].astype(float)
    rows = rows.assign(
        family=members["condition"],
        cluster=members["cluster"],
        intake=rows["baseline"] - rows["baseline"].groupby(members["condition"]).transform("mean"),
    )
    rows = rows.dropna(subset=["change", "baseline", "family"])
    sizes = rows["family"].value_counts()
    kept = _large(sizes[sizes >= program.limits.fewest].index, program.limits)
    used = _dummies(rows[rows["family"].isin(kept)], kept)
    wanted = [*_names("family", kept[1:]), *(["intake"] if used["intake"].nunique() > 1 else [])]
    fit = _fit(used, f"change ~ {' + '.join(wanted)}")
    weights = np.zeros((len(kept), len(fit.names)))
    for at, family in enumerate(kept):
        weights[at, fit.names.index("Intercept")] = 1
        if at:
            weights[at, fit.names.index(f"family_{kept.index(family)}")] = 1
    return _families(fit, weights, kept, sizes)


def family_contrasts(program: Program) -> Families:
    """Estimate group less individual on the primary outcome in each family.

    Adjusted for intake and the study's covariates; where arms were not assigned at random they are
    weighted first (`weighted_contrasts`). Positive = group better.

    Raises
    ------
    TooFewError
        If there is no such contrast, its design failed its checks (`FailedDesignError`), or fewer
        than three families are large enough in both arms.
    EstimationError
    """
    contrast = program.contrast
    if contrast is None:
        raise TooFewError("no contrast of the study compares group with individual therapy")
    rows = _compared(program, contrast)
    better = program.sign(program.symptom)
    if contrast.assignment == "randomised":
        return _adjusted(rows.dropna(subset=[*_needed(program), "outcome"]), program, better)
    design = checked_design(program, contrast, rows.dropna(subset="family").reset_index())
    family = design.kept["family"]
    counts, kept = _in_both_arms(family, design.kept["arm"], program.limits)
    raw, cov = weighted_contrasts(design, family, kept, better)
    groups = int(design.kept.loc[family.isin(kept), "cluster"].nunique())
    return Families(tuple(kept), raw, cov, _counted(counts), partial_pooling(raw, cov), groups)


def _compared(program: Program, contrast: Contrast) -> pd.DataFrame:
    """Return both arms' participants: arm, baseline, outcome, family, cluster and covariates."""
    rows = program.primary()
    rows = rows[rows["arm"].isin([contrast.comparison, contrast.reference])]
    people = program.tables["episodes"].set_index("episode_id").reindex(rows.index)
    types = {
        one["column"]: "float64" if one["type"] == "numeric" else "object"
        for one in program.covariates
    }
    return (
        rows[["outcome", "baseline"]]
        .astype(float)
        .join(people[list(types)].astype(types))
        .assign(
            family=people["condition"].astype(object),
            cluster=program.members["cluster"].reindex(rows.index),
            arm=rows["arm"].astype(object),
            treated=rows["arm"].eq(contrast.comparison).astype(float),
        )
    )


def _needed(program: Program) -> list[str]:
    return ["baseline", "family", *(one["column"] for one in program.covariates)]


def _in_both_arms(
    family: pd.Series, arm: pd.Series, limits: ProgramLimits
) -> tuple[pd.Series, list[str]]:
    """Count each family, and name those with enough participants in both arms."""
    counts = pd.crosstab(family, arm)
    smallest = counts.min(axis=1) if counts.shape[1] == 2 else 0 * counts.sum(axis=1)
    return counts.sum(axis=1), _large(smallest[smallest >= limits.fewest].index, limits)


def _adjusted(rows: pd.DataFrame, program: Program, better: int) -> Families:
    counts, kept = _in_both_arms(rows["family"], rows["arm"], program.limits)
    used = _dummies(rows[rows["family"].isin(kept)], kept, by="treated")
    others = [one for one in program.covariates if one["column"] != "condition"]
    shown = [*_names("family", kept[1:]), *_names("treated", kept)]
    used, adjusted = with_terms(used, [BASELINE, *others])
    fit = _fit(used, f"outcome ~ {' + '.join([*shown, *adjusted])}")
    weights = np.zeros((len(kept), len(fit.names)))
    for at in range(len(kept)):
        weights[at, fit.names.index(f"treated_{at}")] = better
    return _families(fit, weights, kept, counts)


def _fit(used: pd.DataFrame, formula: str) -> Any:
    exposed = used["cluster"].notna()
    used = used.assign(
        cluster=used["cluster"].astype(object).where(exposed, None),
        in_a_group=exposed.astype(float),
    )
    if not exposed.any():
        return fit_mixed(used, formula)
    return fit_mixed(used, formula, group="cluster", grouped="in_a_group")


def _families(fit: Any, weights: np.ndarray, kept: list[str], sizes: pd.Series) -> Families:
    raw = weights @ fit.params.to_numpy()
    cov = weights @ fit.cov.to_numpy() @ weights.T
    groups = int(fit.n_groups)
    return Families(tuple(kept), raw, cov, _counted(sizes), partial_pooling(raw, cov), groups)


def _counted(sizes: pd.Series) -> dict[str, int]:
    return {str(name): int(size) for name, size in sizes.items()}


def _large(names: pd.Index, limits: ProgramLimits) -> list[str]:
    if len(names) < limits.fewest_families:
        raise TooFewError(
            f"fewer than {limits.fewest_families} families of conditions have {limits.fewest} "
            "participants"
        )
    return sorted(map(str, names))


def _names(stem: str, families: list[str]) -> list[str]:
    first = 1 if stem == "family" else 0
    return [f"{stem}_{at + first}" for at in range(len(families))]


def _dummies(rows: pd.DataFrame, kept: list[str], by: str | None = None) -> pd.DataFrame:
    columns = {f"family_{at}": rows["family"].eq(one).astype(float) for at, one in enumerate(kept)}
    if by:
        columns |= {f"{by}_{at}": rows[by] * columns[f"family_{at}"] for at in range(len(kept))}
    return rows.assign(**columns)
