"""Releases over time: what left, about whom, and whether the next one differs by too few people.

The ledger holds no id, only keyed digests of ids that the study's own secret makes; it is private
all the same, and lies where `clean` does not reach.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.disclosure.profile import Profile
from analysis.study.safekeeping import write_whole


@dataclass(frozen=True)
class Population:
    """Who stands behind one part of a release: the whole cohort, a subgroup, a `where:`."""

    release: str
    part: str
    members: frozenset[str]

    def __repr__(self) -> str:
        return f"Population({self.release!r}, {self.part!r}, <{len(self.members)} people>)"


@dataclass(frozen=True)
class Differencing:
    """Two populations that differ by too few people."""

    release: str
    part: str
    earlier: str
    earlier_part: str
    reason: str


def digests(ids: Iterable[str], secret: bytes) -> frozenset[str]:
    """Return keyed digests of participants' ids (HMAC-SHA256, RFC 2104)."""
    return frozenset(hmac.new(secret, one.encode(), hashlib.sha256).hexdigest()[:32] for one in ids)


def differencing(
    new: Sequence[Population], earlier: Sequence[Population], profile: Profile
) -> list[Differencing]:
    """Return the pairs whose difference is a small group of people.

    A reader who subtracts one from the other learns about those that only one has. Populations of
    the new release are held against each other too. Equal populations give nothing.
    """
    found = []
    for place, one in enumerate(new):
        for other in [*earlier, *new[:place]]:
            for group, word in (
                (one.members - other.members, "only the later one has"),
                (other.members - one.members, "only the earlier one has"),
            ):
                overlap = one.members & other.members
                if overlap and 0 < len(group) < profile.smallest:
                    reason = f"fewer than {profile.smallest} people, which {word}"
                    found.append(
                        Differencing(one.release, one.part, other.release, other.part, reason)
                    )
    return found


def read_ledger(path: Path) -> list[Population]:
    """Return what was released so far; nothing where there is no ledger.

    Raises
    ------
    ValueError
        If the ledger is damaged: without it nothing more may leave.
    """
    if not path.exists():
        return []
    populations = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            entry = json.loads(line)
            members = frozenset(map(str, entry["members"]))
            populations.append(Population(str(entry["release"]), str(entry["part"]), members))
        except (ValueError, KeyError, TypeError):
            raise ValueError(f"{path.name}, line {number}: no entry of a ledger") from None
    return populations


def append(path: Path, populations: Iterable[Population]) -> None:
    """Add a release to the ledger; it is written whole or not at all."""
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    lines = [json.dumps(_entry(one), sort_keys=True) + "\n" for one in populations]
    write_whole(path, (before + "".join(lines)).encode())


def _entry(one: Population) -> Mapping[str, object]:
    return {"release": one.release, "part": one.part, "members": sorted(one.members)}
