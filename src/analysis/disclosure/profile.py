"""Profiles of disclosure control: what the big releasers ask of a table that leaves."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """Rules for counts, named once per study.

    Attributes
    ----------
    name : str
        Key of `PROFILES`.
    smallest : int
        The smallest number of people behind a published cell, zero apart.
    base : int
        Published counts are multiples of it; 1 means that they are not rounded.
    zero : bool
        Whether a count of nobody may be published.
    least_df : int
        The smallest residual degrees of freedom (n minus parameters) of a published model.
    releases : bool
        Whether anything may leave.
    source : str
        Whose rule it is, and where it stands.
    """

    name: str
    smallest: int
    base: int
    zero: bool
    least_df: int = 10
    releases: bool = True
    source: str = ""

    def __post_init__(self) -> None:
        if self.smallest < 1 or self.base < 1 or self.base > max(self.smallest, 1):
            raise ValueError("a threshold and a base of at least 1, the base at most the threshold")

    def hides(self, people: int) -> bool:
        """Return whether a cell with so many people behind it is suppressed."""
        return not self.zero if people == 0 else people < self.smallest


PROFILES = {
    one.name: one
    for one in (
        Profile(
            "default", 10, 5, zero=True, source="this project: a threshold of 10, rounded to 5"
        ),
        Profile(
            "cms", 11, 1, zero=True, source="CMS cell size policy, resdac.org/node/1506 (2024)"
        ),
        Profile(
            "opensafely",
            8,
            5,
            zero=False,
            source="OpenSAFELY, docs/outputs/sdc.md (2026): up to 7 redacted, then rounded to 5",
        ),
        Profile("ukllc", 10, 1, zero=False, source="UK LLC Guidebook, sdc.md (2026)"),
        Profile("acro", 10, 1, zero=False, source="ACRO 1.0.2, AI-SDC; SACRO guide (2023)"),
        Profile("internal", 1, 1, zero=True, least_df=1, releases=False, source="nothing leaves"),
    )
}
