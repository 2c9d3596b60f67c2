"""The plan's log as a chain: every line holds the hash of the line before it.

A line that was changed, put in, taken out or moved breaks the chain. Lines cut off at the end do
not; so the newest hash (the head) is also kept elsewhere, and must still be found in the log.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock

from analysis.claims.lines import UNREADABLE, Entry, read_line
from analysis.study.safekeeping import is_readable, make_way, write_whole

FIRST = "0" * 64
HEAD_FILE = "plan_log.head"
SPOILED = "a note that cannot be read"


@dataclass(frozen=True)
class Log:
    """What a log says, and what is wrong with it.

    Attributes
    ----------
    entries : tuple of dict
        The lines in order, as far as they can be read.
    hashes : tuple of str
        SHA-256 of each line, 64 hexadecimal digits.
    faults : tuple of str
        In words, what shows that the log is not whole; those found earlier are kept in its lines.
    """

    entries: tuple[Entry, ...] = ()
    hashes: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def head(self) -> str:
        """Hash of the newest line; zeros where there is none."""
        return self.hashes[-1] if self.hashes else FIRST


def read_log(path: Path, heads: Iterable[str] | None = None) -> Log:
    """Read a log and check its chain. Half a line at its end is passed over.

    Parameters
    ----------
    path : Path
        ``results/<study>/plan_log.jsonl``.
    heads : iterable of str, optional
        Heads noted elsewhere (an earlier report, a registration), each of which must be a line of
        the log. Without it, those that this study's folder holds.
    """
    noted = sorted(set(known_heads(path) if heads is None else heads))
    whole, _ = _split(path)
    entries, hashes, faults = _follow(whole)
    lost = [one for one in noted if one not in hashes]
    if lost and not whole:
        faults.append("the log is missing, though results of the study are there")
    elif lost:
        faults.append("the log was cut or written anew: lines noted earlier are no longer in it")
    said = [text for one in entries for text in one.get("found", [])]
    return Log(tuple(entries), tuple(hashes), tuple(dict.fromkeys([*said, *faults])))


def verify_chain(path: Path, heads: Iterable[str] | None = None) -> list[str]:
    """Return what is wrong with a log, in words; an empty list where it is whole."""
    return list(read_log(path, heads).faults)


def known_heads(path: Path) -> set[str]:
    """Return the heads that a study's folder holds beside the log: its note and its last report."""
    heads = set()
    note = path.parent / HEAD_FILE
    if os.path.lexists(note):
        heads.add(_bytes(note).decode(errors="replace").strip() or SPOILED)
    with suppress(ValueError, LookupError, TypeError, RecursionError):
        # A spoiled public file is another check's matter.
        heads.add(str(json.loads(_bytes(path.parent / "public" / "plan.json"))["head"]))
    return heads - {FIRST, "", "None"}


def append(path: Path, make: Callable[[Log], Mapping[str, Any] | None]) -> Entry | None:
    """Add a line to the log, which `make` writes from the log as it stands; None adds none.

    One process at a time; the line is on the disk when this returns. Half a line, left by a run
    that was killed, is set aside first.

    Returns
    -------
    dict or None
        The line as it was written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock")):
        _set_aside(path)
        log = read_log(path)
        content = make(log)
        if content is None:
            return None
        entry = {**content, "before": log.head, "time": datetime.now(UTC).isoformat("T", "seconds")}
        unsaid = [text for text in log.faults if not _said(log, text)]
        entry |= {"found": unsaid} if unsaid else {}
        line = json.dumps(entry, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        _write(path, line.encode() + b"\n")
        write_whole(path.parent / HEAD_FILE, f"{_hash(line.encode())}\n".encode())
        return entry


def _said(log: Log, fault: str) -> bool:
    return any(fault in one.get("found", []) for one in log.entries)


def _follow(lines: list[bytes]) -> tuple[list[Entry], list[str], list[str]]:
    entries: list[Entry] = []
    hashes: list[str] = []
    faults: list[str] = []
    before = FIRST
    for number, line in enumerate(lines, start=1):
        entry = read_line(line)
        if entry is None or entry["before"] != before:
            faults.append(f"the log was changed: line {number} does not follow from the one before")
        before = _hash(line)
        hashes.append(before)
        entries.append(entry or {"event": UNREADABLE})
    return entries, hashes, faults


def _split(path: Path) -> tuple[list[bytes], bytes]:
    """Return the whole lines of a file, and the half one after the last of them."""
    *lines, rest = _bytes(path).split(b"\n")
    if rest and read_line(rest):
        lines, rest = [*lines, rest], b""
    return [one for one in lines if one.strip()], rest


def _bytes(path: Path) -> bytes:
    """Return a file's content; nothing of what is no file."""
    return path.read_bytes() if is_readable(path) else b""


def _set_aside(path: Path) -> None:
    """Leave a file that ends with a whole line, or is not there."""
    if aside := make_way(path):
        print(f"{path.name}: it was no file; it is now {aside.name}.", file=sys.stderr)
    _, rest = _split(path)
    if not rest:
        if path.exists() and path.stat().st_size and not path.read_bytes().endswith(b"\n"):
            _write(path, b"\n")
        return
    aside = path.with_name("plan_log.set_aside")
    _write(aside, rest + b"\n")
    with path.open("rb+") as file:
        file.truncate(path.stat().st_size - len(rest))
        os.fsync(file.fileno())
    print(
        f"{path.name}: its last line was not finished (a run was killed); it is now in "
        f"{aside.name}, and the log goes on without it.",
        file=sys.stderr,
    )


def _write(path: Path, data: bytes) -> None:
    """Append bytes in one call, and wait until they are on the disk."""
    number = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(number, data)
        os.fsync(number)
    finally:
        os.close(number)


def _hash(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()
