"""`publish`: the only function that writes to a study's ``public`` folder.

A pass-through for now: it marks the data's origin and refuses what carries row-level identifiers.
Disclosure control moves in here.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.disclosure.spreadsheet import harmless_csv
from analysis.records.public_tables import in_schema
from analysis.study.safekeeping import write_whole

PRIVATE_COLUMNS = frozenset({"episode_id", "participant_id", "assessment_id"})


class DisclosureError(Exception):
    """Something that must stay private was about to be published."""


@dataclass(frozen=True)
class Published:
    """What was written: `name` below ``public``, `kind`, `rows` (None unless a table), `sha256`."""

    name: str
    kind: str
    rows: int | None
    sha256: str


def publish(content: Any, target: Path, *, data_origin: str) -> Published:
    """Write one public file, and return its record.

    Parameters
    ----------
    content : DataFrame, dict, list, bytes or str
        A table (written as CSV), JSON types, an image's bytes, or a page.
    target : Path
        A path below a folder named ``public``.
    data_origin : {"real", "synthetic", "published"}
        Becomes the last column of a table and a key of a dictionary; ``published`` for figures of
        the literature, which are real beside a synthetic study too.

    Raises
    ------
    DisclosureError
        If `target` is not below ``public``, or a table carries a participant's key.
    TableError
        If a table below ``tables`` is not as `records.public_tables` says.
    """
    if "public" not in target.parts:
        raise DisclosureError(f"{target} is not below a public folder")
    if target.parent.name == "tables":
        content = in_schema(target.stem, content)
    data, kind, rows = _serialise(content, data_origin)
    write_whole(target, data)
    below = target.parts[target.parts.index("public") + 1 :]
    return Published("/".join(below), kind, rows, hashlib.sha256(data).hexdigest())


def _serialise(content: Any, data_origin: str) -> tuple[bytes, str, int | None]:
    import pandas as pd  # the main process of a run imports this module, and needs no tables

    if isinstance(content, pd.DataFrame):
        found = sorted(PRIVATE_COLUMNS & set(content.columns))
        if found:
            raise DisclosureError(f"the table carries {', '.join(found)}")
        marked = content.drop(columns="data_origin", errors="ignore").assign(
            data_origin=data_origin
        )
        text = marked.to_csv(index=False, float_format="%.10g", lineterminator="\n")
        return harmless_csv(text).encode(), "table", len(marked)
    if isinstance(content, dict | list):
        carried = _with_harmless_csv(content)
        if isinstance(carried, dict):
            carried["data_origin"] = data_origin
        ordered = isinstance(content, dict)
        text = json.dumps(carried, indent=1, ensure_ascii=False, sort_keys=ordered)
        return (text + "\n").encode(), "json", None
    if isinstance(content, str):
        return content.encode(), "page", None
    return bytes(content), "image", None


def _with_harmless_csv(content: Any) -> Any:
    """Return JSON types whose texts under the key ``csv`` are harmless in a spreadsheet."""
    if isinstance(content, dict):
        return {
            key: harmless_csv(one)
            if key == "csv" and isinstance(one, str)
            else _with_harmless_csv(one)
            for key, one in content.items()
        }
    return [_with_harmless_csv(one) for one in content] if isinstance(content, list) else content
