"""The way into the server."""

from __future__ import annotations

import os
import threading
import time

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eirene_web.config.settings")
application = get_wsgi_application()


def _end_with(parent: int) -> None:
    """A worker whose server was killed would go on holding the port."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


if os.environ.get("EIRENE_PARENT") == str(os.getppid()):
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
