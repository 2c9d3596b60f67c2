"""What a config says of identifying columns: exceptions, covariates, and who stands out."""

import pandas as pd
import pytest

from analysis.study.anonymity import alike, diversity
from analysis.study.config import check_config, read_config
from analysis.study.covariates import is_id
from analysis.study.reading import examine_study

INSTRUMENTS = {"PHQ-9": (0.0, 27.0), "RSES": (0.0, 30.0)}
REASON = "The trial office gave these numbers out; no key is kept."


def test_a_column_comes_in_with_the_users_reason_and_is_listed(study):
    study.fill("episodes", "chart_no", ["7", "8", "9", "10"])
    assert study.problem().column == "chart_no"
    study.config["not_identifying"] = {"episodes": {"chart_no": REASON}}
    study.write()
    _, doubts = examine_study(study.config, study.root, INSTRUMENTS)
    (doubt,) = [one for one in doubts if one.check == "not_identifying"]
    assert (doubt.column, doubt.severity, len(doubt.rows)) == ("chart_no", "declared", 4)
    assert REASON in doubt.done


def test_a_reason_lets_in_its_own_column_only(study):
    study.fill("episodes", "chart_no", ["7", "8", "9", "10"])
    study.fill("episodes", "first_name", ["7", "8", "9", "10"])
    study.config["not_identifying"] = {"episodes": {"chart_no": REASON}}
    assert study.problem().column == "first_name"


def test_a_reason_for_a_column_that_is_not_there_is_a_problem(study):
    study.config["not_identifying"] = {"episodes": {"colours": REASON}}
    problem = study.problem()
    assert (problem.column, problem.found) == ("colours", "no such column")
    assert "colour" in problem.remedy


@pytest.fixture
def config(root):
    return read_config(root / "config/studies/example.yaml")


def keys(config):
    problems = check_config(config, file="config/studies/example.yaml")
    return [one.column for one in problems]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"not_identifying": {"episode": {"x": REASON}}}, "not_identifying.episode"),
        ({"not_identifying": {"episodes": {"x": "short"}}}, "not_identifying.episodes.x"),
        ({"quasi_identifiers": {"columns": ["age"]}}, "quasi_identifiers.columns.age"),
        (
            {"quasi_identifiers": {"columns": ["gender"], "sensitive": ["x"]}},
            "quasi_identifiers.sensitive.x",
        ),
    ],
)
def test_what_is_no_exception_and_no_quasi_identifier_is_a_problem_of_the_config(
    config, change, key
):
    assert keys({**config, **change}) == [key]


def test_quasi_identifiers_may_be_covariates_of_the_users_own(config):
    declared = {"columns": ["age_band", "prior_episodes"], "sensitive": ["condition"], "k": 5}
    assert keys({**config, "quasi_identifiers": declared}) == []


@pytest.mark.parametrize(
    "name",
    [
        *("episode_id", "participant_id", "primary_therapist_id", "group_id", "session_id"),
        *("client_code", "ClientID", "record_id", "StaffNo", "therapist code", "uuid", "mrn"),
        *("study_key", "patient_hash", "site_patient_id", "pseudonym", "Last.Name"),
    ],
)
def test_ids_are_no_covariates(config, name):
    entry = {"column": name, "type": "categorical", "role": "baseline"}
    assert is_id(name)
    assert keys({**config, "covariates": [entry]}) == [f"covariates.{name}"]


def test_an_id_is_no_covariate_under_another_name(config):
    columns = {"episodes": {"gender": "client_id"}}
    assert "covariates.gender" in keys({**config, "columns": columns})


@pytest.mark.parametrize(
    "name",
    ["site_id", "Site.Code", "program_id", "prior_episodes", "number_of_children", "age_band", "C"],
)
def test_units_with_many_people_and_counts_are_covariates(name):
    assert not is_id(name)


def test_a_covariate_with_a_level_for_everybody_is_refused(study):
    row = "e{0},p{0},1,s1,{1},0,100,40,trauma,{2},1.5,red"
    header = study.texts["episodes"].splitlines()[0]

    def people(bands):
        rows = [row.format(n, ("group", "individual")[n % 2], bands(n)) for n in range(1, 21)]
        study.texts["episodes"] = "\n".join([header, *rows, ""])
        study.config["tables"] = {"episodes": "in/episodes.csv"}

    people(lambda n: f"band {n}")
    problem = study.problem()
    assert (problem.column, problem.found) == ("age_band", "almost as many levels as participants")
    people(lambda n: f"band {n % 10}")
    study.write()
    study.read()


def test_classes_count_people_and_missing_is_a_value():
    frame = pd.DataFrame(
        {
            "participant_id": ["a", "a", "b", "c", "d"],
            "band": ["x", "x", "x", "y", None],
            "condition": ["adhd", "trauma", "adhd", None, "adhd"],
        }
    ).astype("string")
    assert alike(frame, ["band"]).tolist() == [2, 2, 2, 1, 1]
    assert diversity(frame, ["band"], "condition").tolist() == [2, 2, 2, 1, 1]


def test_who_stands_out_is_counted_against_the_declared_thresholds(study):
    declared = {"columns": ["age_band"], "sensitive": ["site_id", "condition"], "k": 3, "l": 2}
    study.config["quasi_identifiers"] = declared
    study.write()
    _, doubts = examine_study(study.config, study.root, INSTRUMENTS)
    found = {(one.check, one.column): len(one.rows) for one in doubts}
    assert found["few_alike", "age_band"] == 4  # two people in each band
    assert found["one_of_all", "site_id"] == 2  # 25-34 has one site only
    assert found["one_of_all", "condition"] == 4
    study.config["quasi_identifiers"] = {
        "columns": ["observed_until_day"],
        "k": 2,
        "sensitive": ["condition"],
    }
    _, doubts = examine_study(study.config, study.root, INSTRUMENTS)
    assert not {"few_alike", "one_of_all"} & {one.check for one in doubts}


def test_an_unreadable_file_has_no_classes(study):
    study.config["quasi_identifiers"] = {"columns": ["age_band"]}
    study.write()
    (study.root / "in" / "episodes.csv").write_text("", encoding="utf-8")
    assert study.error(write=False).problems[0].found == "an empty file"
