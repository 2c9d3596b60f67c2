"""What a job depends on is what its script imports, and nothing else."""

import ast
from pathlib import Path

import pytest

from analysis.dependencies import _imports, dependencies


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder.joinpath(*name.split("__")).with_suffix(".py")
        if name.endswith("init"):
            path = path.with_name("__init__.py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def names(found: list[Path], source: Path) -> set[str]:
    return {path.relative_to(source / "analysis").as_posix() for path in found}


@pytest.fixture
def house(tmp_path):
    return write(
        tmp_path,
        script="from analysis.room import (\n    one,\n)\n",
        analysis__init="",
        analysis__room__init=(
            "from analysis.room.one import one\nfrom analysis.room.two import two\n"
        ),
        analysis__room__one="def one():\n    from analysis.cellar import deep  # late\n",
        analysis__room__two="",
        analysis__cellar="deep = 'schema.yaml'\n",
    )


def test_a_name_handed_on_leads_to_the_module_that_defines_it(house):
    found = names(dependencies(house / "script.py", house), house)
    assert found == {"__init__.py", "room/__init__.py", "room/one.py", "cellar.py"}


def test_a_file_named_beside_the_code_belongs_to_it(house):
    (house / "analysis" / "schema.yaml").write_text("", encoding="utf-8")
    (house / "analysis" / "other.yaml").write_text("", encoding="utf-8")
    (house / "analysis" / "cellar.py").write_text('deep = "schema.yaml"\n', encoding="utf-8")
    found = names(dependencies(house / "script.py", house), house)
    assert "schema.yaml" in found
    assert "other.yaml" not in found


def test_circles_and_whole_imports_end(tmp_path):
    house = write(
        tmp_path,
        script="import analysis.a\n",
        analysis__init="",
        analysis__a="from analysis import b\n",
        analysis__b="from analysis.a import x\n",
    )
    found = names(dependencies(house / "script.py", house), house)
    assert found == {"__init__.py", "a.py", "b.py"}


def imported(path: Path) -> set[tuple[str, str]]:
    """Read a file's imports of the package from its syntax tree."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "analysis":
            found |= {(str(node.module), one.name) for one in node.names}
    return found


def test_imports_are_read_as_python_reads_them(root):
    paths = [*(root / "src").rglob("*.py"), *(root / "workflow" / "scripts").glob("*.py")]
    assert len(paths) > 200
    for path in paths:
        read = {(module, name) for module, taken in _imports(path) for name in taken}
        assert read == imported(path), path


@pytest.mark.parametrize(
    ("script", "needs", "does_not"),
    [
        ("estimate_fidelity", "tables.yaml", "engine"),
        ("validate_study", "instruments.schema.yaml", "present"),
        ("write_report", "report.html.j2", "engine/"),
        ("draw_figures", "draw_interval.py", "report.html.j2"),
        ("fit_effects", "balance.py", "evidence"),
    ],
)
def test_the_scripts_depend_on_what_they_use(root, script, needs, does_not):
    found = dependencies(root / "workflow" / "scripts" / f"{script}.py", root / "src")
    assert needs in {path.name for path in found}
    assert not [path for path in found if does_not in path.as_posix()]


def test_estimating_fidelity_needs_shares_tables_and_records_alone(root):
    found = dependencies(root / "workflow" / "scripts" / "estimate_fidelity.py", root / "src")
    assert names([path for path in found if path.stem != "__init__"], root / "src") == {
        *("program/fidelity.py", "program/fidelity_spread.py", "comparison/question.py"),
        *("records/effect.py", "records/errors.py", "measures/unknown.py", "study/store.py"),
        *("study/dictionary.py", "study/tables.yaml", "study/documents.py", "study/limits.py"),
        "study/problems.py",
    }
