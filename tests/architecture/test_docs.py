"""Docs that could go stale are compared with what they describe."""

import re
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer

from vitrine.kernel.invariants import REGISTER
from vitrine.ops import cli

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "vitrine"


def read(name: str) -> str:
    return (ROOT / name).read_text()


def test_every_setting_is_in_the_operations_guide() -> None:
    settings = set(re.findall(r"\"(VITRINE_[A-Z_]+)\"", read("src/vitrine/settings.py")))

    undocumented = {name for name in settings if f"`{name}`" not in read("docs/operations.md")}

    assert not undocumented


def options_of(command: Any) -> set[str]:
    """Return the options that a command takes, and those of the commands below it."""
    below = getattr(command, "commands", {}).values()
    own = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    return own.union(*map(options_of, below))


def test_every_command_is_in_the_operations_guide_with_options_that_exist() -> None:
    named = re.findall(r"`(?:\./)?vitrine (\w+)([^`]*)`", read("docs/operations.md"))

    assert {name for name, _ in named} == set(cli.COMMANDS)
    for name, rest in named:
        module = import_module(f"vitrine.ops.commands.{cli.MODULES.get(name, name)}")
        known = options_of(typer.main.get_command(module.app))
        assert set(re.findall(r"--[a-z-]+", rest)) <= known, name


def test_every_dependency_has_its_sentence() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    needed = [project["dependencies"], *project["optional-dependencies"].values()]
    names = {re.split(r"[\[~<>=]", line)[0] for lines in needed for line in lines}
    sentences = dict(
        re.findall(r"^\| `([\w-]+)` \| (.+) \|$", read("docs/architecture.md"), re.MULTILINE)
    )

    assert names == set(sentences)


def test_every_package_is_on_the_map_of_the_readme() -> None:
    packages = {path.parent.name for path in SOURCE.glob("*/__init__.py")}

    unmapped = {name for name in packages if f"{name}/" not in read("README.md")}

    assert not unmapped


def test_every_invariant_is_in_the_architecture_with_a_line_that_exists() -> None:
    rows = re.findall(
        r"^\| (\w\d) \| (.+?) \| (.+) \|$", read("docs/architecture.md"), re.MULTILINE
    )
    documented = {code for code, *_ in rows}

    assert {invariant.code for invariant in REGISTER} <= documented
    for code, _, where in rows:
        places = re.findall(r"`([\w/]+\.py)` `([^`]+)`", where)
        assert places, f"{code} names no line that enforces it"
        for path, symbol in places:
            assert symbol in (SOURCE / path).read_text(), f"{code}: no {symbol} in {path}"


@pytest.mark.parametrize(
    "document",
    sorted(
        p.relative_to(ROOT).as_posix() for p in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    ),
)
def test_links_lead_somewhere(document: str) -> None:
    here = (ROOT / document).parent
    links = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", read(document))

    dead = [link for link in links if "://" not in link and not (here / link).exists()]

    assert not dead
