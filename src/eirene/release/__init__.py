"""Releases: built for an audience, frozen, verified, compared, read."""

from eirene.release.answers import read_key
from eirene.release.build import build_from_files, build_release
from eirene.release.diff import diff
from eirene.release.inputs import History, history_of
from eirene.release.prove import prove
from eirene.release.read import Release, open_release, show_figure
from eirene.release.verify import Verification, verify

__all__ = [
    "History", "Release", "Verification", "build_from_files", "build_release", "diff", "history_of", "open_release",
    "prove", "read_key", "show_figure", "verify",
]  # fmt: skip
