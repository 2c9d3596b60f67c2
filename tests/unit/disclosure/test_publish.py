import hashlib
import json

import pandas as pd
import pytest

from analysis.disclosure import DisclosureError, publish
from analysis.records.public_tables import TableError


@pytest.fixture
def public(tmp_path):
    return tmp_path / "results" / "s" / "public"


def test_a_table_is_marked_with_its_origin_and_recorded(public):
    columns = {"kind": ["present", "present"], "size": [7, 8], "sessions": [1, 2]}
    frame = pd.DataFrame({**columns, "inside_window": [1, 2]})
    record = publish(frame, public / "tables" / "group_size.csv", data_origin="synthetic")
    text = (public / "tables" / "group_size.csv").read_text(encoding="utf-8")
    head = "kind,size,sessions,inside_window,data_origin\n"
    assert text == head + "present,7,1,1,synthetic\npresent,8,2,2,synthetic\n"
    assert (record.name, record.kind, record.rows) == ("tables/group_size.csv", "table", 2)
    assert record.sha256 == hashlib.sha256(text.encode()).hexdigest()


def test_an_empty_table_keeps_its_header(public):
    publish(pd.DataFrame(columns=["n"]), public / "x.csv", data_origin="real")
    assert (public / "x.csv").read_text(encoding="utf-8") == "n,data_origin\n"


def test_a_dictionary_carries_its_origin(public):
    publish({"a": 1}, public / "x.json", data_origin="real")
    assert json.loads((public / "x.json").read_text(encoding="utf-8")) == {
        "a": 1,
        "data_origin": "real",
    }


@pytest.mark.parametrize("column", ["episode_id", "participant_id", "assessment_id"])
def test_a_participants_key_is_refused(public, column):
    with pytest.raises(DisclosureError, match=column):
        publish(pd.DataFrame({column: ["e1"]}), public / "x.csv", data_origin="real")
    assert not public.exists()


def test_a_place_outside_public_is_refused(tmp_path):
    with pytest.raises(DisclosureError):
        publish("text", tmp_path / "results" / "s" / "private" / "x.html", data_origin="real")


@pytest.mark.parametrize(
    ("name", "columns"),
    [("diary", ["n"]), ("flow", ["step", "n"]), ("flow", ["arm", "step"])],
)
def test_a_table_that_the_schema_does_not_know_is_refused(public, name, columns):
    with pytest.raises(TableError, match=name):
        content = pd.DataFrame({one: [1] for one in columns})
        publish(content, public / "tables" / f"{name}.csv", data_origin="real")
    assert not public.exists()


def test_a_table_without_rows_takes_the_columns_of_the_schema(public):
    publish(pd.DataFrame(), public / "tables" / "flow.csv", data_origin="real")
    text = (public / "tables" / "flow.csv").read_text(encoding="utf-8")
    assert text == "step,label,kind,arm,before,excluded,after,data_origin\n"


def test_a_page_and_an_image_are_written_as_they_are(public):
    page = publish("<p>é", public / "x.html", data_origin="real")
    image = publish(b"\x89", public / "x.png", data_origin="real")
    assert (page.kind, image.kind, page.rows) == ("page", "image", None)
    assert (public / "x.html").read_bytes() == "<p>é".encode()
