"""The open studies after conversion hold their published figures; strangers' files are refused."""

import numpy as np
import pytest

from analysis.study.config import read_config
from analysis.study.documents import read_yaml
from analysis.study.fetch import SOURCES_FILE, fetch_study
from analysis.study.open_data import convert_reframed
from analysis.study.problems import StudyError
from analysis.study.reading import read_study


def _ranges(root):
    registry = read_yaml(root / "config" / "instruments.yaml")
    return {name: tuple(one["range"]) for name, one in registry["instruments"].items()}


def _read(name, root, shared_data, folder):
    written = fetch_study(name, shared_data, folder / "data" / "raw" / name)
    assert all(path.is_file() for path in written)
    assert not list(folder.rglob("*.partial"))
    config = read_config(root / "config" / "studies" / f"{name}.yaml")
    return read_study(config, folder, _ranges(root))


@pytest.fixture(scope="module")
def bright(root, shared_data, tmp_path_factory):
    return _read("bright", root, shared_data, tmp_path_factory.mktemp("bright"))


@pytest.fixture(scope="module")
def reframed(root, shared_data, tmp_path_factory):
    return _read("reframed", root, shared_data, tmp_path_factory.mktemp("reframed"))


def _summary(tables, instrument):
    scores = tables["assessments"].merge(tables["episodes"][["episode_id", "arm"]])
    scores = scores[scores["instrument"] == instrument]
    return scores.groupby(["arm", "day"])["score"].agg(["count", "mean", "std"])


def test_bright_has_its_published_follow_up_and_means(bright):
    # Watkins et al. 2011: follow-up 88.1% and 86.2% of 159, 85.7% and 85.0% of 140.
    published = {
        ("usual_care", 0): (159, 34.2, 9.5),
        ("usual_care", 91): (140, 21.8, 12.7),
        ("usual_care", 183): (137, 18.2, 13.8),
        ("group_cbt", 0): (140, 32.7, 8.9),
        ("group_cbt", 91): (120, 14.8, 11.2),
        ("group_cbt", 183): (119, 12.3, 11.9),
    }
    found = _summary(bright, "BDI-II")
    assert set(found.index) == set(published)
    for key, figures in published.items():
        assert (found.loc[key, "count"], *found.loc[key, ["mean", "std"]].round(1)) == figures
    followed = found["count"] / found["count"].xs(0, level="day")
    assert (100 * followed.loc["usual_care"]).round(1).tolist()[1:] == [88.1, 86.2]
    assert (100 * followed.loc["group_cbt"]).round(1).tolist()[1:] == [85.7, 85.0]


def test_bright_has_its_sessions_groups_and_attendance(bright):
    assert len(bright["sessions"]) == 245 and len(bright["groups"]) == 4
    assert len(bright["attendance"]) == 1473
    present = bright["attendance"].groupby("session_id").size()
    assert (present.min(), present.max(), round(present.mean(), 1)) == (1, 10, 6.0)
    attended = bright["attendance"].groupby("episode_id").size()
    assert (attended.min(), attended.max(), attended.median()) == (1, 19, 13)
    treated = bright["episodes"].query("arm == 'group_cbt'")["episode_id"]
    assert len(set(treated) - set(attended.index)) == 8
    assert len(bright["memberships"]) == 132 and bright["memberships"]["primary"].all()
    groups = (
        bright["sessions"]
        .merge(bright["attendance"])
        .merge(bright["memberships"], on="episode_id", suffixes=("", "_member"))
    )
    assert (groups["group_id"] == groups["group_id_member"]).all()
    first = bright["sessions"].groupby("group_id")["sequence"].agg(["min", "max", "size"])
    assert (first["min"] == 1).all() and (first["max"] == first["size"]).all()


def test_reframed_has_its_arms_therapists_and_difference_at_seven_months(reframed):
    episodes = reframed["episodes"]
    assert episodes["arm"].value_counts().to_dict() == {"ro_dbt": 162, "usual_care": 88}
    therapists = episodes.groupby("arm")["primary_therapist_id"].agg(["nunique", "count"])
    assert therapists.loc["ro_dbt"].tolist() == [22, 162]
    assert therapists.loc["usual_care"].tolist() == [0, 0]
    hamd = _summary(reframed, "HAM-D")
    assert sorted(set(hamd.index.get_level_values("day"))) == [0, 213, 365, 548]
    assert hamd["count"].tolist() == [162, 121, 130, 112, 88, 62, 60, 55]
    means = hamd["mean"]
    difference = means["usual_care", 213] - means["ro_dbt", 213]
    assert round(difference, 1) == 3.8


def test_reframed_untidiness_is_gone(reframed):
    assessments = reframed["assessments"]
    assert assessments["day"].notna().all() and assessments["score"].notna().all()
    phq = assessments[assessments["instrument"] == "PHQ-9"]
    assert len(phq) == 2433 and phq["score"].min() == 0
    assert len(set(phq["day"])) == 14  # months 0 to 12 and 18
    assert reframed["episodes"]["personality_disorder"].value_counts().to_dict() == {
        "yes": 192,
        "no": 58,
    }


def test_reframed_copy_and_readme(shared_data, tmp_path):
    fetch_study("reframed", shared_data / "reframed", tmp_path)
    copied = (tmp_path / "source" / "reframed.csv").read_bytes()
    assert copied == (shared_data / "reframed" / "reframed.csv").read_bytes()
    readme = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "CC BY-SA 4.0" in readme and "Lynch" in readme and "Post-Rx" in readme
    assert "£" not in (tmp_path / "episodes.csv").read_text(encoding="utf-8")


def test_fetching_again_gives_the_same_bytes(shared_data, tmp_path):
    first = {one: one.read_bytes() for one in fetch_study("bright", shared_data, tmp_path)}
    assert {one: one.read_bytes() for one in fetch_study("bright", shared_data, tmp_path)} == first


def test_a_changed_or_missing_file_is_refused_and_nothing_is_written(tmp_path):
    source = tmp_path / "bright"
    source.mkdir()
    (source / "bright_members.csv").write_text("subject,therapy_group\n1,1\n", encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        fetch_study("bright", tmp_path, tmp_path / "out")
    found = {problem.file: problem.found for problem in caught.value.problems}
    assert found == {
        str(source / "bright_outcomes.csv"): "no such file",
        str(source / "bright_members.csv"): "another version, or a damaged file",
        str(source / "bright_attendance.csv"): "no such file",
    }
    assert not (tmp_path / "out").exists()


def test_an_unknown_study_is_met_with_the_nearest(tmp_path):
    with pytest.raises(StudyError, match='Did you mean "bright"'):
        fetch_study("brigth", tmp_path, tmp_path)


def test_a_score_without_a_place_in_time_is_refused(tmp_path):
    head = "patient,month,grp,site,therapist,age_years,female,phq9,hamd,hamd.b,income,pd\n"
    row = "1,Post-Rx,TAU,1,,40,1,12,NaN,20,,0\n"
    (tmp_path / "reframed.csv").write_text(head + row, encoding="utf-8")
    with pytest.raises(ValueError, match="no place in time"):
        convert_reframed(tmp_path)


def test_every_source_says_where_it_is_from_and_what_was_decided():
    for study in read_yaml(SOURCES_FILE).values():
        assert study["attribution"] and study["licence"] and study["decisions"]
        assert all(len(one) == 64 for one in study["files"].values())
        assert np.all([one.endswith(".csv") for one in study["files"]])
