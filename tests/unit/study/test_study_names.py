"""What may be a study's name, wherever one comes in."""

import argparse

import pytest

from analysis.command.names import study_name
from analysis.study.config import check_config, read_config
from analysis.study.names import is_study_name

UNSOUND = [
    "",
    ".",
    "..",
    "a/b",
    "/tmp/x",
    "../x",
    "a b",
    "A",
    "1a",
    "_a",
    "a-b",
    "a.b",
    "a\n",
    "ünlü",
    "evidence",
    "con",
    "nul",
    "com1",
    "a" * 61,
    "a{b}",
    "a*",
    "~",
    "$HOME",
    None,
    7,
]


@pytest.mark.parametrize("name", UNSOUND)
def test_an_unsound_name_is_refused_by_verbs_and_config_alike(root, name):
    assert not is_study_name(name)
    with pytest.raises(argparse.ArgumentTypeError, match="cannot be the name"):
        study_name(name)
    file = root / "config" / "studies" / "example.yaml"
    config = read_config(file) | {"study": name}
    assert "study" in {one.column for one in check_config(config, file=f"{name}.yaml")}


@pytest.mark.parametrize("name", ["a", "example", "a_1", "a" * 60])
def test_a_sound_name(name):
    assert is_study_name(name)
