"""Puts the repository's root on the path, so that `tests.oracle` imports under plain `pytest`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[4]))
