"""Shows that an answer is inside a release that does not show it, to who holds the office's key and the report."""

from __future__ import annotations

from pathlib import Path

from eirene.errors import UsageError
from eirene.questionnaires.model import Report
from eirene.release.answers import proof
from eirene.release.read import open_release


def prove(folder: str | Path, key: bytes, report: Report) -> dict[str, str]:
    """question → `shown` (it stands there under the body's name), `inside` (counted, the keyed hash is there) or
    `not inside` (another answer was counted, or another key used).

    Raises UsageError if the release has no proofs or does not hold the report's cycle.
    """
    release = open_release(folder)
    answers = release.answers
    if not answers.proofs and not any(
        a.code == release.audience and a.names_all for a in release.pack.header.audiences
    ):
        raise UsageError(
            "The release was built without a key: it can prove nothing.",
            where=str(folder),
            remedy="Build it with --key-file, and keep the key.",
        )
    named = answers.reports.get(report.cycle, {}).get(report.body)
    found: dict[str, str] = {}
    for question, answer in sorted(report.answers.items()):
        if named is not None and named.answers.get(question) == answer:
            found[question] = "shown"
        else:
            inside = proof(key, report, question, release.pack) in answers.proofs
            found[question] = "inside" if inside else "not inside"
    return found
