"""Nothing is overwritten that the program did not write; what it writes is its owner's only."""

import contextlib
import os
import subprocess

import pytest

from analysis.study import made
from analysis.study.made import MARK, not_made, simulated_files, simulated_over_others, write_made
from analysis.study.problems import StudyError
from analysis.study.safekeeping import restrict, write_whole

CONTENTS = {"episodes.csv": b"episode_id\n1\n", "source/a.csv": b"a\n"}


def test_what_was_written_may_be_written_again(tmp_path):
    write_made(tmp_path / "x", CONTENTS)
    changed = {"episodes.csv": b"episode_id\n2\n"}
    write_made(tmp_path / "x", changed)
    assert (tmp_path / "x" / "episodes.csv").read_bytes() == changed["episodes.csv"]
    assert not not_made(tmp_path / "x", CONTENTS)


@pytest.mark.parametrize("how", ["edited", "foreign", "unmarked", "linked", "folder", "mark"])
def test_what_is_somebodys_is_never_touched(tmp_path, how):
    folder, place = tmp_path / "x", tmp_path / "x" / "episodes.csv"
    if how in {"edited", "unmarked"}:
        write_made(folder, CONTENTS)
    folder.mkdir(exist_ok=True)
    if how == "edited":
        place.write_bytes(b"mine\n")
    elif how == "unmarked":
        (folder / MARK).unlink()
    elif how == "foreign":
        place.write_bytes(b"mine\n")
    elif how == "linked":
        (tmp_path / "mine.csv").write_bytes(CONTENTS["episodes.csv"])
        place.symlink_to(tmp_path / "mine.csv")
    elif how == "folder":
        place.mkdir()
    else:
        (folder / MARK).write_text('{"my": "file"}', encoding="utf-8")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(StudyError) as error:
        write_made(folder, CONTENTS)
    (problem,) = error.value.problems
    assert (MARK if how == "mark" else "episodes.csv") in problem.found
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


@pytest.mark.parametrize("killed_at", range(8))
def test_a_kill_at_any_moment_leaves_what_can_be_written_again(tmp_path, monkeypatch, killed_at):
    write_made(tmp_path, CONTENTS)
    steps = iter(range(100))

    def dying(function):
        def step(*arguments, **named):
            if next(steps) == killed_at:
                raise KeyboardInterrupt
            return function(*arguments, **named)

        return step

    with monkeypatch.context() as patched:
        patched.setattr(made, "write_whole", dying(write_whole))
        patched.setattr(made.Path, "unlink", dying(made.Path.unlink))
        changed = {name: content + b"2\n" for name, content in CONTENTS.items()}
        with contextlib.suppress(KeyboardInterrupt):
            write_made(tmp_path, changed)
    assert not not_made(tmp_path, CONTENTS)
    write_made(tmp_path, CONTENTS)
    assert (tmp_path / "episodes.csv").read_bytes() == CONTENTS["episodes.csv"]


def test_a_forgotten_block_simulate_finds_every_file_that_it_would_take(tmp_path):
    config = {"study": "mine", "simulate": {}}
    folder = tmp_path / "data" / "raw" / "mine"
    for name in simulated_files():
        write_whole(folder / name, b"mine")
        (problem,) = simulated_over_others(config, tmp_path)
        assert name in problem.found and "simulate" in problem.remedy
        (folder / name).unlink()
    assert simulated_over_others(config, tmp_path) == []
    assert simulated_over_others({"study": "mine"}, tmp_path) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_data_are_their_owners_only(tmp_path):
    write_made(tmp_path / "x", CONTENTS)
    (tmp_path / "y").mkdir(mode=0o755)
    (tmp_path / "y" / "mine.csv").write_bytes(b"a")
    (tmp_path / "y" / "mine.csv").chmod(0o644)
    (tmp_path / "outside").write_bytes(b"a")
    (tmp_path / "outside").chmod(0o644)
    (tmp_path / "y" / "link").symlink_to(tmp_path / "outside")
    restrict([tmp_path / "y", tmp_path / "absent"])
    for path in [*(tmp_path / "x").rglob("*"), tmp_path / "y", tmp_path / "y" / "mine.csv"]:
        assert path.stat().st_mode & 0o077 == 0, path
    assert (tmp_path / "outside").stat().st_mode & 0o777 == 0o644


def test_nothing_of_a_study_is_ever_committed(root):
    """Everything below data but the evidence, and every result, is ignored by git."""
    places = [
        "data/mine.csv",
        "data/raw/episodes.csv",
        "data/raw/mine/episodes.csv",
        "data/interim/x.parquet",
        "results/mine/private/x.parquet",
        "results/mine.lock",
    ]
    done = subprocess.run(
        ["git", "check-ignore", "--no-index", *places, "data/raw/evidence/new.csv"],
        cwd=root,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if done.returncode == 128:
        pytest.skip("not a git repository")
    assert done.stdout.split() == places
