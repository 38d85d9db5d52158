"""Contents are found by whatever refers to them."""

from __future__ import annotations

PLAIN = {"files.Blob": "hashes; the content goes with whatever refers to it"}
