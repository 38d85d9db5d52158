"""Addresses of the API. What is under /api/ and is none of them is told in its own shape too."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from eirene_web.api.description import openapi
from eirene_web.api.frame import api
from eirene_web.api.handlers import install
from eirene_web.api.refusals import by_status

install(api)


@csrf_exempt
def nothing(request: HttpRequest, rest: str = "") -> HttpResponse:
    return by_status(HttpResponse(status=404))


urlpatterns = [
    path("v1/openapi.json", openapi, name="api-openapi"),
    path("v1/", api.urls),
    path("", nothing, name="api-nothing"),
    path("<path:rest>", nothing, name="api-none"),
]
