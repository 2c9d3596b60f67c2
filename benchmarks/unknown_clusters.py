"""Coverage of 95% intervals when some clients' therapy groups are not known.

A partially nested trial, groups lost at random. Each client without a known group counts as a
cluster of one, as in the product; beside it, left out, or (wrong) as sharing nothing. One CSV line
a scenario: `python benchmarks/unknown_clusters.py [replicates]`.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

from analysis.engine import fit_mixed, may_be_negative

DESIGNS = ((16, 8), (8, 8), (30, 6))  # therapy groups, clients of each
ICCS = (0.06, 0.15)
SHARES = (0.0, 0.05, 0.1, 0.2)
POLICIES = ("cluster of one", "left out", "shares nothing")


def trial(rng: np.random.Generator, groups: int, size: int, icc: float) -> pd.DataFrame:
    """Simulate one trial without an effect: residual variance 1 - icc in groups, 1 elsewhere."""
    n = groups * size
    group = np.repeat(np.arange(groups), size)
    shared = rng.normal(0, np.sqrt(icc), groups)[group] + rng.normal(0, np.sqrt(1 - icc), n)
    alone = rng.normal(size=n)
    baseline = rng.normal(size=2 * n)
    return pd.DataFrame(
        {
            "y": np.r_[shared, alone] + 0.5 * baseline,
            "arm": np.repeat([1.0, 0.0], n),
            "baseline": baseline,
            "cluster": np.array([*(f"g{one}" for one in group), *([None] * n)], dtype=object),
        }
    ).assign(exposed=lambda rows: rows["arm"], by=lambda rows: rows["arm"].astype(str))


def lose(rows: pd.DataFrame, lost: np.ndarray, policy: str) -> pd.DataFrame:
    """Forget the groups of some clients, and treat them by a policy."""
    rows = rows.copy()
    if policy == "left out":
        return rows.drop(index=lost)
    rows.loc[lost, "cluster"] = (
        [f"not known {one}" for one in lost] if policy == POLICIES[0] else None
    )
    rows.loc[lost, "exposed"] = float(policy == POLICIES[0])
    return rows


def interval(rows: pd.DataFrame, groups: int) -> tuple[bool, float, float]:
    """Return whether the 95% interval holds the truth (0), its standard error, and the estimate."""
    fit = fit_mixed(
        rows,
        "y ~ arm + baseline",
        group="cluster",
        grouped="exposed",
        residual_by="by",
        negative_icc=may_be_negative(groups),
    )
    found = fit.contrast({"arm": 1.0}, df="satterthwaite")
    low, high = found.ci
    return bool(low <= 0 <= high), found.se, found.estimate


def main(replicates: int) -> None:
    """Print each scenario: coverage with its Monte Carlo error, mean SE over the true SD."""
    print("groups,size,icc,share_unknown,policy,coverage,monte_carlo_error,se_to_sd", flush=True)
    for groups, size in DESIGNS:
        for icc in ICCS:
            for share in SHARES:
                for policy in POLICIES[: 3 if share else 1]:
                    rng = np.random.default_rng([7, groups, round(100 * icc), round(100 * share)])
                    found = []
                    for _ in range(replicates):
                        rows = trial(rng, groups, size, icc)
                        n = groups * size
                        lost = rng.choice(n, round(share * n), replace=False)
                        found.append(interval(lose(rows, lost, policy), groups))
                    held, se, estimate = np.array(found, dtype=float).T
                    error = np.sqrt(held.mean() * (1 - held.mean()) / replicates)
                    ratio = se.mean() / estimate.std(ddof=1)
                    numbers = f"{held.mean():.4f},{error:.4f},{ratio:.3f}"
                    print(f"{groups},{size},{icc},{share},{policy},{numbers}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 600)
