"""Many seeds of many worlds: analysed in chunks that are kept, so that a stopped run goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

import pandas as pd

CHUNK = 50


class Named(Protocol):
    """A world with a name."""

    @property
    def name(self) -> str:
        """Name, unique among the worlds."""


World = TypeVar("World", bound=Named)


def analysed(
    worlds: Sequence[World],
    seeds: int,
    keep: Path,
    analyse: Callable[[World, int], pd.DataFrame],
) -> pd.DataFrame:
    """Analyse every seed of all worlds; chunks that are there are not made again.

    Parameters
    ----------
    worlds : sequence
    seeds : int
        Seeds 0 to `seeds` - 1 of each world.
    keep : Path
        Folder of the chunks.
    analyse : callable
        World and seed to rows, with a column ``seed``.
    """
    keep.mkdir(parents=True, exist_ok=True)
    for first in range(0, seeds, CHUNK):
        for world in worlds:
            path = keep / f"{world.name.replace(' ', '_').replace(',', '')}.{first:06d}.csv"
            if not path.exists():
                parts = [analyse(world, seed) for seed in range(first, first + CHUNK)]
                pd.concat(parts).to_csv(path.with_suffix(".part"), index=False)
                path.with_suffix(".part").rename(path)
        print(f"{min(first + CHUNK, seeds)} of {seeds} seeds", flush=True)
    done = pd.concat([pd.read_csv(path) for path in sorted(keep.glob("*.csv"))])
    return done[done["seed"] < seeds]


def write_between(page: Path, marks: tuple[str, str], text: str) -> None:
    """Put a text between two marks of a page, in the place of what stood there."""
    before, rest = page.read_text(encoding="utf-8").split(marks[0])
    after = rest.split(marks[1], 1)[1]
    page.write_text(f"{before}{marks[0]}\n{text}\n{marks[1]}{after}", encoding="utf-8")
