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
    from eirene_web.work.liveness import LockLost
    from eirene_web.work.worker import work

    try:
        os.nice(5)
        work()
    except LockLost as error:
        logging.getLogger("eirene.work").error("%s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
