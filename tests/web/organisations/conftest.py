from __future__ import annotations

from web.committing import committing, guards_again  # noqa: F401  fixtures
