"""`Verdict`: what one part of a claim came to, why, and on what estimate; flat JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from analysis.records.effect import with_intervals

VERDICTS = (
    "SUPPORTED",
    "CHANGE SEEN",
    "CONTRADICTED",
    "INCONCLUSIVE",
    "FINDING",
    "NOT TESTABLE",
    "ERROR",
)


@dataclass(frozen=True)
class Verdict:
    """One entry of ``claims.json``.

    The key is (`id`, `part`, `source`, `margin`). `verdict` is one of `VERDICTS`, or an external
    fact's own word, which stays outside every count. `estimate` and its intervals are in `unit`,
    positive meaning group (the comparison arm) better; shares are between 0 and 1.

    Attributes
    ----------
    deciding : bool
        True for the part that decides its claim.
    interval : {"", "ci90", "ci95", "simultaneous"}
        The interval that the decision table read.
    simultaneous, simultaneous_level, simultaneous_family
        As `Effect` has them.
    untreated, untreated_se : float or None
        Published change of untreated people in `unit`, and its standard error.
    tests : list of dict or None
        Both one-sided tests against the margin; see `claims.apply.one_sided_tests`.
    reachable : dict or None
        Chance of each verdict for this sample size, by assumed truth; see `claims.preflight`.
    planted, recovered : float or None, {"yes", "no", "undecided", ""}
        Truth of a synthetic study, and whether the verdict is the one that the truth deserves;
        see `claims.recovery.came_back`.
    per_protocol : dict or None
        The second answer that the plan asks for; see `claims.agreement.hold_to`.
    delta_range : dict or None
        What is assumed of the unseen, and whether SUPPORTED holds throughout; see
        `claims.throughout.hold_throughout`.
    prediction : dict or None
        Published effects: the prediction interval at the table's level, and its verdict.
    literature : dict or None
        Published entries: the named source (citation, doi, comparator, population, how obtained,
        how sure) and whether the study's effect is consistent with it (``outcome``, ``reason``).
    """

    id: str
    part: str
    title: str
    block: str
    stance: str
    kind: str
    statement: str
    verdict: str
    reason: str
    reason_text: str
    data_origin: str
    source: Literal["study", "published"] = "study"
    rule: str = ""
    deciding: bool = False
    status: Literal["planned", "exploratory"] = "planned"
    effect_id: str = ""
    estimate: float | None = None
    se: float | None = None
    ci90: tuple[float, float] | None = None
    ci95: tuple[float, float] | None = None
    simultaneous: tuple[float, float] | None = None
    simultaneous_level: float | None = None
    simultaneous_family: str = ""
    interval: str = ""
    df: float | None = None
    df_method: str = ""
    unit: str = ""
    margin: float | None = None
    threshold: float | None = None
    untreated: float | None = None
    untreated_se: float | None = None
    standardised: float | None = None
    n_used: int | None = None
    n_eligible: int | None = None
    unit_of_n: str = ""
    clusters: int | None = None
    cluster_unit: str = ""
    icc: float | None = None
    tests: list[dict[str, float]] | None = None
    reachable: dict[str, Any] | None = None
    robustness: dict[str, Any] | None = None
    planted: float | None = None
    recovered: str = ""
    per_protocol: dict[str, Any] | None = None
    delta_range: dict[str, Any] | None = None
    prediction: dict[str, Any] | None = None
    literature: dict[str, Any] | None = None
    message: str = ""
    phrase: str = ""
    paragraph: str = ""
    reference: str = ""
    unlock: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return a flat dictionary of JSON types."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Verdict:
        """Rebuild a verdict from `to_json`'s dictionary.

        Raises
        ------
        TypeError
            If a key is unknown or a required one is missing.
        """
        return cls(**with_intervals(data))
