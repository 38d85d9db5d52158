from __future__ import annotations

from django.urls import path

from eirene_web.custody import views

urlpatterns = [
    path("history/", views.index, name="histories"),
    path("history/<code:body>/", views.body, name="history"),
    path("history/<code:body>/history.<slugword:form>", views.take_out, name="history-file"),
    path("raise/", views.raise_text, name="raise"),
    path("quarantine/", views.quarantine, name="quarantine"),
    path("quarantine/posts/", views.designated, name="designated"),
    path("quarantine/<int:concern>/", views.concern, name="concern"),
    path("quarantine/<int:concern>/decide/", views.decide, name="concern-decide"),
]
