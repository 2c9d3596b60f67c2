"""Which source files a script of the workflow depends on: the closure of its imports.

A job is run again when one of these files changes, and for no other change of the code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = "analysis"
# `from analysis.room import one, two` on one line or between brackets, at any depth of a function.
IMPORTED = re.compile(
    rf"^[ \t]*from ({PACKAGE}(?:\.\w+)*) import (?:\(([^)]*)\)|([^\n(]+))", re.MULTILINE
)
WHOLE = re.compile(rf"^[ \t]*import ({PACKAGE}(?:\.\w+)*)", re.MULTILINE)


def dependencies(script: Path, source: Path) -> list[Path]:
    """Return every file of the package that a script needs, sorted.

    A name that a package only hands on (imported in its ``__init__``) leads to the module that
    defines it, not to all that the package holds. Files that a module names beside its code, such
    as a schema or a folder of templates, belong to the module.

    Parameters
    ----------
    script : Path
        A Python file outside the package, or a module of it.
    source : Path
        The folder that holds the package ``analysis``.

    Returns
    -------
    list of Path
        Below `source`; the script itself is not among them unless it is imported.

    Examples
    --------
    >>> script = Path("workflow/scripts/check_run.py")
    >>> dependencies(script, Path("src")) if script.exists() else []
    []
    """
    found: set[Path] = set()
    waiting = list(_imported(script, source))
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            found.update(_beside(path))
            if path.name != "__init__.py":
                waiting += _imported(path, source)
    return sorted(found)


@cache
def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def _imports(path: Path) -> list[tuple[str, list[str]]]:
    """Return each module that a file imports from, with the names that it takes."""
    text = _read(path)
    taken = [(one[1], _names(one[2] or one[3])) for one in IMPORTED.finditer(text)]
    return [*taken, *((one[1], [""]) for one in WHOLE.finditer(text))]


@cache
def _imported(path: Path, source: Path) -> list[Path]:
    """Return the files that the imports of one file lead to."""
    return [
        file
        for module, names in _imports(path)
        for name in names
        for file in _defining(module, name, source)
    ]


def _names(text: str) -> list[str]:
    bare = re.sub(r"#[^\n]*", "", text)
    return [one.split(" as ")[0].strip() for one in bare.split(",") if one.strip()]


@cache
def _defining(module: str, name: str, source: Path) -> tuple[Path, ...]:
    """Return the ``__init__`` files on the way to a name, and the module that defines it."""
    return tuple(_steps(module, name, source))


def _steps(module: str, name: str, source: Path) -> Iterator[Path]:
    place = source.joinpath(*module.split("."))
    steps = module.split(".")
    for depth in range(1, len(steps) + 1):
        init = source.joinpath(*steps[:depth], "__init__.py")
        if init.exists():
            yield init
    if place.with_suffix(".py").exists():
        yield place.with_suffix(".py")
    elif (place / f"{name}.py").exists():
        yield place / f"{name}.py"
    elif (place / name / "__init__.py").exists():
        yield from _all_of(place / name, source)
    else:
        yield from _handed_on(place / "__init__.py", name, source)


def _handed_on(init: Path, name: str, source: Path) -> Iterator[Path]:
    """Follow a name through the imports of a package; where it is defined there, take them all."""
    handed = [module for module, names in _imports(init) if name in names]
    if handed:
        yield from _defining(handed[0], name, source)
    else:
        yield from _imported(init, source)


def _all_of(package: Path, source: Path) -> Iterator[Path]:
    yield package / "__init__.py"
    yield from _imported(package / "__init__.py", source)


def _beside(path: Path) -> Iterator[Path]:
    """Yield the files, and the files of folders, that a module names beside itself."""
    text = _read(path)
    for name, files in _other_files(path.parent).items():
        if f'"{name}"' in text:
            yield from files


@cache
def _other_files(folder: Path) -> dict[str, list[Path]]:
    """Return what a folder holds beside code: each file, and the files of each plain folder."""
    found = {}
    for one in folder.iterdir():
        if one.is_file() and one.suffix not in {".py", ".pyc"}:
            found[one.name] = [one]
        elif one.is_dir() and not (one / "__init__.py").exists() and one.name != "__pycache__":
            found[one.name] = [below for below in one.rglob("*") if below.is_file()]
    return found
