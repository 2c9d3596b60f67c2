"""The house: rooms import only what stands before them, and every file says what it is for."""

import ast
import re
from collections import Counter

import pytest

ORDER = [
    "records",
    "study",
    "cohort",
    "measures",
    "engine",
    "comparison",
    "adjust",
    "unseen",
    "program",
    "dose",
    "retention",
    "scrutiny",
    "evidence",
    "claims",
    "disclosure",
    "present",
]
ASIDE = {"simulate": {"study", "measures"}}
MAY_USE = {room: set(ORDER[: place + 1]) for place, room in enumerate(ORDER)} | {
    room: {room, *others} for room, others in ASIDE.items()
}
MAY_USE["present"] = {"present", "records"}
MAY_USE["pipeline"] = {
    "records",
    "study",
    "measures",
    "claims",
    "disclosure",
    "simulate",
    "pipeline",
}
MAY_USE["intake"] = {"study", "intake"}
MAY_USE["command"] = {*ORDER, "command", "pipeline", "simulate", "intake"}


def modules(root):
    package = root / "src" / "analysis"
    return [path for path in package.rglob("*.py") if path.parent != package or path.stem in ORDER]


def room_of(path, root):
    first = path.relative_to(root / "src" / "analysis").parts[0]
    return first.removesuffix(".py")


def imports(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (one.name for one in node.names)


def test_rooms_import_only_what_stands_before_them(root):
    wrong = []
    for path in modules(root):
        for name in imports(ast.parse(path.read_text(encoding="utf-8"))):
            parts = name.split(".")
            if parts[0] == "analysis" and len(parts) > 1:
                room = room_of(path, root)
                if parts[1] not in MAY_USE[room]:
                    wrong.append(f"{path.relative_to(root)} imports {name}")
    assert not wrong, "\n".join(wrong)


def test_only_scripts_and_rules_know_snakemake(root):
    for path in (root / "src").rglob("*.py"):
        names = [
            name.split(".")[0] for name in imports(ast.parse(path.read_text(encoding="utf-8")))
        ]
        assert "snakemake" not in names, path.relative_to(root)


@pytest.mark.parametrize("folder", ["src/analysis", "workflow/scripts"])
def test_every_file_says_what_it_is_for(root, folder):
    for path in (root / folder).rglob("*.py"):
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path.relative_to(
            root
        )


def test_public_functions_are_documented_and_typed(root):
    for path in modules(root):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                where = f"{path.relative_to(root)}:{node.lineno} {node.name}"
                assert node.returns is not None, where


def test_the_page_on_the_house_names_files_that_are_there(root):
    page = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w/*.]+\.(?:py|yaml|json))`", page)) - {"claims.json"}
    assert len(named) > 30
    for name in sorted(named):
        assert list(root.glob(name)) or list((root / "src" / "analysis").glob(name)), name


def test_every_room_stands_on_the_page_and_none_holds_a_fifth_of_the_house(root):
    page = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
    lines: Counter[str] = Counter()
    for path in (root / "src" / "analysis").rglob("*.py"):
        lines[room_of(path, root)] += len(path.read_text(encoding="utf-8").splitlines())
    for room in MAY_USE:
        assert f"| `{room}/` |" in page or f"| `{room}` |" in page, room
    assert max(lines.values()) < sum(lines.values()) / 5, lines.most_common(3)


def test_only_publish_writes_to_public(root):
    """No script but through `publish` opens a file below a public folder."""
    for path in (root / "workflow" / "scripts").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "public" in text and path.stem != "check_run":
            assert "write_text" not in text and "write_bytes" not in text and "to_csv" not in text
