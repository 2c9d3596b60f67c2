"""Ways of breaking one place of a document: what a hand, a script or an attacker leaves there."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from typing import Any

Place = tuple[Any, ...]
VALUES: dict[str, Any] = {
    "null": None,
    "true": True,
    "zero": 0,
    "minus": -0.1,
    "huge": 1e300,
    "endless": math.inf,
    "no number": math.nan,
    "text": "valeu",
    "empty text": "",
    "number as text": "1.3",
    "path": "../../etc/passwd",
    "letters": "ü\u202e\U0001f600",
    "long": "x" * 5000,
    "list": [],
    "long list": ["x"] * 2000,
    "keys": {},
    "nested": {"a": {"b": {"c": [1]}}},
}


def places(document: Any, here: Place = ()) -> Iterator[Place]:
    """Yield every place of a document, the deepest last."""
    inside = document.items() if isinstance(document, dict) else ()
    inside = enumerate(document) if isinstance(document, list) else inside
    for step, one in inside:
        yield (*here, step)
        yield from places(one, (*here, step))


def broken(document: Any, place: Place) -> Iterator[tuple[str, Any]]:
    """Yield copies of a document, each broken at the place in another way, with the way's name."""
    *above, last = place
    for name, value in VALUES.items():
        changed, parent = _copy(document, above)
        parent[last] = copy.deepcopy(value)
        yield name, changed
    changed, parent = _copy(document, above)
    value = parent.pop(last)
    yield "deleted", changed
    if isinstance(parent, dict):
        parent[f"{last}e" if isinstance(last, str) else str(last)] = value
        yield "misspelt", changed
    else:
        changed, parent = _copy(document, above)
        parent.append(copy.deepcopy(parent[last]))
        yield "twice", changed


def _copy(document: Any, above: list[Any]) -> tuple[Any, Any]:
    """Copy a document along the way to a place; what lies elsewhere is shared."""
    changed = copy.copy(document)
    parent = changed
    for step in above:
        parent[step] = copy.copy(parent[step])
        parent = parent[step]
    return changed, parent
