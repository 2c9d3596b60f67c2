"""Studies that several tests look at: made once."""

import sys
from pathlib import Path

import pytest

from analysis.measures.instruments import Instrument, load_instruments
from analysis.simulate import Simulated, simulate_study

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def registry(root: Path) -> dict[str, Instrument]:
    return load_instruments(root / "config" / "instruments.yaml")


@pytest.fixture(scope="session")
def confounded(registry: dict[str, Instrument]) -> Simulated:
    return simulate_study(scenario="confounded", episodes=1500, seed=11, registry=registry)


@pytest.fixture(scope="session")
def randomised(registry: dict[str, Instrument]) -> Simulated:
    return simulate_study(scenario="randomised", episodes=1500, seed=13, registry=registry)
