"""The registry holds what it should, refuses what contradicts itself, and its page is in step."""

import json
from dataclasses import replace

import pytest

from analysis.measures.catalogue import catalogue
from analysis.measures.instruments import _contradictions, load_instruments, ranges, toward_better
from analysis.study.documents import read_yaml
from analysis.study.problems import StudyError

WANTED = {
    *("PHQ-9", "GAD-7", "BDI-II", "HAM-D", "CORE-10", "WHODAS-12", "PCL-5", "PSS-10", "RSES"),
    *("OAS-2", "DERS-16", "IIP-32", "CSES-26", "GCQ-S", "GQ-30", "TFI-S", "AHS", "HHI"),
    *("UCLA-3", "ULS-8"),
}


def test_the_wanted_instruments_are_there(registry):
    assert set(registry) >= WANTED


def test_directions_and_group_only_instruments(registry):
    higher = {name for name, one in registry.items() if toward_better(one) == 1}
    assert higher == {"RSES", "CSES-26", "GCQ-S", "GQ-30", "TFI-S", "AHS", "HHI"}
    groups = {name for name, one in registry.items() if one.defined_in == "group"}
    assert groups == {"GCQ-S", "GQ-30", "TFI-S"}


def test_published_values(registry):
    phq = registry["PHQ-9"]
    assert (phq.sd, phq.reliability, phq.cutoff, phq.reliable_change) == (5.5, 0.89, 10, 6)
    assert "C01.7" in phq.sd_source
    assert ranges(registry)["AHS"] == (8, 64)
    assert registry["GAD-7"].reliable_change == 4
    assert "range" in registry["HAM-D"].unverified


def test_every_instrument_of_the_example_study_is_there_for_its_construct(root, registry):
    study = read_yaml(root / "config/studies/example.yaml")
    for construct, name in study["instruments"].items():
        assert registry[name].construct == construct


def test_the_page_is_in_step_with_the_registry(root, registry):
    assert (root / "docs/instruments.md").read_text(encoding="utf-8") == catalogue(registry), (
        "docs/instruments.md is out of step: run `python -m analysis.measures.catalogue`"
    )


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"range": (27, 0)}, "range"),
        ({"range": (0, 28)}, "range"),
        ({"scored_items": (1, 10)}, "scored_items"),
        ({"reversed_items": (10,)}, "reversed_items"),
        ({"item_range": None}, "item_range"),
        ({"max_missing_items": 9}, "max_missing_items"),
        ({"cutoff": 30.0}, "cutoff"),
        ({"reliable_change": 28.0}, "reliable_change"),
        ({"direction": "higher"}, "response"),
        ({"sd": None}, "sd_source"),
        ({"reliability_source": None}, "reliability_source"),
        ({"unverified": ("colour",)}, "unverified"),
    ],
)
def test_contradictions_are_found(registry, changes, key):
    assert not list(_contradictions(registry["PHQ-9"]))
    assert key in {found for found, _ in _contradictions(replace(registry["PHQ-9"], **changes))}


@pytest.fixture
def entry(root):
    return read_yaml(root / "config/instruments.yaml")["instruments"]["PHQ-9"]


def write(path, entry):
    path.write_text(json.dumps({"instruments": {"X": entry}}, ensure_ascii=False), encoding="utf-8")
    return path


def test_an_entry_of_ones_own_loads(tmp_path, entry):
    mine = {**entry, "construct": "sleep", "items": 2, "range": [0, 6], "max_missing_items": 0}
    mine |= {"cutoff": None, "cutoff_source": None}
    loaded = load_instruments(write(tmp_path / "i.yaml", mine))["X"]
    assert loaded.scored_items == (1, 2)
    assert loaded.construct == "sleep"


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"colour": "red"}, "instruments.X.colour"),
        ({"direction": "up"}, "instruments.X.direction"),
        ({"items": "nine"}, "instruments.X.items"),
        ({"range": [0, 30]}, "instruments.X.range"),
    ],
)
def test_a_broken_registry_names_the_key(tmp_path, entry, changes, place):
    with pytest.raises(StudyError) as raised:
        load_instruments(write(tmp_path / "i.yaml", entry | changes))
    assert [one.column for one in raised.value.problems] == [place]


def test_a_missing_key_is_named(tmp_path, entry):
    del entry["direction"]
    with pytest.raises(StudyError) as raised:
        load_instruments(write(tmp_path / "i.yaml", entry))
    assert raised.value.problems[0].column == "instruments.X.direction"


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"a: [", b"- 1"])
def test_what_is_no_registry_is_refused(tmp_path, content):
    path = tmp_path / "i.yaml"
    path.write_bytes(content)
    with pytest.raises(StudyError):
        load_instruments(path)
    with pytest.raises(StudyError):
        load_instruments(tmp_path / "absent.yaml")
