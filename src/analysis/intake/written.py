"""What `prepare` leaves behind: the tables in data/raw, what changed in them, and their config."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from csv import reader
from pathlib import Path

import pandas as pd

from analysis.study.dictionary import dictionary
from analysis.study.made import read_mark, write_made
from analysis.study.safekeeping import digest, write_whole
from analysis.study.store import Tables

BEGIN = "# Kept by `python run.py prepare`, from the map: change the map, not these lines."
END = "# End of what prepare keeps."
_BLOCK = re.compile(rf"^{re.escape(BEGIN)}\n.*?^{re.escape(END)}$", re.MULTILINE | re.DOTALL)


def write_prepared(folder: Path, tables: Tables) -> list[str]:
    """Write the tables as csv, each whole; say what is new, gone and changed in them.

    Parameters
    ----------
    folder : Path
        data/raw/<study>; made if it is not there, readable by its owner only.
    tables : dict of str to DataFrame
        Canonical tables.

    Returns
    -------
    list of str
        One line a table; counts only.

    Raises
    ------
    StudyError
        If a file of this name is there that the program did not write; nothing is written.
    """
    contents = {f"{name}.csv": as_csv(frame) for name, frame in tables.items()}
    former = {name: _former(folder / f"{name}.csv") for name in dictionary()}
    lines = [_changes(name, former[name], contents[f"{name}.csv"]) for name in tables]
    write_made(folder, contents)
    marks = read_mark(folder)
    for name in dictionary():
        path = folder / f"{name}.csv"
        if name not in tables and path.is_file() and digest(path) == marks.get(path.name):
            path.unlink()
            lines.append(f"{name}: gone; the map no longer makes it")
    return lines


def as_csv(frame: pd.DataFrame) -> bytes:
    """Return a table as csv in UTF-8, numbers without needless digits."""
    import pyarrow as pa
    from pyarrow import csv

    buffer = io.BytesIO()
    table = pa.Table.from_pandas(frame, preserve_index=False)
    csv.write_csv(table, buffer, csv.WriteOptions(quoting_style="needed"))
    return buffer.getvalue()


def keep_in_config(path: Path, study: str, tables: Tables, impossible: Mapping[str, str]) -> bool:
    """Bring the block of a study's config that prepare keeps up to date; False if it has none."""
    text = path.read_text(encoding="utf-8")
    if not _BLOCK.search(text):
        return False
    block = config_block(study, list(tables), impossible)
    new = _BLOCK.sub(lambda _: block, text, count=1)
    if new != text:
        write_whole(path, new.encode())
    return True


def config_block(study: str, tables: list[str], impossible: Mapping[str, str]) -> str:
    """Return the lines of a config that follow from a map: its tables, and what cannot be given."""
    lines = [BEGIN, "tables:"]
    lines += [f"  {name}: data/raw/{study}/{name}.csv" for name in tables]
    if impossible:
        lines.append("impossible:")
        lines += [f"  {key}: {_quoted(one)}" for key, one in sorted(impossible.items())]
    return "\n".join([*lines, END])


def _quoted(text: str) -> str:
    return json.dumps(" ".join(text.split()), ensure_ascii=False)


def _former(path: Path) -> pd.DataFrame | None:
    marks = read_mark(path.parent)
    if not path.is_file() or digest(path) != marks.get(path.name):
        return None
    return _texts(path.read_bytes())


def _texts(content: bytes) -> pd.DataFrame:
    import pyarrow as pa
    from pyarrow import csv

    names = next(reader(io.StringIO(content[: content.find(b"\n")].decode())))
    as_text = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
    return pd.DataFrame(csv.read_csv(io.BytesIO(content), convert_options=as_text).to_pandas())


def _changes(name: str, before: pd.DataFrame | None, content: bytes) -> str:
    """Say how a table differs from the one that was there, by its key; counts only."""
    now = _texts(content)
    if before is None:
        return f"{name}: {len(now)} rows"
    keys = list((dictionary()[name].keys or (tuple(dictionary()[name].columns),))[0])
    keys = [one for one in keys if one in now and one in before]
    old, new = (_hashes(one, keys) for one in (before, now))
    both = old.index.intersection(new.index)
    parts = {
        "new": len(new.index.difference(old.index)),
        "gone": len(old.index.difference(new.index)),
        "changed": int((old[both] != new[both]).sum()),
    }
    said = ", ".join(f"{count} {word}" for word, count in parts.items() if count)
    return f"{name}: {len(now)} rows ({said or 'as before'})"


def _hashes(frame: pd.DataFrame, keys: list[str]) -> pd.Series:
    """Return a hash of each whole row, by a hash of its key; keys that come twice count once."""
    whole = pd.util.hash_pandas_object(
        frame[sorted(map(str, frame.columns))].fillna(""), index=False
    )
    key = pd.util.hash_pandas_object(frame[keys].fillna(""), index=False)
    return pd.Series(whole.to_numpy(), index=key.to_numpy()).groupby(level=0).sum()
