"""`Effect`: one estimate with its uncertainty, sample and diagnostics; a JSON round trip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd

Status = Literal["pass", "warn", "fail", "info"]
INTERVALS = ("ci90", "ci95", "simultaneous")


def with_intervals(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a JSON dictionary with its intervals as pairs, which JSON writes as lists."""
    return {
        name: tuple(value) if name in INTERVALS and value is not None else value
        for name, value in data.items()
    }


@dataclass(frozen=True)
class Diagnostic:
    """A check of an estimate, as a value.

    Attributes
    ----------
    name : str
        Snake-case name of the check.
    value : float or None
        What was measured.
    status : {"pass", "warn", "fail", "info"}
        `fail` blocks the estimate; `warn` is shown beside it.
    text : str
        One sentence for the report.
    """

    name: str
    value: float | None
    status: Status
    text: str


@dataclass(frozen=True)
class Effect:
    """One estimated quantity. Positive means group (the comparison arm) better, always.

    Attributes
    ----------
    id : str
        Key, unique in a run, such as ``format.depression.ancova``.
    contrast, construct, instrument, estimand, model : str
        What was estimated, on what, and how.
    time : str
        Time of the outcome in words, such as ``day 42``.
    value, se : float or None
        Estimate and standard error in `unit`.
    unit : str
        Unit of `value`, such as ``PHQ-9 points`` or ``share``.
    standardised : float or None
        `value` divided by `standardiser`.
    standardiser : float or None
        The external standard deviation named in the plan.
    df : float or None
        Degrees of freedom of the t reference; None for a normal reference.
    df_method : str
        How `df` was found.
    ci90, ci95 : tuple of float or None
        Intervals in `unit`, each of this estimate alone.
    simultaneous : tuple of float or None
        Interval that holds together with those of its family in 95 of 100 studies.
    simultaneous_level : float or None
        What this interval alone would hold at, such as 0.9944.
    simultaneous_family : str
        The family, such as ``9 differences between arms``.
    n_used, n_eligible : int
        Participants (or the unit named in `unit_of_n`) in the estimate, and those that should be.
    clusters : int or None
        Number of clusters behind the estimate; `cluster_unit` says what a cluster is.
    icc : float or None
        Intraclass correlation in the clustered arm.
    status : {"ok", "error", "withheld"}
        `error` carries the failure in `message`; `withheld` carries the failed diagnostic.
    """

    id: str
    contrast: str
    construct: str
    instrument: str
    time: str
    estimand: str
    model: str
    unit: str
    data_origin: str
    value: float | None = None
    se: float | None = None
    df: float | None = None
    df_method: str = ""
    ci90: tuple[float, float] | None = None
    ci95: tuple[float, float] | None = None
    simultaneous: tuple[float, float] | None = None
    simultaneous_level: float | None = None
    simultaneous_family: str = ""
    standardised: float | None = None
    standardiser: float | None = None
    n_used: int = 0
    n_eligible: int = 0
    unit_of_n: str = "participants"
    clusters: int | None = None
    cluster_unit: str = ""
    icc: float | None = None
    converged: bool | None = None
    boundary: bool | None = None
    sign: str = "positive = group better"
    status: Literal["ok", "error", "withheld"] = "ok"
    message: str = ""
    diagnostics: tuple[Diagnostic, ...] = field(default_factory=tuple)

    def to_json(self) -> dict[str, Any]:
        """Return a dictionary of JSON types."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Effect:
        """Rebuild an effect from `to_json`'s dictionary.

        Raises
        ------
        TypeError
            If a key is unknown or a required one is missing.
        """
        known = with_intervals(data)
        known["diagnostics"] = tuple(Diagnostic(**one) for one in known.get("diagnostics", ()))
        return cls(**known)


EFFECT_FIELDS: tuple[str, ...] = tuple(one.name for one in fields(Effect))


def effects_table(effects: Sequence[Effect]) -> pd.DataFrame:
    """Return one row an effect; intervals become ``ci90_low`` ... ``simultaneous_high``."""
    import pandas as pd

    rows = []
    for effect in effects:
        row = effect.to_json()
        row.pop("diagnostics")
        for name in INTERVALS:
            low, high = row.pop(name) or (None, None)
            row |= {f"{name}_low": low, f"{name}_high": high}
        rows.append(row)
    names = [name for name in EFFECT_FIELDS if name not in {"diagnostics", *INTERVALS}]
    bounds = [f"{name}_{end}" for name in INTERVALS for end in ("low", "high")]
    return pd.DataFrame(rows, columns=[*names, *bounds])


def diagnostics_table(effects: Sequence[Effect]) -> pd.DataFrame:
    """Return one row a diagnostic of an effect."""
    import pandas as pd

    rows = [
        {"effect_id": effect.id, **asdict(one)} for effect in effects for one in effect.diagnostics
    ]
    return pd.DataFrame(rows, columns=["effect_id", "name", "value", "status", "text"])
