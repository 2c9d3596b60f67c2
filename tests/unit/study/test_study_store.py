"""Tables written and read again are the same tables, and the same bytes each time."""

import pandas as pd
import pytest

from analysis.study.store import read_frame, read_tables, write_tables


def test_a_round_trip_keeps_values_types_and_order(study, tmp_path):
    study.write()
    tables = study.read()
    written = write_tables(tables, tmp_path / "out")
    assert [one.stem for one in written] == list(tables)
    again = read_tables(tmp_path / "out")
    assert list(again) == list(tables)
    for name, frame in tables.items():
        pd.testing.assert_frame_equal(again[name], frame)


def test_the_same_tables_give_the_same_bytes(study, tmp_path):
    study.write()
    one = write_tables(study.read(), tmp_path / "one")
    two = write_tables(study.read(), tmp_path / "two")
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


def test_a_table_no_longer_declared_does_not_stay_behind(study, tmp_path):
    study.write()
    tables = study.read()
    write_tables(tables, tmp_path / "out")
    write_tables({"episodes": tables["episodes"]}, tmp_path / "out")
    assert list(read_tables(tmp_path / "out")) == ["episodes"]


def test_only_tables_of_the_dictionary_are_written(tmp_path):
    with pytest.raises(KeyError, match="notes"):
        write_tables({"notes": pd.DataFrame()}, tmp_path)
    with pytest.raises(FileNotFoundError):
        read_tables(tmp_path)


def test_no_step_reads_by_threads_that_outlive_it(root):
    for folder in ("src", "workflow"):
        for path in (root / folder).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert "pd.read_parquet(" not in text, path


def test_a_table_is_read_as_pandas_reads_it(tmp_path):
    frame = pd.DataFrame(
        {
            "words": ["a", None],
            "n": pd.array([1, None], dtype="Int64"),
            "seen": pd.array([True, None], dtype="boolean"),
            "level": pd.Categorical(["x", "y"]),
            "score": [1.5, float("nan")],
        },
        index=pd.Index([3, 5], name="row"),
    )
    frame.to_parquet(tmp_path / "x.parquet")
    pd.testing.assert_frame_equal(
        read_frame(tmp_path / "x.parquet"), pd.read_parquet(tmp_path / "x.parquet")
    )
