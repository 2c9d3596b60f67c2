"""pyproject.toml, the locks and environment.yml agree; a failure prints the mending command."""

import os
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from itertools import product

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from analysis.study.documents import read_yaml

COMPILE = (
    "uv pip compile --universal --python-version 3.11 --generate-hashes --no-strip-extras "
    "--no-header --no-annotate pyproject.toml"
)
MEND = {
    "run": f"{COMPILE} -o requirements/run.lock",
    "notebook": f"{COMPILE} --group notebook -c requirements/run.lock "
    "-o requirements/notebook.lock",
    "dev": f"{COMPILE} --group dev -c requirements/run.lock -c requirements/notebook.lock "
    "-o requirements/dev.lock",
}
SYSTEMS = {
    "linux": ("posix", "Linux", "x86_64"),
    "darwin": ("posix", "Darwin", "arm64"),
    "win32": ("nt", "Windows", "AMD64"),
}
MACHINES = [
    {
        **default_environment(),
        "python_version": version,
        "python_full_version": f"{version}.9",
        "sys_platform": system,
        "os_name": names[0],
        "platform_system": names[1],
        "platform_machine": names[2],
    }
    for version, (system, names) in product(("3.11", "3.12", "3.13"), SYSTEMS.items())
]


def text_of(root, name):
    return (root / "requirements" / f"{name}.lock").read_text(encoding="utf-8")


def entries(root, name):
    """Return the lock's entries, in the order of the file."""
    lines = re.findall(r"^([A-Za-z0-9][^\\\n]*)", text_of(root, name), flags=re.MULTILINE)
    return [Requirement(one) for one in lines]


def pins(root, name):
    found = {}
    for one in entries(root, name):
        versions = found.setdefault(canonicalize_name(one.name), set())
        versions |= {spec.version for spec in one.specifier}
    return found


def on(machine, requirement, extra=""):
    return requirement.marker is None or requirement.marker.evaluate({**machine, "extra": extra})


def wanted(root, name):
    """Return what pyproject.toml asks of a lock."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]

    def listed(group):
        for one in groups.get(group, []):
            yield from listed(one["include-group"]) if isinstance(one, dict) else [one]

    return [Requirement(one) for one in [*project["project"]["dependencies"], *listed(name)]]


@pytest.mark.parametrize("name", MEND)
def test_lock_holds_every_requirement_at_an_allowed_version(root, name):
    locked = pins(root, name)
    for requirement in wanted(root, name):
        versions = locked.get(canonicalize_name(requirement.name), set())
        good = versions and all(requirement.specifier.contains(one) for one in versions)
        assert good, f"{requirement} is not met by requirements/{name}.lock. Run: {MEND[name]}"


def test_what_only_another_verb_needs_is_not_in_the_run_lock(root):
    run = pins(root, "run")
    assert not run.keys() & {"notebook", "jupyterlab", "frictionless", "pytest", "lifelines"}
    assert "pytest" not in pins(root, "notebook") and "pytest" in pins(root, "dev")


@pytest.mark.parametrize("name", ["notebook", "dev"])
def test_all_locks_pin_the_same_versions(root, name):
    run, other = pins(root, "run"), pins(root, name)
    differing = {one for one in run if other.get(one) != run[one]}
    assert not differing, f"{differing} differ. Run: {MEND[name]}"


@cache
def needs(package):
    """Return an installed package's version and requirements, or nothing."""
    try:
        found = distribution(package)
    except PackageNotFoundError:
        return None
    return found.version, [Requirement(one) for one in found.requires or ()]


def walk(root, name, machine):
    """Yield all that the lock's packages need on a machine: by whom, what, and its entry."""
    here = {canonicalize_name(one.name): one for one in entries(root, name) if on(machine, one)}
    todo = {
        (canonicalize_name(one.name), extra)
        for one in wanted(root, name)
        for extra in ("", *one.extras)
    }
    seen = set()
    while todo:
        package, extra = todo.pop()
        seen.add((package, extra))
        for need in needs(package)[1] if needs(package) else ():
            if on(machine, need, extra):
                needed = canonicalize_name(need.name)
                yield package, need, here.get(needed)
                todo |= {(needed, one) for one in ("", *need.extras)} - seen


@pytest.mark.parametrize("name", MEND)
def test_every_name_a_locked_package_needs_is_in_the_lock(root, name):
    """pip is told to install the lock and to resolve nothing, so the lock must be whole."""
    differing = {
        package
        for package, versions in pins(root, name).items()
        if needs(package) and needs(package)[0] not in versions
    }
    if differing:
        pytest.skip(f"this Python holds other versions than the lock of {sorted(differing)}")
    for machine in MACHINES:
        found = list(walk(root, name, machine))
        assert len(found) > len(pins(root, name))
        for package, need, entry in found:
            met = entry and all(need.specifier.contains(one.version) for one in entry.specifier)
            assert met, f"{package} needs {need}. Run: {MEND[name]}"


@pytest.mark.parametrize("name", MEND)
def test_the_lock_holds_nothing_that_nobody_needs(root, name):
    """What cannot be looked at here is of another system."""
    reached = {canonicalize_name(one.name) for one in wanted(root, name)}
    for machine in MACHINES:
        reached |= {canonicalize_name(need.name) for _, need, _ in walk(root, name, machine)}
    assert pins(root, name).keys() <= reached, f"Run: {MEND[name]}"
    unknown = [one for one in entries(root, name) if not needs(one.name)]
    assert not [one for one in unknown if on(default_environment(), one)]


@pytest.mark.parametrize("name", MEND)
def test_lock_is_hashed_and_names_no_host(root, name):
    text = text_of(root, name)
    assert "://" not in text and "--index" not in text and "--find-links" not in text
    found = re.split(r"\n(?=\S)", text.strip())
    assert all("--hash=sha256:" in one for one in found), f"Run: {MEND[name]}"


SOURCES_ONLY = {"connection-pool"}  # published without a wheel; pure Python, by way of Snakemake


@pytest.mark.slow
@pytest.mark.parametrize("version", ["3.12", "3.13"])
@pytest.mark.parametrize("name", MEND)
def test_the_lock_resolves_to_wheels_for_other_pythons(root, name, version, tmp_path):
    found = re.split(r"\n(?=\S)", text_of(root, name).strip())
    kept = [one for one in found if one.split("==")[0] not in SOURCES_ONLY]
    assert len(found) - len(kept) == len(SOURCES_ONLY)
    lock = tmp_path / "wheels.lock"
    lock.write_text("\n".join(kept), encoding="utf-8")
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--no-deps"]
    command += ["--require-hashes", "--only-binary=:all:", "--python-version", version]
    done = subprocess.run(
        [*command, "--target", str(tmp_path / "target"), "-r", str(lock)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PIP_RETRIES": "1"},
    )
    if "connection" in done.stderr.lower() and "No matching distribution" not in done.stderr:
        pytest.skip("no registry of packages can be reached")
    assert done.returncode == 0, done.stderr


def test_conda_environment_uses_the_run_lock(root):
    environment = read_yaml(root / "environment.yml")
    conda = [one for one in environment["dependencies"] if isinstance(one, str)]
    pip = next(one["pip"] for one in environment["dependencies"] if isinstance(one, dict))
    assert pip == ["-r requirements/run.lock"], "environment.yml: pip: [-r requirements/run.lock]"
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    python = next(one for one in conda if one.startswith("python="))
    allowed = Requirement(f"python{project['requires-python']}").specifier
    assert allowed.contains(python.removeprefix("python=")), "environment.yml: change python=..."


LOADED_BY_NAME = {"openpyxl", "pyarrow", "snakemake"}  # by pandas for a file's kind; as a program


def test_a_report_imports_what_pyproject_names_and_nothing_else(root):
    files = [*(root / "src").rglob("*.py"), *(root / "workflow").rglob("*.py")]
    files += [path for path in (root / "workflow").rglob("*.smk")]
    words = r"^\s*(?:from|import) ([A-Za-z_]\w*)"
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    modules = set(re.findall(words, text, flags=re.MULTILINE)) - set(sys.stdlib_module_names)
    where = packages_distributions()
    outside = modules & where.keys() - {"analysis"}
    used = {canonicalize_name(name) for module in outside for name in where[module]}
    named = {canonicalize_name(one.name) for one in wanted(root, "run")}
    assert used <= pins(root, "run").keys()
    assert named - LOADED_BY_NAME <= used
    assert used <= named
