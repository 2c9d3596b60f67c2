"""The config's faults, each with its key, what belongs there and the nearest known word."""

import copy
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.study.config import check_config, read_config
from analysis.study.declared import declared_covariates
from analysis.study.documents import read_yaml
from analysis.study.problems import Problem, StudyError

FILE = "config/studies/example.yaml"
KNOWN = {"PHQ-9", "GAD-7", "HAM-D", "BDI-II"}


@pytest.fixture
def config(root):
    return read_config(root / FILE)


def check(config, known=None):
    return check_config(config, file=FILE, known_instruments=known)


def one(config, known=None) -> Problem:
    (problem,) = check(config, known)
    assert problem.file == FILE
    return problem


def test_the_studies_of_the_repository_are_sound(root):
    registry = read_yaml(root / "config" / "instruments.yaml")
    known = set(registry["instruments"])
    files = sorted((root / "config" / "studies").glob("*.yaml"))
    assert {"example", "bright", "reframed"} <= {file.stem for file in files}
    for file in files:
        assert check_config(read_config(file), file=str(file), known_instruments=known) == []


@pytest.mark.parametrize(
    ("path", "key", "value", "where", "hint"),
    [
        ([], "tabels", {}, "tabels", 'Did you mean "tables"?'),
        (["tables"], "session", "x.csv", "tables.session", 'Did you mean "sessions"?'),
        (["arms", "group"], "lable", "x", "arms.group.lable", 'Did you mean "label"?'),
        (["outcome"], "windows", [1, 2], "outcome.windows", 'Did you mean "window"?'),
        (["cohort"], "episode", "first", "cohort.episode", 'Did you mean "episodes"?'),
    ],
)
def test_an_unknown_key_is_met_with_the_nearest(config, path, key, value, where, hint):
    place = config
    for step in path:
        place = place[step]
    place[key] = value
    problem = one(config)
    assert (problem.column, problem.found) == (where, "an unknown key")
    assert hint in problem.remedy


@pytest.mark.parametrize(
    ("path", "value", "where", "expected"),
    [
        (["data_origin"], "fake", "data_origin", "synthetic or real"),
        (["outcome", "day"], "six", "outcome.day", "a whole number"),
        (["outcome", "window"], [1], "outcome.window", "2 values"),
        (["outcome", "window"], [1, 50, 90], "outcome.window", "2 values"),
        (["arms"], {}, "arms", "at least 1 key"),
        (["simulate", "episodes"], 3, "simulate.episodes", "at least 20"),
        (
            ["contrasts", "format", "assignment"],
            "coin",
            "contrasts.format.assignment",
            "observational or randomised",
        ),
        (["covariates", 0, "role"], "outcome", "covariates.1.role", "baseline"),
        (["study"], "My Study", "study", "lower-case letters, digits and _, a letter first"),
        (
            ["outcome", "construct"],
            "depresion",
            "outcome.construct",
            "a construct bound to an instrument",
        ),
        (["outcome", "window"], [43, 60], "outcome.window", "a window that holds the day"),
        (["baseline", "window"], [3, -14], "baseline.window", "[first day, last day]"),
        (["baseline", "window"], [-14, 30], "outcome.window", "days after the baseline window"),
        (
            ["missing_codes"],
            {"rooms": {"a": [9]}},
            "missing_codes.rooms",
            "a table listed under `tables`",
        ),
        (
            ["missing_codes"],
            {"items": {"valu": [9]}},
            "missing_codes.items.valu",
            "a column of the table items",
        ),
        (["waves"], {"baseline": "day 0"}, "waves.baseline", "a whole number or nothing"),
        (
            ["contrasts", "format", "reference"],
            "indivdual",
            "contrasts.format.reference",
            "a declared arm",
        ),
        (
            ["contrasts", "format", "clusters"],
            {"group": "therapy_group", "individual": "none", "groups": "none"},
            "contrasts.format.clusters.groups",
            "a declared arm",
        ),
        (["contrasts", "format", "reference"], "group", "contrasts.format", "two arms"),
        (
            ["contrasts", "format", "estimand"],
            {"strategies": {"grup": "groups"}},
            "contrasts.format.estimand.strategies.grup",
            "a declared arm",
        ),
        (
            ["contrasts", "format", "estimand"],
            {"time_zer": "intake"},
            "contrasts.format.estimand.time_zer",
            "a known key",
        ),
        (
            ["contrasts", "format", "estimand"],
            {"exposure": "received"},
            "contrasts.format.estimand.exposure",
            "assigned",
        ),
        (
            ["contrasts", "format", "negative_controls"],
            ["height"],
            "contrasts.format.negative_controls.height",
            "a construct bound to an instrument",
        ),
        (["study"], "other", "study", '"example", as the file is called'),
        (["data_origin"], "real", "simulate", "no such key in a study of real data"),
        (["columns"], {"session": {}}, "columns.session", "a table listed under `tables`"),
        (
            ["columns"],
            {"sessions": {"minuets": "x"}},
            "columns.sessions.minuets",
            "a column of the table sessions",
        ),
    ],
)
def test_a_wrong_value(config, path, value, where, expected):
    place = config
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    problem = one(config)
    assert (problem.column, problem.expected) == (where, expected)


def test_nearest_words_are_suggested_for_arms_constructs_and_columns(config):
    config["contrasts"]["format"]["reference"] = "indivdual"
    config["outcome"]["construct"] = "depresion"
    config["columns"] = {"sessions": {"minuets": "x"}}
    remedies = " ".join(problem.remedy for problem in check(config))
    for word in ("individual", "depression", "minutes"):
        assert f'Did you mean "{word}"?' in remedies


def test_a_covariate_may_be_renamed_and_comes_once(config):
    config["columns"] = {"episodes": {"prior_episodes": "earlier"}}
    assert check(config) == []
    config["covariates"].append(dict(config["covariates"][0]))
    assert one(config).column == "covariates.age_band"
    assert declared_covariates(config)["prior_episodes"] == "numeric"


def test_a_covariate_measured_after_intake_is_refused_with_the_reason(config):
    config["covariates"][0]["role"] = "after_intake"
    assert "at or before intake" in one(config).remedy


def test_instruments_are_compared_with_the_registry_if_it_is_given(config):
    config["instruments"] = {"depression": "PHQ9"}
    config.pop("further_outcomes", None)
    assert check(config) == []
    problem = one(config, KNOWN)
    assert problem.column == "instruments.depression"
    assert 'Did you mean "PHQ-9"?' in problem.remedy


def test_all_missing_keys_are_named(config):
    del config["title"], config["contrasts"]["format"]["label"]
    assert {problem.column for problem in check(config)} == {"title", "contrasts.format.label"}


def test_keys_that_yaml_does_not_read_as_text(config):
    config["arms"][True] = {"label": "Yes", "format": "other"}
    problem = one(config)
    assert (problem.column, problem.remedy) == ("arms.True", "Put the key between quotes.")


def test_every_fault_leaves_the_config_as_it_was(config):
    before = copy.deepcopy(config)
    check(config, KNOWN)
    assert config == before


@pytest.mark.parametrize(
    ("content", "found", "rows"),
    [
        (b"study: a\ntitle: [\n", "text that is not YAML", (3,)),
        (b"study: a\narms: {}\nstudy: b\n", "a key twice", (3,)),
        (b"arms:\n  a: 1\n  a: 2\n", "a key twice", (3,)),
        (b"just words", "no keys", ()),
        (b"", "no keys", ()),
        (b"title: Z\xfcrich\n", "something else", ()),
        (b"\x00\x01", "a control character", (1,)),
        (b"{1: 2}: x\n", "text that is not YAML", (1,)),
    ],
)
def test_a_config_that_is_no_config(tmp_path, content, found, rows):
    path = tmp_path / "mine.yaml"
    path.write_bytes(content)
    with pytest.raises(StudyError) as caught:
        read_config(path)
    (problem,) = caught.value.problems
    assert (problem.file, problem.found, problem.rows) == (str(path), found, rows)


def test_a_missing_config_names_the_studies_that_are_there(root):
    with pytest.raises(StudyError, match="bright, example"):
        read_config(root / "config" / "studies" / "nowhere.yaml")


def test_reading_a_config_needs_neither_pandas_nor_a_second():
    code = (
        "import sys; from pathlib import Path; from analysis.study.config import *;"
        f"check_config(read_config(Path({FILE!r})), file={FILE!r});"
        "print([m for m in ('pandas', 'numpy', 'rfc3987_syntax') if m in sys.modules])"
    )
    root = Path(__file__).resolve().parents[3]
    run = [sys.executable, "-c", code]
    done = subprocess.run(
        run, capture_output=True, text=True, encoding="utf-8", cwd=root, check=True
    )
    assert done.stdout.strip() == "[]"


def test_every_key_of_the_schema_is_described(root):
    schema = read_yaml(root / "src/analysis/study/study.schema.yaml")
    assert all("description" in one for one in schema["properties"].values())
