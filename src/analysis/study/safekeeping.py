"""Files written whole or not at all, readable by their owner only, and known by their content."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

OWNER_ONLY = 0o077  # umask of every process that touches data: nothing for the group or others


def is_readable(path: Path) -> bool:
    """Return whether a path leads to a plain file that may be read; False whatever else it is."""
    try:
        return path.is_file() and os.access(path, os.R_OK)
    except (OSError, ValueError, RuntimeError):  # too long, a zero byte in it, links in a circle
        return False


def digest(path: Path) -> str:
    """Return the SHA-256 of a file's content, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_whole(path: Path, content: bytes) -> Path:
    """Write a file that is there whole or not at all, whenever the process is killed; return it.

    Its folder is made if need be. File and folder are readable by their owner only. What is no file
    and stands in its place makes way (`make_way`).
    """
    make_way(path)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(f".{path.name}.partial")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return partial.replace(path)


def make_way(path: Path) -> Path | None:
    """Rename what stands in a file's place and is none (a folder, a pipe); return where it is."""
    if path.is_file() or not os.path.lexists(path):
        return None
    return path.rename(path.with_name(f"{path.name}.{path.lstat().st_mtime_ns:x}.set_aside"))


def restrict(paths: Iterable[Path]) -> None:
    """Take from the group and others every right to files, to folders and to all below them.

    Links are not followed. What belongs to somebody else, or lies on a system without such rights,
    stays as it is.
    """
    for path in paths:
        if path.is_symlink() or not path.exists():
            continue
        _take_rights(path)
        for place, below, files in os.walk(path):
            for name in [*below, *files]:
                _take_rights(Path(place) / name)


def _take_rights(path: Path) -> None:
    mode = path.lstat().st_mode
    if not path.is_symlink() and mode & OWNER_ONLY:
        with suppress(OSError):
            path.chmod(mode & 0o7777 & ~OWNER_ONLY)
