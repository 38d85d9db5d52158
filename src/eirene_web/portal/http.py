"""Pages of a release: rendered once, kept, sent with a strong ETag and compressed beforehand.

A page follows from the releases of its alliance, the language, the address and the templates, and from nothing else;
the ETag is the hash of these, so that a 304 costs no rendering and two servers agree.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.http import parse_etags

_pages: OrderedDict[str, tuple[bytes, bytes]] = OrderedDict()
_lock = threading.Lock()
_held = 0
_MOST_BYTES = 48 << 20
#: A page may be kept this long without asking again.
FRESH = "public, max-age=60"


@cache
def version() -> str:
    """Hash of the code, templates, texts and style sheets that make the pages."""
    from importlib.resources import files

    digest = hashlib.sha256()
    roots = [settings.PACKAGE, Path(str(files("eirene.documents"))), Path(str(files("eirene.phrases")))]
    for root in roots:
        for path in sorted(root.rglob("*")):
            if path.suffix in (".py", ".html", ".css", ".js", ".mo", ".yaml", ".svg") and path.is_file():
                digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def page_tag(request: HttpRequest, fingerprint: str) -> str:
    parts = (version(), fingerprint, request.get_full_path(), getattr(request, "LANGUAGE_CODE", ""), base_url(request))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:40]


def base_url(request: HttpRequest) -> str:
    """What addresses begin with where they must be whole: citations, embed lines."""
    return settings.EIRENE_URL or f"{request.scheme}://{request.get_host()}"


def takes_gzip(request: HttpRequest) -> bool:
    for part in request.headers.get("Accept-Encoding", "").split(","):
        name, _, parameters = part.partition(";")
        if name.strip().lower() == "gzip":
            return parameters.replace(" ", "").lower() not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def etag_of(tag: str, zipped: bool) -> str:
    """One for each form of the same page: a strong ETag names bytes."""
    return f'"{tag}-gzip"' if zipped else f'"{tag}"'


def not_modified(request: HttpRequest, etag: str) -> HttpResponse | None:
    asked = parse_etags(request.headers.get("If-None-Match", ""))
    if etag not in asked and "*" not in asked:
        return None
    response = HttpResponse(status=304)
    response.headers.pop("Content-Type", None)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = FRESH
    response.headers["Vary"] = "Accept-Encoding"
    return response


def serve_page(
    request: HttpRequest,
    fingerprint: str,
    make: Callable[[], tuple[str, Mapping[str, Any]]],
    *,
    content_type: str = "text/html; charset=utf-8",
    policy: str = "",
) -> HttpResponse:
    """The page that `make` describes (template, context), from memory if it has been made before.

    `make` may raise Http404; nothing is kept then. Of all pages those asked for last are kept, up to _MOST_BYTES.
    """
    tag, zipped = page_tag(request, fingerprint), takes_gzip(request)
    etag = etag_of(tag, zipped)
    kept = _find(tag)
    if kept is None:
        template, context = make()
        html = render_to_string(template, dict(context), request).encode("utf-8")
        kept = (html, gzip.compress(html, 6, mtime=0))
        _keep(tag, kept)
    unchanged = not_modified(request, etag)
    return unchanged or _response(request, kept, etag, zipped, content_type, policy)


def _response(
    request: HttpRequest, kept: tuple[bytes, bytes], etag: str, zipped: bool, content_type: str, policy: str
) -> HttpResponse:
    body = kept[1] if zipped else kept[0]
    response = HttpResponse(b"" if request.method == "HEAD" else body, content_type=content_type)
    response.headers["Content-Length"] = str(len(body))
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = FRESH
    response.headers["Vary"] = "Accept-Encoding"
    if policy:
        response.content_policy = policy  # type: ignore[attr-defined]
    return response


def _find(tag: str) -> tuple[bytes, bytes] | None:
    with _lock:
        if tag in _pages:
            _pages.move_to_end(tag)
        return _pages.get(tag)


def _keep(tag: str, page: tuple[bytes, bytes]) -> None:
    global _held
    with _lock:
        if tag not in _pages:
            _held += len(page[0]) + len(page[1])
        _pages[tag] = page
        while _held > _MOST_BYTES and len(_pages) > 1:
            _, old = _pages.popitem(last=False)
            _held -= len(old[0]) + len(old[1])


def forget_pages() -> None:
    """Empties the memory (tests, measurements)."""
    global _held
    with _lock:
        _pages.clear()
        _held = 0


def serve_bytes(
    request: HttpRequest, data: bytes, *, content_type: str, sha256: str = "", filename: str = "", policy: str = ""
) -> HttpResponse:
    """A file, with its own hash as ETag; `filename` makes the browser save it."""
    etag = f'"{sha256 or hashlib.sha256(data).hexdigest()}"'
    unchanged = not_modified(request, etag)
    if unchanged is not None:
        return unchanged
    response = HttpResponse(b"" if request.method == "HEAD" else data, content_type=content_type)
    response.headers["Content-Length"] = str(len(data))
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = FRESH
    if filename:
        response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    if policy:
        response.content_policy = policy  # type: ignore[attr-defined]
    return response
