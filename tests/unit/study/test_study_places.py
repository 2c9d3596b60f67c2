"""What stands in the way of a study's folders is said at once, whole, and left as it is."""

import os

import pytest

from analysis.study.lock import held
from analysis.study.places import places, refuse_unusable_places
from analysis.study.problems import StudyError


def test_folders_links_to_folders_and_nothing_are_usable(tmp_path):
    refuse_unusable_places("mine", tmp_path)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "mine").symlink_to(tmp_path / "elsewhere")
    with held("mine", tmp_path):
        refuse_unusable_places("mine", tmp_path)


@pytest.mark.parametrize("number", range(8))
def test_a_file_in_the_place_of_a_folder_is_named_and_stays(tmp_path, number):
    place = places("mine", tmp_path)[number]
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("mine", encoding="utf-8")
    with pytest.raises(StudyError) as caught, held("mine", tmp_path):
        pass
    assert [one.file for one in caught.value.problems] == [place.as_posix()]
    assert place.read_text(encoding="utf-8") == "mine"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="rights do not bind this user")
def test_a_folder_without_rights_is_named(tmp_path):
    place = tmp_path / "results"
    place.mkdir(mode=0o500)
    with pytest.raises(StudyError, match="closed"):
        refuse_unusable_places("mine", tmp_path)
