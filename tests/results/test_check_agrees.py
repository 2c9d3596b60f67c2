"""What `check` calls testable is judged, what it calls not testable is not: part by part.

At most one part in twenty may differ, either way, over all studies; the counts are printed. Only
what no table tells without its outcomes may be withdrawn (`UNKNOWABLE`).
"""

from pathlib import Path

import pytest
from tests.results.agreement import count, in_words, promises
from tests.results.odd_studies import ODD, odd_study

from analysis.measures.instruments import load_instruments
from analysis.simulate import simulate_study, write_simulated
from analysis.study.documents import read_yaml

# One of each kind; the other odd studies are run by the slow test.
FEW = (
    "plain",
    "without_groups",
    "three_groups",
    "all_in_person",
    "covariate_missing_in_one_arm",
    "twelve_participants",
)
SHARE = 0.05


def program(root, folder):
    """An ordinary program: 281 episodes at one site, four instruments, follow-up partly missing."""
    config = read_yaml(root / "config/studies/example.yaml")
    del config["simulate"]
    registry = load_instruments(root / "config" / "instruments.yaml")
    made = simulate_study(
        scenario="confounded", episodes=281, seed=281, registry=registry, truth={"sites": 1}
    )
    tables = made.tables
    kept = ("PHQ-9", "GAD-7", "RSES", "GQ-30")
    rows = tables["assessments"]
    seen = rows["instrument"].isin(kept)
    late = rows["day"].gt(3) & (rows["assessment_id"].factorize()[0] % 5 < 2)
    tables["assessments"] = rows[seen & ~late]
    items = tables["items"]
    known = items["assessment_id"].isin(tables["assessments"]["assessment_id"])
    tables["items"] = items[known]
    folder.mkdir(parents=True)
    write_simulated(made, folder / "data" / "raw" / "program")
    constructs = {"depression", "anxiety", "self_esteem", "cohesion"}
    return {
        **config,
        "study": "program",
        "title": "program",
        "tables": {name: f"data/raw/program/{name}.csv" for name in config["tables"]},
        "instruments": {k: v for k, v in config["instruments"].items() if k in constructs},
        "further_outcomes": [],
    }


def agree(kept):
    testable, withdrawn, untestable, judged = count(kept)
    print(f"{testable} testable, {withdrawn} withdrawn; {untestable} not, {judged} judged")
    assert withdrawn <= SHARE * testable, in_words(kept)
    assert judged <= SHARE * untestable, in_words(kept)


def odd(name, root, tmp_path):
    return promises(odd_study(name, tmp_path / name), root, tmp_path / name)


@pytest.mark.parametrize("name", FEW)
def test_odd_studies_are_judged_as_promised(name, root, tmp_path):
    agree(odd(name, root, tmp_path))


def test_an_ordinary_program_is_judged_as_promised(root, tmp_path):
    kept = promises(program(root, tmp_path / "program"), root, tmp_path / "program")
    assert count(kept)[0] > 20
    agree(kept)


@pytest.mark.slow
def test_every_odd_study_is_judged_as_promised(root, tmp_path):
    agree([one for name in ODD for one in odd(name, root, tmp_path)])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["example", "example_randomised", "small", "tiny"])
def test_shipped_studies_are_judged_as_promised(name, root, tmp_path):
    config = read_yaml(root / f"config/studies/{name}.yaml")
    registry = load_instruments(root / "config" / "instruments.yaml")
    made = simulate_study(**config["simulate"], registry=registry)
    write_simulated(made, tmp_path / Path(config["tables"]["episodes"]).parent)
    agree(promises(config, root, tmp_path))


@pytest.mark.parametrize("name", ["bright", "reframed"])
def test_open_studies_are_judged_as_promised(name, root, tmp_path, shared_data):
    from analysis.study.fetch import fetch_study

    config = read_yaml(root / f"config/studies/{name}.yaml")
    fetch_study(name, shared_data, tmp_path / "data" / "raw" / name)
    agree(promises(config, root, tmp_path))
