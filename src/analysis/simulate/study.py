"""`simulate_study`: a scenario and a seed become a synthetic study with its answer key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.measures.instruments import Instrument
from analysis.simulate.answers import answer_key
from analysis.simulate.program import run_program
from analysis.simulate.questionnaires import registered
from analysis.simulate.scenarios import make_truth
from analysis.simulate.tables import write_down
from analysis.study.made import ANSWER_KEY, write_made


@dataclass(frozen=True)
class Simulated:
    """A synthetic study.

    Attributes
    ----------
    tables : dict of str to DataFrame
        Every canonical table in raw shape.
    answers : dict
        The answer key in JSON types: data_origin, scenario, episodes, seed, truth (every planted
        number), answers (a list of claim, part, value, unit, note) and facts (name, value, unit,
        note).
    latent : DataFrame
        One row an episode, in the order of ``tables["episodes"]``: what no program could know.
        For tests only; it is never written.
    """

    tables: dict[str, pd.DataFrame]
    answers: dict[str, Any]
    latent: pd.DataFrame = field(repr=False)


def simulate_study(
    *,
    scenario: str,
    episodes: int,
    seed: int,
    registry: Mapping[str, Instrument],
    truth: Mapping[str, Any] | None = None,
) -> Simulated:
    """Make a synthetic study.

    Parameters
    ----------
    scenario : {"confounded", "randomised"}
    episodes : int
        Number of participants' first episodes; readmissions come on top.
    seed : int
        The same seed gives the same bytes.
    registry : mapping
        From `analysis.measures.instruments.load_instruments`.
    truth : mapping, optional
        Changes to the scenario's `Truth`.

    Raises
    ------
    StudyError
        If the scenario or a key of `truth` is unknown.
    """
    planted = make_truth(scenario, truth)
    instruments = registered(registry)
    for_program, for_record, for_answers = np.random.SeedSequence(seed).spawn(3)
    program = run_program(episodes, planted, instruments, for_program)
    key = {
        "data_origin": "synthetic",
        "scenario": scenario,
        "episodes": episodes,
        "seed": seed,
        **answer_key(planted, episodes, instruments, for_answers),
    }
    tables = write_down(program, instruments, planted, episodes, for_record)
    return Simulated(tables, key, program.latent)


def write_simulated(simulated: Simulated, folder: Path) -> None:
    """Write one csv a table and ``truth.json`` into a folder, which is made if need be.

    Raises
    ------
    StudyError
        If one of these files is there already and not as the simulator wrote it.
    """
    contents = {
        f"{name}.csv": table.to_csv(index=False, float_format="%.6g", lineterminator="\n").encode()
        for name, table in simulated.tables.items()
    }
    text = json.dumps(simulated.answers, indent=2, ensure_ascii=False)
    write_made(folder, {**contents, ANSWER_KEY: f"{text}\n".encode()})
