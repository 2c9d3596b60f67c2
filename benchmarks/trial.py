"""Simulated partially nested trials for the benchmarks, as frames and as plain binary columns."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

GROUP_SIZE = 8
ICC = 0.05
CONDITIONS = np.array(["anxiety", "mood", "trauma"], dtype=object)


def endpoint(rows: int, seed: int = 1, noisy: float = 1.0) -> pd.DataFrame:
    """One row a participant (M1); `noisy` is the group arm's residual variance over the other's."""
    rng = np.random.default_rng(seed)
    frame = _participants(rows, rng)
    u = rng.normal(0, np.sqrt(ICC), frame["group"].max() + 1)
    spread = np.where(frame["arm"] == 1, np.sqrt(noisy * (1 - ICC)), np.sqrt(1 - ICC))
    fixed = -0.24 * frame["arm"] + 0.5 * frame["y0"] + 0.2 * (frame["condition"] == "mood")
    frame["y"] = fixed + frame["grouped"] * u[frame["group"]] + rng.normal(size=rows) * spread
    return _shuffled(frame, rng)


def repeated(rows: int, seed: int = 2) -> pd.DataFrame:
    """About `rows` rows of five planned occasions, a tenth of the later ones missing (M2)."""
    rng = np.random.default_rng(seed)
    people = _participants(round(rows / 4.6), rng)
    n = len(people)
    b = rng.multivariate_normal([0, 0], [[0.5, -0.03], [-0.03, 0.06]], n)
    u = rng.normal(0, np.sqrt(ICC), (people["group"].max() + 1))
    frame = people.loc[people.index.repeat(5)].reset_index(drop=True)
    frame["time"] = np.tile(np.arange(5.0), n)
    person = frame["participant"].to_numpy() - 1
    frame["y"] = (
        0.5 * frame["y0"]
        - (0.2 + 0.06 * frame["arm"]) * frame["time"]
        + b[person, 0]
        + b[person, 1] * frame["time"]
        + frame["grouped"] * u[frame["group"]]
        + rng.normal(0, np.sqrt(0.5), len(frame))
    )
    seen = (frame["time"] == 0) | (rng.random(len(frame)) > 0.1)
    return _shuffled(frame[seen], rng)


def outcomes(frame: pd.DataFrame, trials: int, seed: int = 3) -> np.ndarray:
    """Outcomes of many trials on one design, (participants, trials)."""
    rng = np.random.default_rng(seed)
    u = rng.normal(0, np.sqrt(ICC), (frame["group"].max() + 1, trials))
    fixed = (-0.24 * frame["arm"] + 0.5 * frame["y0"]).to_numpy()[:, None]
    exposed = frame["grouped"].to_numpy()[:, None] * u[frame["group"]]
    return fixed + exposed + rng.normal(0, np.sqrt(1 - ICC), (len(frame), trials))


def _shuffled(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Rows in random order, as an export may have them."""
    return frame.iloc[rng.permutation(len(frame))].reset_index(drop=True)


def _participants(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Half of the participants in closed groups of eight; each of the others a cluster alone.

    Programs that refuse a missing group need some code for clients without one; the exposure
    `grouped` is zero there, so that the likelihood is the same whatever the code.
    """
    arm = (np.arange(n) < n // 2).astype(float)
    group = np.where(arm == 1, np.arange(n) // GROUP_SIZE, np.arange(n))
    return pd.DataFrame(
        {
            "participant": np.arange(1, n + 1),
            "arm": arm,
            "group": group,
            "grouped": arm,
            "y0": rng.normal(size=n),
            "condition": CONDITIONS[rng.integers(0, 3, n)],
        }
    )


def write_columns(frame: pd.DataFrame, folder: Path) -> None:
    """Write each column as raw doubles (categories as codes), for R and for other interpreters."""
    folder.mkdir(parents=True, exist_ok=True)
    codes = frame.assign(condition=np.searchsorted(CONDITIONS, frame["condition"].to_numpy()))
    for name in codes:
        codes[name].to_numpy(float).tofile(folder / f"{name}.f64")
    (folder / "columns.json").write_text(
        json.dumps({"columns": list(codes), "rows": len(codes)}), encoding="utf-8"
    )


def read_columns(folder: Path) -> pd.DataFrame:
    """Read what `write_columns` wrote; equal strings are one object, as from a CSV reader."""
    names = json.loads((folder / "columns.json").read_text(encoding="utf-8"))["columns"]
    frame = pd.DataFrame({name: np.fromfile(folder / f"{name}.f64") for name in names})
    whole = {name: "int64" for name in ("participant", "group")}
    return frame.astype(whole).assign(condition=CONDITIONS[frame["condition"].to_numpy(int)])
