"""What was answered under an idempotency key may carry a text that was taken out of sight: it is replaced there too.

The key stays, so that a request that is made again is still not done twice.
"""

from __future__ import annotations

import json

from eirene_web.api.models import Answered
from eirene_web.custody.quarantine import Turn


def _answered(alliance: str, turn: Turn) -> None:
    """Belongs to no alliance; the words decide."""
    for row in Answered.objects.iterator(chunk_size=100):
        try:
            told = json.loads(bytes(row.body))
        except ValueError:
            continue
        turned = turn(told)
        if turned != told:
            Answered.objects.filter(pk=row.pk).update(body=json.dumps(turned, ensure_ascii=False).encode())


MADE = {"api.Answered.body": _answered}
PLAIN = {f"api.Answered.{name}": "what a program calls its request" for name in ("key", "asked", "headers")}
