"""The one table: every app's rows, joined."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings

from eirene_web.policy import Table


def joined() -> Table:
    """Kinds, verbs and rows of every app of ours that declares some."""
    modules = [
        import_module(f"{app}.policy")
        for app in settings.INSTALLED_APPS
        if app.startswith("eirene_web.") and app != "eirene_web.config" and find_spec(f"{app}.policy")
    ]
    return Table.of(
        (kind for m in modules for kind in m.KINDS),
        (verb for m in modules for verb in m.VERBS),
        (row for m in modules for row in m.ROWS),
    )
