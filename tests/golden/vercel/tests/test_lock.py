"""Vercel installs from pyproject.toml: what is locked has to stand there, too."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PIN = re.compile(r"^([\w.-]+)(?:\[[^]]*])?==([^\s;]+)", re.MULTILINE)


def test_production_gets_the_locked_versions() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    constraints = project["tool"]["uv"]["constraint-dependencies"]
    locked = (ROOT / "requirements.txt").read_text("utf-8")

    assert sorted(PIN.findall("\n".join(constraints))) == sorted(PIN.findall(locked))
