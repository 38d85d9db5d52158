"""One worker process: `python -m eirene_web.work`. `eirene worker` and `eirene serve` keep such processes running."""

from __future__ import annotations

import logging
import os
import sys

from eirene_web.work.keeper import end_with_keeper


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eirene_web.config.settings")
    end_with_keeper()
    import django

    django.setup()
    from django.db import DatabaseError

    from eirene_web.work.liveness import LockLost
    from eirene_web.work.worker import work

    log = logging.getLogger("eirene.work")
    try:
        os.nice(5)
        work()
    except LockLost as error:
        log.error("%s", error)
        return 1
    except DatabaseError as error:
        log.error(
            "The database cannot be used (%s): is it there, and prepared by `eirene serve`?", type(error).__name__
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
