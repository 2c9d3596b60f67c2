"""The one reader of YAML: what is data comes in as YAML 1.2 means it, the rest is refused."""

import json
import math
import time
from pathlib import Path

import pytest

from analysis.study.documents import parse_yaml, read_yaml
from analysis.study.limits import YAML_BYTES
from analysis.study.problems import StudyError


def problems(text):
    with pytest.raises(StudyError) as caught:
        parse_yaml(text, "mine.yaml")
    return [(one.column, one.rows, one.found) for one in caught.value.problems]


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("042", 42),
        ("0o17", 15),
        ("0x1F", 31),
        ("+7", 7),
        ("-3", -3),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("-.inf", -math.inf),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("Off", "Off"),
        ("y", "y"),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("null", None),
        ("", None),
        ("2024-01-01", "2024-01-01"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("0b11", "0b11"),
        ("'42'", "42"),
        ("'true'", "true"),
        ("=", "="),
        ("nan", "nan"),
    ],
)
def test_words_mean_what_yaml_1_2_says(word, value):
    read = parse_yaml(f"a: {word}\n", "mine.yaml")["a"]
    assert read == value and type(read) is type(value)


def test_not_a_number_is_a_number_that_schemas_refuse():
    assert math.isnan(parse_yaml("a: .nan", "mine.yaml")["a"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", [("a", (3,), "a key twice")]),
        ("a: {b: 1, c: {d: 1, d: 2}}\n", [("a.c.d", (1,), "a key twice")]),
        ("- a: 1\n  a: 2\n", [("1.a", (2,), "a key twice")]),
        ("1: x\n1.0: y\n", [("1.0", (2,), "a key twice")]),
        ("042: x\n42: y\n", [("42", (2,), "a key twice")]),
        ("a: 1\n'a': 2\n", [("a", (2,), "a key twice")]),
        ("a: !!python/object/apply:os.system [touch x]\n", [("a", (1,), "a tag (!)")]),
        ("a: !!str 1\n", [("a", (1,), "a tag (!)")]),
        ("a: !mine 1\n", [("a", (1,), "a tag (!)")]),
        ("b: &b {x: 1}\na:\n  <<: *b\n", [("a", (3,), "a merge key (<<)")]),
        ("a: &a [*a]\n", [("a", (1,), "an unknown alias (*)")]),
        ("%YAML 1.1\n---\na: yes\n", [("", (2,), "a line with %")]),
        ("a: 1\n---\nb: 2\n", [("", (2,), "a second one")]),
        ("a: [1\n", [("a.1", (2,), "text that is not YAML")]),
        ("a: 1\n\tb: 2\n", [("a", (2,), "text that is not YAML")]),
    ],
)
def test_what_is_refused_is_named_with_its_line(text, expected):
    assert problems(text) == expected


@pytest.mark.parametrize("code", ["\\ud800", "\\0", "\\u202e", "\\x1b", "\\u2067"])
def test_a_character_that_cannot_be_seen_is_refused(code):
    (found,) = problems(f'a: 1\ntitle: "x{code}y"\n')
    assert found == ("title", (2,), "a hidden character")


def test_lines_tabs_and_letters_of_all_languages_are_text():
    assert parse_yaml('a: "x\\ty\\n ä 治 🙂"', "c.yaml") == {"a": "x\ty\n ä 治 🙂"}


def test_several_problems_come_in_one_list():
    found = problems("a: 1\na: 2\nb: !x 1\nc: {d: 1, d: 2}\n")
    assert [one[0] for one in found] == ["a", "b", "c.d"]


def test_a_quoted_sign_is_text():
    assert parse_yaml("'<<': '!x'\n", "mine.yaml") == {"<<": "!x"}


def test_an_alias_is_a_copy():
    read = parse_yaml("a: &x {k: [1]}\nb: *x\n", "mine.yaml")
    read["a"]["k"].append(2)
    assert read["b"] == {"k": [1]}


LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)


@pytest.mark.parametrize(
    "text",
    [LAUGHS, "[" * 100_000, "a: " + "9" * 5000, "a: " + "{b: " * 2000, "- x\n" * 100_000],
    ids=["aliases of aliases", "depth", "digits", "flow", "length"],
)
def test_hostile_sizes_end_in_a_message_within_seconds(text):
    start = time.process_time()  # the machine may be busy with other things
    assert len(problems(text)) == 1
    assert time.process_time() - start < 10


def test_what_is_no_file_or_too_large_is_refused(tmp_path):
    large = tmp_path / "large.yaml"
    large.write_bytes(b"#" * (YAML_BYTES + 1))
    for path in (tmp_path, large, tmp_path / "absent.yaml", Path("/dev/zero")):
        with pytest.raises(StudyError):
            read_yaml(path)


def test_json_is_yaml_1_2(root):
    claims = read_yaml(root / "config" / "claims.yaml")
    assert parse_yaml(json.dumps(claims, ensure_ascii=False), "claims.json") == claims


def test_no_other_reader_of_yaml_is_imported(root):
    for folder in ("src", "workflow", "tests", "benchmarks"):
        for path in [*(root / folder).rglob("*.py"), *(root / folder).rglob("*.smk")]:
            lines = path.read_text(encoding="utf-8").splitlines()
            imported = [one for one in lines if one.startswith(("import ", "from "))]
            assert not any(one.split()[1].split(".")[0] == "yaml" for one in imported), path
            if path.stem != "documents":
                assert not any("ruamel" in one for one in imported), path
