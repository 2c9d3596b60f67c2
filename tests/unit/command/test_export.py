"""The analysis set for the statistician next door: one row an episode, documented, private."""

import os
import stat

import pandas as pd
import pyreadstat
import pytest

from analysis.command.export import WRITERS, export
from analysis.study.problems import StudyError
from analysis.study.store import write_tables


@pytest.fixture
def project(tmp_path):
    """A project with the results of a study of three episodes, two of which count."""
    root = tmp_path / "project"
    private = root / "results" / "mine" / "private"
    private.mkdir(parents=True)
    (root / "config" / "studies").mkdir(parents=True)
    config = "study: mine\ncovariates:\n  - {column: prior, type: numeric, role: baseline}\n"
    (root / "config" / "studies" / "mine.yaml").write_text(config, encoding="utf-8")
    ids = pd.array(["e1", "e2", "e3"], dtype="string")
    episodes = pd.DataFrame(
        {"episode_id": ids, "arm": ["group", "individual", "group"], "prior": [0.0, 2.0, 1.0]}
    )
    spells = pd.DataFrame(
        {"group_id": ["g1", "g2"], "episode_id": ["e1", "e1"], "primary": [False, True]}
    )
    write_tables({"episodes": episodes, "memberships": spells}, private / "tables")
    pd.DataFrame({"episode_id": ["e1", "e2"]}).to_parquet(private / "cohort.parquet")
    outcome = {
        "episode_id": ["e1", "e2"],
        "construct": "depression",
        "instrument": "PHQ-9",
        "time": "day 42",
        "baseline": [15.0, 12.0],
        "baseline_day": [0, -2],
        "outcome": [7.0, None],
        "outcome_day": [40, None],
        "change": [8.0, None],
    }
    pd.DataFrame(outcome).to_parquet(private / "outcomes.parquet")
    return root


def test_one_row_an_episode_that_counts_with_what_each_column_means(project, tmp_path):
    file, rows = export("mine", tmp_path / "out", "csv", project)
    frame = pd.read_csv(file)
    assert rows == 2 and list(frame["episode_id"]) == ["e1", "e2"]
    assert frame.loc[0, ["primary_group_id", "prior", "depression_day_42_change"]].tolist() == [
        "g2",
        0.0,
        8.0,
    ]
    book = pd.read_csv(tmp_path / "out" / "mine_codebook.csv")
    assert list(book["column"]) == list(frame.columns) and book["meaning"].notna().all()


@pytest.mark.parametrize("ending", sorted(WRITERS))
def test_every_format_holds_the_same_numbers(project, tmp_path, ending):
    file, _ = export("mine", tmp_path / ending, ending, project)
    read = {
        "csv": pd.read_csv,
        "parquet": pd.read_parquet,
        "sav": lambda path: pyreadstat.read_sav(str(path))[0],
        "dta": lambda path: pyreadstat.read_dta(str(path))[0],
    }
    frame = read[ending](file)
    assert frame["depression_day_42_outcome"].tolist()[0] == 7.0
    assert frame["depression_day_42_outcome"].isna().tolist() == [False, True]
    if ending == "sav":
        labels = pyreadstat.read_sav(str(file))[1].column_names_to_labels
        assert labels["depression_day_42_outcome"] == "PHQ-9, day 42: score at the planned day."


def test_it_is_not_written_into_the_project_nor_over_another_file(project, tmp_path):
    with pytest.raises(StudyError, match="outside the project"):
        export("mine", project / "results" / "mine" / "public", "csv", project)
    export("mine", tmp_path / "out", "csv", project)
    with pytest.raises(StudyError, match="Move it"):
        export("mine", tmp_path / "out", "csv", project)


def test_a_study_without_results_has_nothing_to_export(project, tmp_path):
    with pytest.raises(StudyError, match="Run the report first"):
        export("other", tmp_path / "out", "csv", project)


@pytest.mark.skipif(os.name != "posix", reason="rights of this kind exist on POSIX only")
def test_only_the_owner_may_read_it(project, tmp_path):
    before = os.umask(0o077)
    try:
        file, _ = export("mine", tmp_path / "out", "sav", project)
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0
