"""pyproject.toml, the locks and environment.yml agree; a failure prints the mending command."""

import re
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

COMPILE = "uv pip compile --universal --generate-hashes --no-header --no-annotate pyproject.toml"
MEND = {
    "run": f"{COMPILE} -o requirements/run.lock",
    "dev": f"{COMPILE} --group dev -c requirements/run.lock -o requirements/dev.lock",
}


def pins(root, name):
    text = (root / "requirements" / f"{name}.lock").read_text(encoding="utf-8")
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", text, flags=re.MULTILINE)
    versions = {}
    for package, version in found:
        versions.setdefault(canonicalize_name(package), set()).add(version)
    return versions


def wanted(root, name):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    extra = groups["dev"] if name == "dev" else []
    return [Requirement(one) for one in [*project["project"]["dependencies"], *extra]]


@pytest.mark.parametrize("name", MEND)
def test_lock_holds_every_requirement_at_an_allowed_version(root, name):
    locked = pins(root, name)
    for requirement in wanted(root, name):
        versions = locked.get(canonicalize_name(requirement.name), set())
        good = versions and all(requirement.specifier.contains(one) for one in versions)
        assert good, f"{requirement} is not met by requirements/{name}.lock. Run: {MEND[name]}"


def test_development_lock_extends_the_run_lock(root):
    run, dev = pins(root, "run"), pins(root, "dev")
    differing = {one for one in run if dev.get(one) != run[one]}
    assert not differing, f"{differing} differ. Run: {MEND['dev']}"


@pytest.mark.parametrize("name", MEND)
def test_lock_is_hashed_and_names_no_host(root, name):
    text = (root / "requirements" / f"{name}.lock").read_text(encoding="utf-8")
    assert "://" not in text and "--index" not in text and "--find-links" not in text
    entries = re.split(r"\n(?=\S)", text.strip())
    assert all("--hash=sha256:" in one for one in entries), f"Run: {MEND[name]}"


def test_conda_environment_uses_the_run_lock(root):
    environment = yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))
    conda = [one for one in environment["dependencies"] if isinstance(one, str)]
    pip = next(one["pip"] for one in environment["dependencies"] if isinstance(one, dict))
    assert pip == ["-r requirements/run.lock"], "environment.yml: pip: [-r requirements/run.lock]"
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    python = next(one for one in conda if one.startswith("python="))
    allowed = Requirement(f"python{project['requires-python']}").specifier
    assert allowed.contains(python.removeprefix("python=")), "environment.yml: change python=..."
