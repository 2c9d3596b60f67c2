"""From the open studies' files to their published follow-up counts and means."""

import pytest

from analysis.cohort import select_cohort
from analysis.measures.exposure import participant_weeks, session_facts
from analysis.measures.instruments import ranges
from analysis.measures.outcomes import outcome_table, repeated_table
from analysis.measures.scoring import score_assessments
from analysis.study.documents import read_yaml
from analysis.study.fetch import fetch_study
from analysis.study.reading import read_study


@pytest.fixture
def study(root, shared_data, tmp_path, registry):
    def read(name):
        config = read_yaml(root / f"config/studies/{name}.yaml")
        fetch_study(name, shared_data, tmp_path / "data" / "raw" / name)
        return read_study(config, tmp_path, ranges(registry)), config

    return read


def test_bright_follow_up_and_means(study, registry):
    tables, config = study("bright")
    cohort = select_cohort(tables, config)
    assert len(cohort.episodes) == 299
    scores = score_assessments(cohort.tables, registry)
    found = outcome_table(cohort.tables, scores, config, registry)
    baseline = found[found["primary"]].groupby("arm")["baseline"].agg(["count", "mean", "std"])
    assert baseline.loc["usual_care"].round(1).tolist() == [159, 34.2, 9.5]
    assert baseline.loc["group_cbt"].round(1).tolist() == [140, 32.7, 8.9]
    later = found.groupby(["time", "arm"])["outcome"].agg(["count", "mean", "std"]).round(1)
    assert later.loc[("day 91", "usual_care")].tolist() == [140, 21.8, 12.7]
    assert later.loc[("day 91", "group_cbt")].tolist() == [120, 14.8, 11.2]
    assert later.loc[("day 183", "usual_care")].tolist() == [137, 18.2, 13.8]
    assert later.loc[("day 183", "group_cbt")].tolist() == [119, 12.3, 11.9]
    repeated = repeated_table(cohort.tables, scores, config, registry)
    assert len(repeated) == 299 + 260 + 256


def test_bright_sessions(study):
    tables, _ = study("bright")
    present = session_facts(tables)["present"]
    assert len(present) == 245
    assert (present.min(), present.max()) == (1, 10)
    assert round(present.mean(), 1) == 6.0
    # The file holds no days and no lengths, so no one can say how many hours a week held.
    assert participant_weeks(tables)["attended_hours"].isna().all()


def test_reframed_constructs_keep_the_names_of_the_study(study, registry):
    tables, config = study("reframed")
    cohort = select_cohort(tables, config)
    scores = score_assessments(cohort.tables, registry)
    found = outcome_table(cohort.tables, scores, config, registry)
    assert set(found["construct"]) == {"depression", "depression_self_rated"}
    bound = found.groupby("construct")["instrument"].unique().map(list).to_dict()
    assert bound == {"depression": ["HAM-D"], "depression_self_rated": ["PHQ-9"]}
    assert found.groupby(["construct", "time"]).size().eq(len(cohort.episodes)).all()
