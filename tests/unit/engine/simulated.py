"""Small partially nested data sets with a known truth."""

from __future__ import annotations

import numpy as np
import pandas as pd

M1 = "y ~ arm + y0 + condition"
M2 = "y ~ arm * time + y0 + condition"


def endpoint(
    *, groups: int = 20, alone: int = 120, between: float = 0.3, seed: int = 1, size: int = 8
) -> pd.DataFrame:
    """One row a participant: unbalanced groups in arm 1, a noisier residual there."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(2, 2 * size, groups)
    group = np.r_[np.full(alone, -1), np.repeat(np.arange(groups), sizes)]
    n = len(group)
    arm = (group >= 0).astype(int)
    y0 = rng.normal(size=n)
    noise = rng.normal(size=n) * np.where(arm == 1, 1.3, 1.0)
    effect = rng.normal(size=groups) * between
    y = 10 + 0.3 * arm + 0.5 * y0 + noise + np.where(arm == 1, effect[group], 0.0)
    return pd.DataFrame(
        {
            "id": np.arange(n),
            "y": y,
            "arm": arm,
            "y0": y0,
            "condition": rng.choice(list("abc"), n),
            "group": np.where(group >= 0, group, np.nan),
            "weight": rng.uniform(0.5, 2.0, n),
            "exposure": np.where(arm == 1, rng.uniform(0.4, 1.0, n), 0.0),
        }
    )


def repeated(
    *,
    people: int = 160,
    size: int = 8,
    times: int = 4,
    between: tuple[float, float] = (0.4, 0.15),
    missing: float = 0.25,
    irregular: bool = False,
    seed: int = 1,
) -> pd.DataFrame:
    """Repeated outcomes with dropout: participant and group intercepts and slopes."""
    rng = np.random.default_rng(seed)
    clustered = people // 2
    groups = clustered // size
    group = np.r_[
        np.full(people - clustered, -1), np.minimum(np.arange(clustered) // size, groups - 1)
    ]
    who = np.repeat(np.arange(people), times)
    time = np.tile(np.arange(times, dtype=float), people)
    if irregular:
        time = time + rng.uniform(-0.2, 0.2, len(time))
    on = group[who] >= 0
    level, growth = rng.normal(size=people) * 0.8, rng.normal(size=people) * 0.3
    u0, u1 = rng.normal(size=groups) * between[0], rng.normal(size=groups) * between[1]
    y0, condition = rng.normal(size=people), rng.choice(list("abc"), people)
    y = 10 + 0.2 * on - 0.3 * time + 0.1 * on * time + 0.5 * y0[who]
    y += level[who] + growth[who] * time + rng.normal(size=len(who)) * np.where(on, 1.3, 1.0)
    y += np.where(on, u0[group[who]] + u1[group[who]] * time, 0.0)
    frame = pd.DataFrame(
        {
            "id": who,
            "y": y,
            "arm": on.astype(int),
            "time": time,
            "y0": y0[who],
            "condition": condition[who],
            "group": np.where(on, group[who], np.nan),
            "mood": rng.normal(size=len(who)),
        }
    )
    stays = rng.uniform(size=len(frame)) > missing * np.tile(np.arange(times), people) / times
    return frame[stays].reset_index(drop=True)
