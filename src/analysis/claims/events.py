"""The events of a plan's log, and the one that jobs write: outcomes are read.

What reads outcomes depends on this file, and not on how plans are resolved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from analysis.claims.chain import Log, append
from analysis.claims.lines import READ, STATES, Entry


@dataclass(frozen=True)
class State:
    """What a result depends on.

    Attributes
    ----------
    plan : str
        Hash of the plan's decisions.
    data : str
        Digest of the declared files; of the settings of the simulator where it makes them.
    code : str
        Digest of the package's source.
    commit : str
        Git commit of that source, where it is committed as it is; else empty. It does not count
        when two states are compared.
    """

    plan: str
    data: str
    code: str
    commit: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what makes two states the same."""
        return self.plan, self.data, self.code

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> State:
        """Return the state that a line of the log names."""
        return cls(*(str(entry.get(name, "")) for name in ("plan", "data", "code", "commit")))


def record_outcomes_read(path: Path) -> Entry | None:
    """Log that outcomes are read in the log's newest state, once for each state."""
    return append(path, lambda log: once(log, READ, {}))


def once(log: Log, event: str, content: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return a line of the newest state, or None where the log has it since that state began."""
    for one in reversed(log.entries):
        if one.get("event") == event:
            return None
        if one.get("event") in STATES:
            return {"event": event, **asdict(State.of(one)), **content}
    return {"event": event, **asdict(State("", "", "")), **content}
