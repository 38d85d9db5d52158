"""What lies in deploy/ is well formed and names settings that exist. It is not run here."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from eirene_web.config.environment import SETTINGS
from web.operations.house import ROOT

DEPLOY = ROOT / "deploy"
pytestmark = pytest.mark.one_engine


def test_compose_starts_server_worker_and_database() -> None:
    told = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    services = told["services"]
    assert set(services) == {"app", "worker", "database"}
    assert services["app"]["ports"] == ["127.0.0.1:8000:8000"]
    for name in ("app", "worker"):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
        assert set(services[name]["networks"]) <= set(told["networks"])
    assert "ports" not in services["database"]


@pytest.mark.parametrize("file", sorted(p for p in DEPLOY.rglob("*") if p.is_file()), ids=lambda p: p.name)
def test_every_setting_that_is_named_exists(file: Path) -> None:
    named = set(re.findall(r"\bEIRENE_[A-Z_]+\b", file.read_text(encoding="utf-8")))
    assert named <= set(SETTINGS)


@pytest.mark.parametrize("unit", sorted(DEPLOY.glob("systemd/*")), ids=lambda p: p.name)
def test_units_are_as_systemd_reads_them(unit: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        text = unit.read_text()
        assert text.count("[Unit]") == 1
        return
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    lines = [line for line in done.stderr.splitlines() if "is not executable" not in line and line.strip()]
    assert lines == []


def test_units_that_serve_are_hardened() -> None:
    for name in ("eirene-web", "eirene-worker", "eirene-backup"):
        text = (DEPLOY / "systemd" / f"{name}.service").read_text()
        for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=", "User=eirene"):
            assert line in text.splitlines()
