"""Held by all tests: in CI nothing may be skipped."""

from __future__ import annotations

import os

import pytest


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A skipped suite is a failure in CI, except for tests that compare with reference data beside the checkout."""
    if os.environ.get("CI") != "true" or hasattr(session.config, "workerinput"):
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = [r for r in reporter.stats.get("skipped", []) if "reference data" not in str(r.longrepr)]
    if skipped and exitstatus == 0:
        reporter.write_line(f"CI: {len(skipped)} skipped test(s) count as failures.")
        session.exitstatus = 1
