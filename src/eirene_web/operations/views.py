"""What a load balancer or a watchman asks."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from eirene_web.editions import queries
from eirene_web.operations.health import health
from eirene_web.portal.http import version


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Whether the server can do its work, and how far building has come; 503 while nobody can work.

    Names what is public and nothing else: not how much there is, nor that something is waiting to be published.
    """
    told = health()
    body = {**told, "version": version()[:12]}
    if told["database"] == "ok":
        steps = [step for step in queries.build_steps() if step.shown]
        body["editions"] = [f"{a.slug}/{r.cycle}" for a in queries.public_alliances() for r in a.editions]
        body["building"] = [
            {"what": s.key, "state": s.state, "phase": s.phase, "done": s.done, "of": s.of}
            for s in steps
            if s.state != "done"
        ]
    response = JsonResponse(body, status=503 if told["status"] == "down" else 200)
    response.headers["Cache-Control"] = "no-store"
    return response
