"""Keyed pseudonyms: stable, unlike each other, and the key where it belongs."""

import os
import stat

import pandas as pd
import pytest

from analysis.intake.pseudonyms import KEY, Pseudonyms, normal, open_key
from analysis.study.personal_names import is_name
from analysis.study.problems import StudyError


def test_a_key_is_made_once_and_gives_the_same_pseudonyms_next_month(tmp_path):
    first, made = open_key(tmp_path, tmp_path / "project")
    again, made_again = open_key(tmp_path, tmp_path / "project")
    assert made and not made_again
    assert first.of("episode", "01049") == again.of("episode", "1049")
    assert first.origin == again.origin
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / KEY).stat().st_mode) == 0o600


@pytest.mark.parametrize("digest", ["ed38387610395851", "da01234567890123", "abcdefabcdefabcd"])
def test_no_pseudonym_spells_a_name(monkeypatch, digest):
    monkeypatch.setattr(Pseudonyms, "_digest", lambda self, text: digest)
    for kind in ("therapist", "episode", "assessment", "participant", "session", "group"):
        made = Pseudonyms(b"a" * 32).of(kind, "7")
        assert not is_name(made, made.lower())


def test_another_key_gives_other_pseudonyms():
    one, two = Pseudonyms(b"a" * 32), Pseudonyms(b"b" * 32)
    assert one.of("episode", "7") != two.of("episode", "7")
    assert one.of("episode", "7") != one.of("participant", "7")
    assert "a" * 8 not in repr(one)


@pytest.mark.parametrize(
    ("one", "other"), [("01049", "1049.0"), (" AB 1", "ab  1"), ("000", "0"), ("0012", "12")]
)
def test_spellings_of_one_identifier_are_one(one, other):
    assert normal(one) == normal(other)


def test_identifiers_that_differ_stay_apart():
    assert normal("A10") != normal("A1")
    assert normal("10") != normal("100")
    ids = pd.Series(map(str, range(20_000)), dtype="string")
    assert Pseudonyms(b"k" * 32).column("episode", ids).is_unique


def test_the_key_never_lies_in_the_project(tmp_path):
    (tmp_path / "data").mkdir()
    with pytest.raises(StudyError, match="outside the project"):
        open_key(tmp_path / "data", tmp_path)
    assert not (tmp_path / "data" / KEY).exists()


@pytest.mark.skipif(os.name != "posix", reason="rights of this kind exist on POSIX only")
def test_a_key_that_others_may_read_or_that_is_a_link_or_cut_short_is_refused(tmp_path):
    open_key(tmp_path, tmp_path / "project")
    key = tmp_path / KEY
    key.chmod(0o644)
    with pytest.raises(StudyError, match="owner alone"):
        open_key(tmp_path, tmp_path / "project")
    key.chmod(0o600)
    text = key.read_text(encoding="ascii")
    key.write_text(text[:20], encoding="ascii")
    with pytest.raises(StudyError, match="as it was made"):
        open_key(tmp_path, tmp_path / "project")
    key.rename(tmp_path / "elsewhere")
    key.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StudyError, match="plain file"):
        open_key(tmp_path, tmp_path / "project")
