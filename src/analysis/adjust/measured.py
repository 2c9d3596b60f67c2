"""`Measured`: everything of a study that comparisons take, read once by each step that needs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import pandas as pd

from analysis.adjust.diagnostics import Thresholds
from analysis.cohort import restrict
from analysis.measures.instruments import Registry, load_instruments
from analysis.records.limits import limits_of
from analysis.study.rowless import rowless
from analysis.study.store import Tables, read_frame, read_tables

FRAMES = ("scores", "outcomes", "repeated", "sessions", "weeks")


@rowless
@dataclass(frozen=True, kw_only=True)
class Measured:
    """A study's measures; a frame that nobody asks for is left empty.

    Attributes
    ----------
    tables : dict of str to DataFrame
        Canonical tables of the cohort.
    scores, outcomes, repeated : DataFrame
        As `measures.scoring` and `measures.outcomes` give them.
    sessions, weeks : DataFrame
        As `measures.exposure` gives them (of the whole study; of the cohort); empty where the study
        has none.
    config : mapping
        The study's config.
    registry : mapping of str to Instrument
    thresholds : Thresholds
        Of the checks of a weighted comparison.
    """

    tables: Tables
    scores: pd.DataFrame = field(default_factory=pd.DataFrame)
    outcomes: pd.DataFrame = field(default_factory=pd.DataFrame)
    repeated: pd.DataFrame = field(default_factory=pd.DataFrame)
    sessions: pd.DataFrame = field(default_factory=pd.DataFrame)
    weeks: pd.DataFrame = field(default_factory=pd.DataFrame)
    config: Mapping[str, Any]
    registry: Registry
    thresholds: Thresholds

    @classmethod
    def load(
        cls, files: Any, config: Mapping[str, Any], of_plan: Mapping[str, Any], **more: Any
    ) -> Self:
        """Read what a step's files hold.

        Parameters
        ----------
        files : mapping
            ``tables`` (paths of canonical tables in one folder), ``cohort``, ``instruments``, and
            any of `FRAMES`.
        config : mapping
            The study's config.
        of_plan : mapping
            Groups of the plan's limits; ``weighting`` gives `thresholds`.
        more
            What a subclass asks for beside.
        """
        ids = read_frame(files["cohort"])["episode_id"]
        frames: dict[str, Any] = {
            name: read_frame(files[name]) for name in FRAMES if files.get(name)
        }
        return cls(
            tables=restrict(read_tables(Path(files["tables"][0]).parent), ids),
            **frames,
            config=config,
            registry=load_instruments(Path(files["instruments"])),
            thresholds=limits_of(Thresholds, of_plan["weighting"]),
            **more,
        )
