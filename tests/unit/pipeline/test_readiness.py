"""Before any job: locked, private, nothing of the user's in the way."""

import os

import pytest

from analysis.pipeline.readiness import look, prepare
from analysis.study.lock import release
from analysis.study.problems import StudyError


@pytest.fixture
def config(tmp_path):
    folder = tmp_path / "data" / "raw" / "mine"
    folder.mkdir(parents=True, mode=0o755)
    (folder / "episodes.csv").write_text("x\n", encoding="utf-8")
    (folder.parent / "loose.csv").write_text("x\n", encoding="utf-8")
    for path in (folder / "episodes.csv", folder.parent / "loose.csv"):
        path.chmod(0o644)
    tables = {"episodes": "data/raw/mine/episodes.csv", "groups": "data/raw/loose.csv"}
    yield {"study": "mine", "tables": tables}
    release("mine", tmp_path)


def test_a_look_writes_nothing(config, tmp_path):
    before = {path: path.stat().st_mode for path in tmp_path.rglob("*")}
    assert look(config, tmp_path) == []
    assert {path: path.stat().st_mode for path in tmp_path.rglob("*")} == before


def test_a_forgotten_block_simulate_stops_before_any_job(config, tmp_path):
    before = (tmp_path / "data" / "raw" / "mine" / "episodes.csv").read_bytes()
    for how in (look, prepare):
        with pytest.raises(StudyError, match="simulate"):
            how({**config, "simulate": {}}, tmp_path)
    assert (tmp_path / "data" / "raw" / "mine" / "episodes.csv").read_bytes() == before


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_data_become_their_owners_only(config, tmp_path):
    prepare(config, tmp_path)
    raw = tmp_path / "data" / "raw"
    for path in (raw / "mine", raw / "mine" / "episodes.csv", raw / "loose.csv"):
        assert path.stat().st_mode & 0o077 == 0, path
