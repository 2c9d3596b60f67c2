"""The content of files decides what runs again, not their dates."""

import os

import pytest

from analysis.study.problems import StudyError
from analysis.study.stamps import declared_files, digests, refuse_changed, write_stamp


@pytest.fixture
def study(tmp_path):
    (tmp_path / "a.csv").write_text("x\n1\n", encoding="utf-8")
    return {"tables": {"episodes": "a.csv", "groups": "absent.csv"}}, tmp_path


def test_an_older_file_with_other_content_changes_the_stamp(study):
    config, root = study
    stamp = root / "private" / "data.json"
    write_stamp(stamp, declared_files(config, root))
    os.utime(stamp, (1, 1))
    before = stamp.read_bytes()
    (root / "a.csv").write_text("x\n2\n", encoding="utf-8")
    os.utime(root / "a.csv", (0, 0))
    write_stamp(stamp, declared_files(config, root))
    assert stamp.read_bytes() != before and stamp.stat().st_mtime > 1


def test_a_touched_file_does_not(study):
    config, root = study
    stamp = root / "private" / "data.json"
    write_stamp(stamp, declared_files(config, root))
    os.utime(stamp, (1, 1))
    (root / "a.csv").touch()
    write_stamp(stamp, declared_files(config, root))
    assert stamp.stat().st_mtime == 1


def test_a_file_that_comes_or_goes_changes_the_stamp(study):
    config, root = study
    assert set(digests(declared_files(config, root))) == {"episodes"}
    (root / "absent.csv").write_text("y\n", encoding="utf-8")
    assert set(digests(declared_files(config, root))) == {"episodes", "groups"}


def test_a_file_that_changes_while_it_is_read_is_refused(study):
    config, root = study
    before = digests(declared_files(config, root))
    refuse_changed(config, before, root)
    (root / "a.csv").write_text("x\n3\n", encoding="utf-8")
    with pytest.raises(StudyError, match="changed meanwhile"):
        refuse_changed(config, before, root)
