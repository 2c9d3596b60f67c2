"""Read a study's `public/` folder, the only input of everything that is shown."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.present import numbers
from analysis.records.public_tables import public_tables


@dataclass(frozen=True)
class Public:
    """What a study has published.

    Attributes
    ----------
    study, plan : dict
        `study.json` and `plan.json`; empty where the file is absent.
    claims : list of dict
        The entries of `claims.json`, one a claim, part and source.
    tables : dict of pandas.DataFrame
        One frame for each of `records.public_tables`; empty where the file is absent or has no row.
    """

    study: dict[str, Any]
    plan: dict[str, Any]
    claims: list[dict[str, Any]]
    tables: dict[str, pd.DataFrame]

    @property
    def origin(self) -> str:
        """`synthetic` or `real`; one part that says synthetic makes the whole synthetic."""
        said = {self.study.get("data_origin"), *(c.get("data_origin") for c in self.claims)}
        return "synthetic" if "synthetic" in said else "real"

    @property
    def synthetic(self) -> bool:
        """Whether a simulator made the data."""
        return self.origin == "synthetic"

    @property
    def arms(self) -> dict[str, str]:
        """Arm id to label, in the study's order."""
        return {key: arm.get("label", key) for key, arm in (self.study.get("arms") or {}).items()}

    @property
    def contrasts(self) -> dict[str, dict[str, Any]]:
        """Contrast id to its description."""
        return self.study.get("contrasts") or {}

    @property
    def outcome(self) -> dict[str, Any]:
        """The primary outcome's description."""
        return self.study.get("outcome") or {}

    @property
    def plan_state(self) -> dict[str, Any]:
        """The plan's hash, registration, log, and whether it changed after outcomes were read."""
        state = {key: value for key, value in self.plan.items() if key != "plan"}
        return {**(self.study.get("plan") or {}), **state}

    def arm_label(self, arm: str) -> str:
        """Return an arm's label, or its id where it has none."""
        return self.arms.get(arm, arm)

    @cached_property
    def effects(self) -> list[dict[str, Any]]:
        """The rows of `effects.csv`, with intervals as pairs and missing values as None."""
        return [_effect(row) for row in self.tables["effects"].to_dict("records")]

    def effect(self, effect_id: Any) -> dict[str, Any]:
        """Return the effect of that id; an empty dictionary where there is none."""
        return next((one for one in self.effects if effect_id and one["id"] == effect_id), {})

    def plan_of(self, claim: str) -> dict[str, Any]:
        """Return what the resolved plan says of a claim."""
        claims = (self.plan.get("plan") or self.plan).get("claims") or {}
        if isinstance(claims, list):
            claims = {one.get("id"): one for one in claims}
        found: dict[str, Any] = claims.get(claim) or {}
        return found


def read_public(folder: Path) -> Public:
    """Read a study's public folder; an absent file is read as an empty one.

    Parameters
    ----------
    folder : pathlib.Path
        `results/<study>/public`.

    Returns
    -------
    Public
    """
    claims = _json(folder / "claims.json", [])
    return Public(
        study=_json(folder / "study.json", {}),
        plan=_json(folder / "plan.json", {}),
        claims=claims.get("claims", []) if isinstance(claims, dict) else claims,
        tables={
            name: _table(folder / "tables" / f"{name}.csv", one.text)
            for name, one in public_tables().items()
        },
    )


def _json(path: Path, default: Any) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else default


def _table(path: Path, text: Sequence[str]) -> pd.DataFrame:
    """Read a table: an empty cell is an empty text in a column of words, else missing."""
    if not path.exists() or not path.read_text(encoding="utf-8").strip():
        return pd.DataFrame()
    names = pd.read_csv(path, encoding="utf-8", nrows=0).columns
    return pd.read_csv(
        path,
        encoding="utf-8",
        keep_default_na=False,
        na_values={name: [""] for name in names if name not in text},
        dtype={name: str for name in names if name in text},
    )


def _effect(row: Mapping[Any, Any]) -> dict[str, Any]:
    effect = {str(key): None if _missing(value) else value for key, value in row.items()}
    for name in ("ci90", "ci95", "simultaneous"):
        effect[name] = _pair(effect, name)
    return effect


def _pair(effect: Mapping[str, Any], name: str) -> tuple[float, float] | None:
    """Return an interval written as JSON text or as two columns, `<name>_low` and `<name>_high`."""
    value = effect.get(name)
    if isinstance(value, str):
        value = json.loads(value.replace("(", "[").replace(")", "]"))
    if value is None:
        value = [effect.get(f"{name}_low"), effect.get(f"{name}_high")]
    return (float(value[0]), float(value[1])) if all(map(numbers.is_number, value)) else None


def _missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and value != value)
