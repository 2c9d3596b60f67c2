"""Canonical tables by hand, and the registry."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.measures.instruments import Instrument, load_instruments
from analysis.study.dictionary import dictionary

REGISTRY = Path(__file__).resolve().parents[3] / "config" / "instruments.yaml"


def make_table(name: str, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """One canonical table from rows that name only the columns that matter to the test."""
    frame = pd.DataFrame(list(rows))
    columns = {}
    for field in dictionary()[name].fields:
        values = frame.get(field.name, pd.Series(None, index=frame.index, dtype=object))
        dtype = "Float64" if field.dtype == "float64" else field.dtype
        columns[field.name] = values.astype(dtype).astype(field.dtype)
    extra = [column for column in frame if column not in columns]
    return pd.DataFrame(columns).assign(**{column: frame[column] for column in extra})


def make_episode(episode_id: str, **other: Any) -> dict[str, Any]:
    return {
        "episode_id": episode_id,
        "participant_id": f"p{episode_id}",
        "episode_number": 1,
        "site_id": "s1",
        "arm": "group",
        "observed_until_day": 90,
        **other,
    }


@pytest.fixture(scope="session")
def registry() -> dict[str, Instrument]:
    return load_instruments(REGISTRY)


@pytest.fixture(scope="session")
def table():
    return make_table


@pytest.fixture(scope="session")
def episode():
    return make_episode


@pytest.fixture
def config() -> dict[str, Any]:
    return {
        "arms": {
            "group": {"label": "Group", "format": "group"},
            "individual": {"label": "Individual", "format": "individual"},
        },
        "contrasts": {"format": {"comparison": "group", "reference": "individual"}},
        "outcome": {"construct": "depression", "day": 42, "window": [28, 63]},
        "baseline": {"window": [-14, 3]},
        "instruments": {"depression": "PHQ-9"},
        "cohort": {"episodes": "first", "require_baseline": True},
    }
