"""One effect for one key: a program that does not know whether it was heard asks again, and is told the same."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import time
from collections.abc import Callable, Iterator

from django.db import IntegrityError, OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from eirene_web.api.models import Answered
from eirene_web.api.refusals import Refusal, is_transient
from eirene_web.clock import now

KEPT = dt.timedelta(hours=24)
MOST_KEY = 200
TRIES = 4
_HEADERS = ("Content-Type", "ETag", "Location")


class _Taken(Exception):
    """Another request with this key was first."""


def once(request: HttpRequest, token: int, act: Callable[[], HttpResponse]) -> HttpResponse:
    """What `act` answers; with an Idempotency-Key, what it answered the first time.

    The answer is written in the transaction of the effect, so that there is neither without the other. A refusal
    changes nothing and is not kept: the same key may be tried again.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return act()
    if len(key) > MOST_KEY or not key.isprintable():
        raise Refusal("invalid", _("The Idempotency-Key is longer than 200 signs, or not printable."))
    asked = hash_of(request)
    for attempt in range(TRIES):
        try:
            return _find(token, key, asked) or _first(token, key, asked, act)
        except _Taken:
            continue
        except OperationalError as error:
            if attempt == TRIES - 1 or not is_transient(error):
                raise
            time.sleep((attempt + 1) * random.uniform(0.05, 0.2))  # noqa: S311  no secret
    raise Refusal("busy", _("Another request with this key is still at work. Ask again in a moment."))


def _find(token: int, key: str, asked: str) -> HttpResponse | None:
    kept = Answered.objects.filter(token=token, key=key).first()
    if kept is None:
        return None
    if kept.asked != asked:
        raise Refusal("key_reused", _("This Idempotency-Key was used for another request."),
                      _("Take a new key for each thing that you want done."))  # fmt: skip
    response = HttpResponse(bytes(kept.body), status=kept.status)
    for name, value in kept.headers.items():
        response.headers[name] = value
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _first(token: int, key: str, asked: str, act: Callable[[], HttpResponse]) -> HttpResponse:
    with transaction.atomic():
        row = Answered(token=token, key=key, asked=asked, status=0, body=b"", at=now())
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            raise _Taken from None
        response = act()
        row.status, row.body = response.status_code, response.content
        row.headers = {name: response.headers[name] for name in _HEADERS if name in response.headers}
        row.save(update_fields=["status", "body", "headers"])
    return response


def hash_of(request: HttpRequest) -> str:
    """What the request asks for: method, address and content. Of a form its parts, for its boundary is drawn anew."""
    digest = hashlib.sha256()
    for part in _told(request):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _told(request: HttpRequest) -> Iterator[bytes]:
    yield (request.method or "").encode()
    yield request.get_full_path().encode("utf-8", "replace")
    yield request.headers.get("If-Match", "").encode("utf-8", "replace")
    if request.content_type != "multipart/form-data":
        yield request.body
        return
    for name, values in sorted(request.POST.lists()):
        yield f"{name}={values!r}".encode("utf-8", "replace")
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            yield f"{name}: {file.name} {file.content_type}".encode("utf-8", "replace")
            yield hashlib.sha256(file.read()).digest()
            file.seek(0)


def forget(before: dt.datetime | None = None) -> int:
    """Throws away what is older than a day; done by schedule. How many there were."""
    return Answered.objects.filter(at__lt=before or now() - KEPT).delete()[0]
