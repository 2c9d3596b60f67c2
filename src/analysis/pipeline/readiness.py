"""What the main process does before jobs are planned; a look only says what it would."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.disclosure.record import altered, set_altered_aside
from analysis.study.lock import hold
from analysis.study.made import simulated_over_others
from analysis.study.places import refuse_unusable_places
from analysis.study.problems import StudyError
from analysis.study.safekeeping import is_readable, restrict
from analysis.study.stamps import declared_files


def prepare(config: Mapping[str, Any], root: Path = Path()) -> list[str]:
    """Make a study's folders ready for a run: locked, private, free of altered files.

    Parameters
    ----------
    config : mapping
        The study's config, found sound.
    root : Path
        The project's folder.

    Returns
    -------
    list of str
        What was found, in words for the person who runs it.

    Raises
    ------
    Busy
        If another process works on the study.
    StudyError
        If simulating the study would overwrite what the program did not write.
    """
    name = config["study"]
    results, raw = root / "results" / name, root / "data" / "raw"
    hold(name, root)
    _refuse_overwriting(config, root)
    there = [path for path in declared_files(config, root).values() if is_readable(path)]
    below = [path for path in there if raw.resolve() in path.resolve().parents]
    restrict([raw / name, results / "private", *below])
    return [
        f"public/{one} was edited or deleted: it is made again (an edited one is kept in "
        "private/set_aside)"
        for one in set_altered_aside(results)
    ]


def look(config: Mapping[str, Any], root: Path = Path()) -> list[str]:
    """Say what `prepare` would do to altered files, and write nothing; no lock is taken.

    Raises
    ------
    StudyError
        As `prepare` does.
    """
    refuse_unusable_places(config["study"], root)
    _refuse_overwriting(config, root)
    return [
        f"public/{name} was edited or deleted: a run makes it again"
        for names in altered(root / "results" / config["study"]).values()
        for name in names
    ]


def _refuse_overwriting(config: Mapping[str, Any], root: Path) -> None:
    if problems := simulated_over_others(config, root):
        raise StudyError(problems)
