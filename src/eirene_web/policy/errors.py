"""What a refusal is: one that may say why, and one that may not even say that there is something."""

from __future__ import annotations

from eirene.errors import EireneError


class NotThere(EireneError):
    """For this actor the thing does not exist: the page is *not found*, whatever the reason."""


class NotAllowed(EireneError):
    """The actor sees the thing and may not do this with it; the message says why and who may."""


class SecondFactorNeeded(NotAllowed):
    """The actor may do this once signed in with a second factor."""
