"""Early change in a benefit and later symptom change, and what of the format runs through it.

Longitudinal mediation with linear models: the early gain on arm (path a), the symptom gain on the
early gain (path b), the product through it (MacKinnon et al. 2002, doi 10.1037/1082-989X.7.1.83).
The product is an effect only if nothing that was not measured moves both the benefit and later
symptoms; the sensitivity says how strong such a thing would have to be. Intervals come from a
bootstrap of whole therapy groups; every replicate is a re-weighting of the same cross-products.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.effects.effect import Diagnostic, Effect
from analysis.effects.program.inputs import Program
from analysis.effects.program.regress import FEWEST, TooFewError

Floats = NDArray[np.floating]
EARLY = 21
REPLICATES = 1000
SEED = 20261123


@dataclass(frozen=True)
class Crossed:
    """Cross-products of some columns, by cluster.

    Attributes
    ----------
    names : tuple of str
        Columns; ``one`` is the constant.
    gram : array, shape (c, q, q)
        Sum of z z' over the rows of each cluster.
    strata : array of int, shape (c,)
        Clusters are drawn within strata (arms).
    n : int
    """

    names: tuple[str, ...]
    gram: Floats
    strata: NDArray[np.intp]
    n: int

    @classmethod
    def of(cls, rows: pd.DataFrame, cluster: pd.Series, stratum: pd.Series) -> Crossed:
        """Add up the rows of each cluster; every column of `rows` is numeric and complete."""
        z = np.column_stack([np.ones(len(rows)), rows.to_numpy(float)])
        codes, labels = pd.factorize(cluster)
        gram = np.zeros((len(labels), z.shape[1], z.shape[1]))
        np.add.at(gram, codes, z[:, :, None] * z[:, None, :])
        first = pd.Series(pd.factorize(stratum)[0]).groupby(codes).first().to_numpy(np.intp)
        return cls(("one", *map(str, rows.columns)), gram, first, len(rows))

    def draws(self, replicates: int, seed: int) -> Floats:
        """Draw clusters with replacement within strata: total cross-products (r, q, q)."""
        rng = np.random.default_rng(seed)
        times = np.zeros((replicates, len(self.gram)))
        for stratum in np.unique(self.strata):
            at = np.flatnonzero(self.strata == stratum)
            times[:, at] = rng.multinomial(len(at), np.full(len(at), 1 / len(at)), replicates)
        return np.tensordot(times, self.gram, axes=1)

    def slopes(self, gram: Floats, outcome: str, on: Sequence[str]) -> Floats:
        """Regress a column on others by least squares in each total (r, q, q): (r, p)."""
        at = [self.names.index(name) for name in on]
        y = self.names.index(outcome)
        x = gram[:, at][:, :, at]
        ridge = 1e-10 * np.eye(len(at)) * np.trace(x, axis1=1, axis2=2)[:, None, None] / len(at)
        return np.linalg.solve(x + ridge, gram[:, at, y][..., None])[..., 0]

    def partial(self, gram: Floats, one: str, other: str, given: Sequence[str]) -> float:
        """Return the partial correlation of two columns given others, from one total."""
        at = [self.names.index(name) for name in (*given, one, other)]
        k = len(given)
        g = gram[np.ix_(at, at)]
        left = g[k:, k:] - g[k:, :k] @ np.linalg.pinv(g[:k, :k]) @ g[:k, k:]
        return float(left[0, 1] / np.sqrt(left[0, 0] * left[1, 1]))


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
        Points of the primary outcome, positive = group better; percentile intervals of the
        clustered bootstrap (Efron 1979, doi 10.1214/aos/1176344552). Diagnostics hold the paths,
        the reverse direction and the sensitivity to unmeasured confounding.

    Raises
    ------
    TooFewError
        Without the contrast, or with fewer than `FEWEST` complete cases in an arm.
    """
    bound = [one for one in constructs if one in program.config["instruments"]]
    if not bound:
        raise TooFewError("none of the benefits was measured")
    crossed, names = _crossed(program, bound)
    total = crossed.gram.sum(axis=0)[None]
    draws = crossed.draws(REPLICATES, SEED)
    value = float(_through(crossed, total, names)[0])
    spread = _through(crossed, draws, names)
    low90, low95, high95, high90 = np.quantile(spread, [0.05, 0.025, 0.975, 0.95])
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
            *(_paths(crossed, total, draws, one, names) for one in names["early"]),
            *(_reverse(crossed, total, one, names) for one in names["early"]),
            *(_sensitivity(crossed, total, one, names) for one in names["early"]),
            _assumptions(),
        ),
    )


def _crossed(
    program: Program, constructs: Sequence[str]
) -> tuple[Crossed, Mapping[str, list[str]]]:
    contrast = program.contrast
    if contrast is None:
        raise TooFewError("no contrast of the study compares group with individual therapy")
    outcome = program.symptom
    primary = program.primary()
    primary = primary[primary["arm"].isin([contrast.comparison, contrast.reference])]
    sign = program.sign(outcome)
    rows = pd.DataFrame(
        {
            "arm": primary["arm"].eq(contrast.comparison).astype(float),
            "symptom_start": sign * primary["baseline"].astype(float),
            "symptom_early": sign * program.score(outcome, EARLY, 5),
            "symptom_end": sign * primary["outcome"].astype(float),
        },
        index=primary.index,
    )
    for one in constructs:
        found = program.outcome(one, program.day).reindex(rows.index)
        better = program.sign(one)
        rows[f"{one}_start"] = better * found["baseline"].astype(float)
        rows[f"{one}_early"] = better * program.score(one, EARLY)
        rows[f"{one}_end"] = better * found["outcome"].astype(float)
    people = program.tables["episodes"].set_index("episode_id").reindex(rows.index)
    rows, adjusted = _adjusted(rows, people, program)
    rows = rows.dropna()
    if rows["arm"].value_counts().reindex([0.0, 1.0], fill_value=0).min() < FEWEST:
        raise TooFewError(
            f"an arm has fewer than {FEWEST} participants with the benefit on day {EARLY}"
        )
    group = program.members["cluster"].reindex(rows.index)
    cluster = group.where(group.notna(), rows.index.to_series())
    names = {
        "given": ["one", "symptom_start", *(f"{one}_start" for one in constructs), *adjusted],
        "early": [f"{one}_early" for one in constructs],
    }
    return Crossed.of(rows, cluster, rows["arm"]), names


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
    whole = pd.concat(parts, axis=1)
    varying = [str(name) for name in whole if whole[name].nunique() > 1]
    return whole[varying], [name for name in varying if name not in rows]


def _through(crossed: Crossed, gram: Floats, names: Mapping[str, list[str]]) -> Floats:
    """Return the sum over mediators of path a times path b, for each total."""
    a = [crossed.slopes(gram, one, ["arm", *names["given"]])[:, 0] for one in names["early"]]
    later = [*names["early"], "arm", "symptom_early", *names["given"]]
    b = crossed.slopes(gram, "symptom_end", later)[:, : len(a)]
    return np.sum(np.column_stack(a) * b, axis=1)


def _paths(
    crossed: Crossed, total: Floats, draws: Floats, early: str, names: Mapping[str, list[str]]
) -> Diagnostic:
    later = [*names["early"], "arm", "symptom_early", *names["given"]]
    at = names["early"].index(early)
    b = float(crossed.slopes(total, "symptom_end", later)[0, at])
    low, high = np.quantile(crossed.slopes(draws, "symptom_end", later)[:, at], [0.025, 0.975])
    a = float(crossed.slopes(total, early, ["arm", *names["given"]])[0, 0])
    return Diagnostic(
        f"path_{early}",
        b,
        "info",
        f"Early gain in {_plain(early)}: group less individual {a:.2f} points; a point more of "
        f"it went with {b:.3f} points more of later symptom gain [{low:.3f}, {high:.3f}].",
    )


def _reverse(
    crossed: Crossed, total: Floats, early: str, names: Mapping[str, list[str]]
) -> Diagnostic:
    given = ["arm", *names["given"]]
    end = early.replace("_early", "_end")
    forward = crossed.partial(total[0], early, "symptom_end", [*given, "symptom_early"])
    back = crossed.partial(total[0], "symptom_early", end, [*given, early])
    return Diagnostic(
        f"reverse_{early}",
        back,
        "info",
        f"Partial correlations over time: early {_plain(early)} with later symptoms {forward:.2f}; "
        f"the reverse, early symptoms with later {_plain(early)}, {back:.2f}.",
    )


def _sensitivity(
    crossed: Crossed, total: Floats, early: str, names: Mapping[str, list[str]]
) -> Diagnostic:
    """Return the correlation of errors at which the product is zero.

    In linear models it is the correlation of the residuals of mediator and outcome with the
    mediator left out (Imai, Keele and Yamamoto 2010, doi 10.1214/10-STS321, theorem 4).
    """
    others = [one for one in names["early"] if one != early]
    given = ["arm", "symptom_early", *names["given"], *others]
    rho = crossed.partial(total[0], early, "symptom_end", given)
    return Diagnostic(
        f"sensitivity_{early}",
        rho,
        "info",
        f"Something unmeasured that correlates the errors of {_plain(early)} and later symptoms "
        f"by {rho:.2f} would account for the whole path.",
    )


def _assumptions() -> Diagnostic:
    return Diagnostic(
        "mediation_assumptions",
        None,
        "info",
        "The product is a part of the format's own difference only if nothing unmeasured moves "
        "format and benefit, format and symptoms, or benefit and symptoms, and if the benefit is "
        "measured without error; error makes the path smaller.",
    )


def _plain(early: str) -> str:
    return early.removesuffix("_early").replace("_", " ")
