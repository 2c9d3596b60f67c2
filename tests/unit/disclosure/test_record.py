"""Public files are held against what was published: edited and deleted ones are made again."""

import json
import os

import pytest

from analysis.disclosure import publish, read_receipts, write_receipt
from analysis.disclosure.record import RECEIPTS, differences, recorded_data, set_altered_aside


@pytest.fixture
def results(tmp_path):
    """A study's results: two steps that published, and the record of both."""
    folder = tmp_path / "results" / "s"
    public = folder / "public"
    receipts = [folder / RECEIPTS / f"{name}.json" for name in ("results", "figures")]
    tables = [publish([{"verdict": "INCONCLUSIVE"}], public / "claims.json", data_origin="real")]
    images = [publish(b"png", public / "report" / "figures" / "a.png", data_origin="real")]
    write_receipt(tables, receipts[0])
    write_receipt(images, receipts[1])
    content = {"data": {"episodes": "0" * 64}, "files": read_receipts(receipts)}
    record = publish(content, public / "record.json", data_origin="real")
    write_receipt([record], folder / RECEIPTS / "record.json")
    return folder


def left(results):
    return {path.stem for path in (results / RECEIPTS).glob("*.json")}


def test_what_was_published_is_left_alone(results):
    assert set_altered_aside(results) == []
    assert list(differences(results)) == []
    assert left(results) == {"results", "figures", "record"}
    assert recorded_data(results) == {"episodes": "0" * 64}


@pytest.mark.parametrize(
    ("name", "step"),
    [("claims.json", "results"), ("report/figures/a.png", "figures"), ("record.json", "record")],
)
@pytest.mark.parametrize("how", ["edited", "with its old date", "deleted", "linked", "folder"])
def test_an_altered_file_is_set_aside_and_its_step_runs_again(results, name, step, how):
    path = results / "public" / name
    old, before = path.stat(), path.read_bytes()
    path.unlink()
    if how in {"edited", "with its old date"}:
        path.write_bytes(before.replace(b"INCONCLUSIVE", b"SUPPORTED") + b" ")
    if how == "with its old date":
        os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))
    if how == "linked":
        (results / "copy").write_bytes(before)
        path.symlink_to(results / "copy")
    if how == "folder":
        path.mkdir()
        (path / "notes.txt").write_text("mine", encoding="utf-8")
    assert any(name in line for line in differences(results))
    assert set_altered_aside(results) == [name]
    assert left(results) == {"results", "figures", "record"} - {step}
    assert not path.exists()
    kept = [one for one in (results / "private" / "set_aside").rglob("*") if one.is_file()]
    assert len(kept) == (how in {"edited", "with its old date", "folder"})


def test_a_verdict_and_the_record_edited_alike_are_seen(results):
    record, claims = results / "public" / "record.json", results / "public" / "claims.json"
    new = publish([{"verdict": "SUPPORTED"}], claims, data_origin="real")
    content = json.loads(record.read_text(encoding="utf-8"))
    for one in content["files"]:
        one["sha256"] = new.sha256 if one["name"] == new.name else one["sha256"]
    record.write_text(json.dumps(content), encoding="utf-8")
    assert len(list(differences(results))) == 2
    assert set(set_altered_aside(results)) == {"claims.json", "record.json"}


@pytest.mark.parametrize("content", ["", "{", "[1]", '[{"name": "../../x", "sha256": ""}]', "{}"])
def test_a_spoilt_receipt_goes_and_touches_nothing(results, content):
    (results.parent / "x").write_text("mine", encoding="utf-8")
    (results / RECEIPTS / "results.json").write_text(content, encoding="utf-8")
    assert set_altered_aside(results) == []
    assert left(results) == {"figures", "record"}
    assert (results.parent / "x").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("content", [None, "", "[]", '{"files": 3}'])
def test_a_missing_or_spoilt_record_is_said(results, content):
    path = results / "public" / "record.json"
    path.unlink()
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert any("no record" in line for line in differences(results))


def test_a_strangers_file_is_named_and_stays(results):
    (results / "public" / "notes.txt").write_text("mine", encoding="utf-8")
    assert list(differences(results)) == ["public/notes.txt: not made by the program"]
    assert set_altered_aside(results) == []
    assert (results / "public" / "notes.txt").exists()
