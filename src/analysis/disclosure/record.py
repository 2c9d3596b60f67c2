"""What was published, by content: receipts of each step, the record of all, and what differs.

Each step that publishes leaves a receipt below ``private/published``: the files that it wrote, with
their SHA-256. The record, ``public/record.json``, is made from them last. A public file that is not
as its receipt says was edited, damaged or deleted: it is set aside and its step runs again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from analysis.disclosure.publish import Published
from analysis.study.safekeeping import digest, write_whole

RECEIPTS = Path("private", "published")
ASIDE = Path("private", "set_aside")
RECORD = "record.json"


def write_receipt(published: Iterable[Published], path: Path) -> None:
    """Write which files a step published; its last act, so that a step cut short has none."""
    files = sorted((asdict(one) for one in published), key=lambda one: one["name"])
    write_whole(path, (json.dumps(files, indent=1) + "\n").encode())


def read_receipts(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """Return the files of several receipts: name, kind, rows and sha256, sorted by name."""
    files = [one for path in paths for one in _read(path)]
    return sorted(files, key=lambda one: one["name"])


def set_altered_aside(results: Path) -> list[str]:
    """Take out of a study's public folder what is not as it was published.

    Parameters
    ----------
    results : Path
        ``results/<study>``.

    Returns
    -------
    list of str
        Files below ``public`` that were edited (now below ``private/set_aside``) or deleted. The
        receipts that name them are gone, so that the steps that made them run again.
    """
    found = altered(results)
    for step, names in found.items():
        for name in names:
            _set_aside(results, name)
        (results / RECEIPTS / f"{step}.json").unlink()
    return [name for names in found.values() for name in names]


def altered(results: Path) -> dict[str, list[str]]:
    """Return the steps that must publish again, each with its edited or deleted files; reads only.

    A step whose receipt cannot be read stands here too, with no file.
    """
    found = {}
    for receipt in sorted((results / RECEIPTS).glob("*.json")):
        files = _read(receipt)
        wrong = [one["name"] for one in files if not _is_as(results / "public", one)]
        if wrong or not files:
            found[receipt.stem] = wrong
    return found


def differences(results: Path) -> Iterator[str]:
    """Yield, in words, where a study's public folder is not what its record and receipts say."""
    public = results / "public"
    recorded = _files(public / RECORD)
    if not recorded:
        yield f"public/{RECORD}: no record that can be read; run the report again"
    receipts = read_receipts(sorted((results / RECEIPTS).glob("*.json")))
    noted = {one["name"]: one["sha256"] for one in receipts}
    for one in recorded:
        name = one["name"]
        if not (public / name).is_file():
            yield f"public/{name}: in the record, but not there"
        elif not _is_as(public, one):
            yield f"public/{name}: not as the record says"
        if noted.pop(name, one["sha256"]) != one["sha256"]:
            yield f"public/{name}: the record says other than the receipt of its step"
    if not _is_as(public, {"name": RECORD, "sha256": noted.pop(RECORD, "")}):
        yield f"public/{RECORD}: not as it was written"
    yield from (f"public/{name}: published, but not in the record" for name in sorted(noted))
    known = {RECORD, *(one["name"] for one in [*recorded, *receipts])}
    for path in sorted(public.rglob("*")):
        name = path.relative_to(public).as_posix()
        if not path.is_dir() and name not in known:
            yield f"public/{name}: not made by the program"


def recorded_data(results: Path) -> Mapping[str, str]:
    """Return the SHA-256 of each declared table's file, as the record has it; empty without one."""
    content = _json(results / "public" / RECORD)
    data = content.get("data") if isinstance(content, dict) else None
    return data if isinstance(data, dict) else {}


def _set_aside(results: Path, name: str) -> None:
    path = results / "public" / name
    if path.is_symlink():
        path.unlink()
    elif path.exists():  # also what is no file, such as a folder of this name
        mark = digest(path)[:8] if path.is_file() else f"{path.stat().st_mtime_ns:x}"
        kept = results / ASIDE / Path(name).parent / f"{path.stem}.{mark}{path.suffix}"
        kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.replace(kept)


def _is_as(public: Path, one: Mapping[str, Any]) -> bool:
    path = public / one["name"]
    return path.is_file() and not path.is_symlink() and digest(path) == one["sha256"]


def _read(receipt: Path) -> Sequence[dict[str, Any]]:
    return _named(_json(receipt))


def _files(record: Path) -> Sequence[dict[str, Any]]:
    content = _json(record)
    return _named(content.get("files") if isinstance(content, dict) else None)


def _named(files: Any) -> Sequence[dict[str, Any]]:
    """Return the entries if each names a file below ``public`` and its digest; else none."""
    if not isinstance(files, list):
        return []
    for one in files:
        name = one.get("name") if isinstance(one, dict) else None
        if not isinstance(name, str) or not isinstance(one.get("sha256"), str):
            return []
        if Path(name).is_absolute() or ".." in Path(name).parts:
            return []
    return files


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
