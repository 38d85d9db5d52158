"""One signed file each way for a network that reaches nobody.

    issue_package    the platform: pack, workbooks, last report, instructions, hashed and signed
    read_package     the closed side: is it whole, and whose is it?
    open_package     … laid out in a folder
    close_package    … the workbooks of all offices joined, checked, and put into one file that goes back
    read_return      the platform: is what came back whole, and does it answer what was handed out?

A package is a zip with the file FORMAT (`eirene.package/1`, or `eirene.return/1` for what comes back), `manifest.json`,
which names every other file with its SHA-256, and `signature.json`, which signs the manifest's bytes with Ed25519: with
the installation's key on the way out, on the way back with a key of the package's own that travels inside it. The
format is described in docs/file-formats.md. Nothing here reads the clock or needs a network.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import os
import re
import shutil
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from eirene.errors import Blocked, EireneError, Problem, Unreadable, UsageError, VerificationFailed
from eirene.files import write_whole
from eirene.formats._inspect import MAX_BYTES, PACKAGE_MARK
from eirene.formats.checking import Checked, findings_text
from eirene.formats.door import Door
from eirene.formats.readers import ReadResult, read_outside
from eirene.formats.wording import part_label, part_value
from eirene.framework import AskedQuestion, AskedQuestionnaire, Pack, asked, pack_bytes, pack_from_bytes, pack_hash
from eirene.questionnaires import check, load_report, read_json, report_bytes
from eirene.questionnaires.model import Report
from eirene.questionnaires.parts import Parts, detail_parts, is_content, parts_of, report_of_parts, stated

FORMAT, RETURN_FORMAT = "eirene.package/1", "eirene.return/1"
MANIFEST, SIGNATURE = "manifest.json", "signature.json"
#: Files of a folder that close needs as they were; workbooks are meant to change.
_FIXED = ("pack.json", "previous.json", "handed-out.json", "return.key")
#: What a manifest of each form must say.
_NAMED: Mapping[str, Sequence[str]] = {
    FORMAT: ("pack", "cycle", "body", "sections", "lang", "issued", "expires", "token", "return_key"),
    RETURN_FORMAT: ("pack", "cycle", "body", "sections", "token", "package"),
}
_HEX = re.compile(r"[0-9a-f]{64}")
_UNSAFE = re.compile(r"[\\/:\x00-\x1f\u202a-\u202e\u2066-\u2069]")


# --- keys -----------------------------------------------------------------------------------------------------------


def new_seed() -> bytes:
    """A fresh Ed25519 key, as its 32 secret bytes."""
    return os.urandom(32)


def public_key(seed: bytes) -> str:
    """The public half, hexadecimal."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw().hex()


def fingerprint(key: str) -> str:
    """By which people compare a public key: its SHA-256, in groups of four."""
    digest = hashlib.sha256(bytes.fromhex(key)).hexdigest()
    return " ".join(digest[i : i + 4] for i in range(0, 64, 4))


def _sign(seed: bytes, data: bytes) -> str:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(seed).sign(data).hex()


def _signed(key: str, signature: str, data: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), data)
    except (InvalidSignature, ValueError):
        return False
    return True


# --- the container --------------------------------------------------------------------------------------------------


def _canonical(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _packed(form: str, manifest: Mapping[str, Any], files: Mapping[str, bytes], seed: bytes) -> bytes:
    """The zip: the same bytes for the same content."""
    listed = {
        name: {"sha256": hashlib.sha256(files[name]).hexdigest(), "bytes": len(files[name])} for name in sorted(files)
    }
    told = _canonical({"format": form, **manifest, "files": listed})
    signature = _canonical({"algorithm": "ed25519", "key": public_key(seed), "signature": _sign(seed, told)})
    content = {PACKAGE_MARK: f"{form}\n".encode(), MANIFEST: told, SIGNATURE: signature, **dict(sorted(files.items()))}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as out:
        for name, data in content.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            # The mark stands first and plain, so that it can be seen without unpacking.
            info.compress_type = zipfile.ZIP_STORED if name == PACKAGE_MARK else zipfile.ZIP_DEFLATED
            info.create_system, info.external_attr = 3, 0o644 << 16
            out.writestr(info, data)
    return buffer.getvalue()


@dataclass(frozen=True)
class _Sealed:
    """A manifest whose signature and files are right; `key`: who signed."""

    manifest: dict[str, Any]
    bytes: bytes
    key: str


def _unsealed(files: Mapping[str, bytes], form: str, place: str, *, only: Iterable[str] | None = None) -> _Sealed:
    """Raises VerificationFailed with everything that is not as it was signed. `only`: files to look at."""
    data, key, signature = _opened(files, form, place)
    told = files[MANIFEST]
    if not _signed(key, signature, told):
        raise _changed(f"{MANIFEST} is not what was signed.", place)
    listed = data.get("files")
    if not isinstance(listed, dict) or not all(isinstance(one, dict) for one in listed.values()):
        raise _changed(f"{MANIFEST} names no files.", place)
    wanted = set(listed) if only is None else set(listed) & set(only)
    problems = [f"{name} is missing." for name in sorted(wanted - set(files))]
    problems += [
        f"{name} is not what it was when the file was made."
        for name in sorted(wanted & set(files))
        if hashlib.sha256(files[name]).hexdigest() != listed[name].get("sha256")
    ]
    if only is None:
        extra = set(files) - set(listed) - {PACKAGE_MARK, MANIFEST, SIGNATURE}
        problems += [f"{name} was put in afterwards." for name in sorted(extra)]
    if problems:
        raise VerificationFailed([Problem(p, place, _ASK_AGAIN) for p in problems])
    return _Sealed(data, told, key)


_ASK_AGAIN = "It was changed or damaged on the way: ask for it again."


def _opened(files: Mapping[str, bytes], form: str, place: str) -> tuple[dict[str, Any], str, str]:
    """Manifest, key and signature as they are written, nothing of it believed yet."""
    mark = files.get(PACKAGE_MARK, b"").decode("utf-8", "replace").strip()
    if mark != form:
        known = {FORMAT: "a package for a closed network", RETURN_FORMAT: "a file that came back from a closed network"}
        found = known.get(mark, "an unknown kind of file")
        raise Unreadable(f"This is {found}, not {known[form]}.", where=place, remedy="Check which file it is.")
    try:
        data, signed = json.loads(files[MANIFEST]), json.loads(files[SIGNATURE])
        key, signature = str(signed["key"]), str(signed["signature"])
    except (KeyError, ValueError, TypeError, RecursionError):
        raise _changed(f"{MANIFEST} or {SIGNATURE} is missing or damaged.", place) from None
    whole = isinstance(data, dict) and data.get("format") == form and not [n for n in _NAMED[form] if n not in data]
    if not whole or not _HEX.fullmatch(key):
        raise _changed(f"{MANIFEST} or {SIGNATURE} is damaged.", place)
    return data, key, signature


def _changed(what: str, place: str) -> VerificationFailed:
    return VerificationFailed(what, where=place, remedy=_ASK_AGAIN)


# --- on the way out -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Contents:
    """What goes into a package.

    parts        the answers as they are handed out, by question and part
    workbooks    name → bytes
    sections     ids of the sections that it holds
    """

    pack: Pack
    cycle: str
    body: str
    token: str
    issued: dt.datetime
    expires: dt.datetime
    lang: str
    parts: Parts
    workbooks: Mapping[str, bytes]
    sections: Sequence[str]
    previous: Report | None = None
    alliance: str = ""


def issue_package(contents: Contents, seed: bytes, return_seed: bytes) -> bytes:
    """The package as .zip bytes, the same for the same arguments.

    seed          the installation's key;  return_seed: the package's own, which travels inside
    """
    pack, sheet = contents.pack, asked(contents.pack, contents.cycle)
    files: dict[str, bytes] = {
        "pack.json": pack_bytes(pack),
        "handed-out.json": _canonical(contents.parts),
        "return.key": return_seed.hex().encode() + b"\n",
        **{f"workbooks/{name}": data for name, data in contents.workbooks.items()},
    }
    if contents.previous is not None:
        files["previous.json"] = report_bytes(contents.previous, pack)
    manifest: dict[str, Any] = {
        "alliance": contents.alliance or pack.header.slug,
        "pack": {"id": pack.header.id, "version": pack.header.version, "sha256": pack_hash(pack)},
        "questionnaire": {"id": sheet.id, "version": sheet.version},
        "cycle": contents.cycle,
        "body": contents.body,
        "sections": list(contents.sections),
        "lang": contents.lang,
        "issued": _instant(contents.issued),
        "expires": _instant(contents.expires),
        "token": contents.token,
        "key": public_key(seed),
        "return_key": public_key(return_seed),
    }
    files |= {name: text.encode() for name, text in _instructions(manifest).items()}
    return _packed(FORMAT, manifest, files, seed)


def _instant(value: dt.datetime) -> str:
    return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _instructions(manifest: Mapping[str, Any]) -> dict[str, str]:
    """What to do, in both languages; read by people, never by us."""
    facts = {"body": manifest["body"], "cycle": manifest["cycle"], "issued": manifest["issued"],
             "expires": manifest["expires"], "key": fingerprint(manifest["key"])}  # fmt: skip
    return {"README.txt": _README.format(**facts), "LISEZ-MOI.txt": _LISEZ_MOI.format(**facts)}


_README = """Report of {body} for {cycle}: package for a closed network
Issued {issued}, to be back by {expires}.

You need Eirene on the closed network (Python 3.11 or later; no network). In these lines PACKAGE.zip is the file that
you carried over, FOLDER an empty folder, BACK.zip the file that you carry back.

1. Compare the key. You were given its fingerprint on paper, by another way than this file:

       {key}

       eirene package verify PACKAGE.zip --fingerprint "…what is on the paper…"

   If it says that the fingerprint is another, stop and tell the office of the alliance.

2. Lay it out:

       eirene package open PACKAGE.zip -o FOLDER

3. Fill in the workbooks in FOLDER/workbooks with Excel or LibreOffice. Several offices may each fill in a copy: put all
   the copies into FOLDER/workbooks. Evidence goes into FOLDER/evidence/NUMBER-OF-THE-QUESTION/.
   No persons, no cases: write nothing from which a person can be recognised.

4. Join and check them, as often as you like, and make the file that goes back:

       eirene package close FOLDER -o BACK.zip

   What two offices answer differently is listed, and no file is made until you have decided. Findings of the checks are
   listed too; only blockers will later stop the submission.

5. Carry BACK.zip over and hand it in on the page of files of your report. You are shown what it would change before
   anything is changed. Handed in twice, it does nothing twice.

FOLDER/return.key signs what goes back: keep the folder as you keep the report.
"""

_LISEZ_MOI = """Rapport de {body} pour {cycle} : paquet pour un réseau fermé
Établi le {issued}, à rendre avant le {expires}.

Il vous faut Eirene sur le réseau fermé (Python 3.11 ou plus récent ; aucun réseau). Ci-dessous, PACKAGE.zip est le
fichier que vous avez apporté, FOLDER un dossier vide, BACK.zip le fichier que vous rapporterez.

1. Comparez la clé. On vous a remis son empreinte sur papier, par une autre voie que ce fichier :

       {key}

       eirene package verify PACKAGE.zip --fingerprint "…ce qui est sur le papier…"

   Si la commande dit que l’empreinte est une autre, arrêtez-vous et prévenez le bureau de l’alliance.

2. Dépliez-le :

       eirene package open PACKAGE.zip -o FOLDER

3. Remplissez les classeurs de FOLDER/workbooks dans Excel ou LibreOffice. Plusieurs services peuvent remplir chacun une
   copie : placez toutes les copies dans FOLDER/workbooks. Les pièces vont dans FOLDER/evidence/NUMÉRO-DE-LA-QUESTION/.
   Ni personnes ni cas : n’écrivez rien qui permette de reconnaître une personne.

4. Réunissez-les et contrôlez-les, autant de fois qu’il vous plaît, et établissez le fichier à rapporter :

       eirene package close FOLDER -o BACK.zip

   Ce que deux services répondent différemment est énuméré, et aucun fichier n’est établi tant que vous n’avez pas
   tranché. Les constats des contrôles le sont aussi ; seuls les blocages empêcheront plus tard l’envoi.

5. Rapportez BACK.zip et remettez-le sur la page des fichiers de votre rapport. On vous montre ce qu’il changerait avant
   de rien changer. Remis deux fois, il ne fait rien deux fois.

FOLDER/return.key signe ce qui repart : gardez le dossier comme vous gardez le rapport.
"""


# --- on the closed side ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Package:
    """A package that is whole. `key`: the public key that signed it."""

    manifest: Mapping[str, Any]
    files: Mapping[str, bytes]
    key: str

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.key)

    def expired(self, on: dt.date) -> bool:
        return on.isoformat() > str(self.manifest["expires"])[:10]


def read_package(path: str | Path, expected: str = "") -> Package:
    """The package in a file, verified. `expected`: the fingerprint that came by another way.

    Raises Unreadable for what is no package; VerificationFailed for one that was changed, or was signed by another key.
    """
    place = str(path)
    with Door() as door:
        outside = door.open(path)
    if outside.kind != "package":
        raise Unreadable("This is not a package for a closed network.", where=place, remedy="Check which file it is.")
    sealed = _unsealed(outside.files, FORMAT, place)
    if expected and _plain(expected) != _plain(fingerprint(sealed.key)):
        raise VerificationFailed(
            f"The package was signed by another key: its fingerprint is {fingerprint(sealed.key)}.",
            where=place,
            remedy="Do not open it; tell the office of the alliance.",
        )
    return Package(sealed.manifest, outside.files, sealed.key)


def _plain(text: str) -> str:
    return re.sub(r"[^0-9a-f]", "", text.casefold())


def open_package(package: Package, folder: Path) -> list[Path]:
    """Lays the package out in a folder that is new or empty, whole or not at all. The files written.

    Raises UsageError if something is there.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is there and not empty.", remedy="Name a folder that does not exist yet.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        for name, data in package.files.items():
            target = made.joinpath(*name.split("/"))
            target.parent.mkdir(parents=True, exist_ok=True)
            write_whole(target, data)
        (made / "return.key").chmod(0o600)
        (made / "evidence").mkdir(exist_ok=True)
        made.chmod(0o700)
        if folder.exists():
            folder.rmdir()
        made.rename(folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return sorted(path for path in folder.rglob("*") if path.is_file())


@dataclass(frozen=True)
class Closed:
    """What goes back. `notes`: what was unusual but harmless; `findings`: severity → how many; `told`: all of them in
    words, in the language of the package."""

    data: bytes
    report: Report
    changed: int
    workbooks: tuple[str, ...]
    evidence: tuple[str, ...]
    notes: tuple[Problem, ...]
    findings: Mapping[Any, int]
    told: str = ""


def close_package(folder: Path) -> Closed:
    """Joins the workbooks in the folder, checks the report, and makes the file that goes back.

    Raises Unreadable with every problem of every workbook; Blocked with what two offices answer differently;
    VerificationFailed if what the package brought along was changed.
    """
    held = _held(folder)
    sealed = _unsealed(held, FORMAT, str(folder), only=_FIXED)
    manifest = sealed.manifest
    pack = pack_from_bytes(held["pack.json"])
    sheet = asked(pack, str(manifest["cycle"]))
    base: Parts = json.loads(held["handed-out.json"])
    names, read = _workbooks(folder, pack, manifest)
    merged, changed = _joined(
        pack, sheet, base, [_office(pack, sheet, n, r, manifest) for n, r in zip(names, read, strict=True)]
    )
    report = report_of_parts(pack, str(manifest["cycle"]), str(manifest["body"]), merged)
    previous = load_report(held["previous.json"], pack) if "previous.json" in held else None
    findings = check(report, pack, previous=previous)
    counts = Counter(f.severity for f in findings if f.outcome == "found")
    evidence = _evidence(folder, sheet)
    notes = [*(n for r in read for n in r.notes), *_strangers(names, read, manifest)]
    files = {
        "parts.json": _canonical(merged),
        "report.json": report_bytes(_sendable(report, sheet), pack),
        "notes.json": _canonical({
            "notes": [[n.what, n.where, n.remedy] for n in notes], "findings": dict(counts), "workbooks": names,
        }),
        **evidence,
    }  # fmt: skip
    told = {key: manifest[key] for key in ("pack", "questionnaire", "cycle", "body", "sections", "token")}
    answered = {**told, "package": hashlib.sha256(sealed.bytes).hexdigest()}
    data = _packed(RETURN_FORMAT, answered, files, bytes.fromhex(held["return.key"].decode().strip()))
    if len(data) > MAX_BYTES:
        raise UsageError(
            f"What goes back would have {len(data) / 1e6:.1f} MB; at most {MAX_BYTES / 1e6:.1f} MB are taken in.",
            where=str(folder / "evidence"),
            remedy="Take evidence out; it can be attached on the page afterwards.",
        )
    told_all = findings_text([Checked(str(folder), pack, report, tuple(findings))], str(manifest["lang"]))
    return Closed(data, report, changed, tuple(names), tuple(sorted(evidence)), tuple(notes), dict(counts), told_all)


def _held(folder: Path) -> dict[str, bytes]:
    """The files of an opened package that close needs."""
    found = {}
    for name in (PACKAGE_MARK, MANIFEST, SIGNATURE, *_FIXED):
        path = folder / name
        if path.is_file():
            found[name] = path.read_bytes()
    if MANIFEST not in found:
        raise UsageError(
            f"{folder} is not the folder of an opened package.", remedy="Open one: eirene package open FILE -o DIR."
        )
    return found


def _workbooks(folder: Path, pack: Pack, manifest: Mapping[str, Any]) -> tuple[list[str], list[ReadResult]]:
    """Every workbook (or report as JSON) in the folder, read; all problems of all of them at once."""
    inside = folder / "workbooks"
    paths = [
        path
        for path in sorted(inside.rglob("*"))
        if path.is_file() and path.suffix.lower() in (".xlsx", ".json") and not path.name.startswith(("~$", "."))
    ]
    if not paths:
        raise UsageError(f"There is no workbook in {inside}.", remedy="Put the workbooks that were filled in there.")
    read: list[ReadResult] = []
    problems: list[Problem] = []
    with Door() as door:
        for path in paths:
            try:
                outside = door.open(path)
                read.append(
                    read_outside(outside, pack, expected_cycle=manifest["cycle"], expected_body=manifest["body"])
                )
            except EireneError as error:
                problems += error.problems
    if problems:
        raise Unreadable(problems)
    return [path.relative_to(inside).as_posix() for path in paths], read


@dataclass(frozen=True)
class _Office:
    """One workbook: what it says, of which questions, and whether a blank in it means *emptied*."""

    name: str
    parts: Parts
    questions: frozenset[str]
    blanks: bool


def _office(pack: Pack, sheet: AskedQuestionnaire, name: str, read: ReadResult, manifest: Mapping[str, Any]) -> _Office:
    allowed = set(manifest["sections"])
    covered = allowed if read.sections is None else allowed & read.sections
    parts = parts_of(read.report, pack)
    for id, details in read.beside.items():
        # The definition that the form carries forward says nothing beside an answer that was not given.
        held = {k: v for k, v in detail_parts(pack, sheet.questions[id], details).items() if k[:11] != "definition."}
        parts.setdefault(id, held)
    questions = frozenset(q.id for s in sheet.sections if s.id in covered for q in s.questions)
    return _Office(name, parts, questions, read.sections is not None and read.reference == manifest["token"])


def _strangers(names: Sequence[str], read: Sequence[ReadResult], manifest: Mapping[str, Any]) -> list[Problem]:
    return [
        Problem(
            "This workbook did not come with the package; nothing that is blank in it counts as emptied.", name
        )
        for name, one in zip(names, read, strict=True)
        if one.sections is not None and one.reference != manifest["token"]
    ]  # fmt: skip


def _joined(pack: Pack, sheet: AskedQuestionnaire, base: Parts, offices: Sequence[_Office]) -> tuple[Parts, int]:
    """What was handed out, with what each office changed; how many parts changed. Raises Blocked with every clash."""
    merged: Parts = {}
    clashes: list[Problem] = []
    changed = 0
    for id, question in sheet.questions.items():
        before = stated(question.question, base.get(id, {}))
        given: dict[str, list[tuple[Any, str]]] = {}
        for office in offices:
            if id in office.questions:
                for part, value in _proposals(question, before, office).items():
                    given.setdefault(part, []).append((value, office.name))
        clashes += _clashes(pack, question, given)
        changed += len(given)
        now = {**before, **{part: values[0][0] for part, values in given.items()}}
        told = {part: value for part, value in now.items() if value is not None}
        if told:
            merged[id] = told
    if clashes:
        raise Blocked(clashes)
    return merged, changed


def _proposals(question: AskedQuestion, before: Mapping[str, Any], office: _Office) -> dict[str, Any]:
    """Parts that an office changed; None: emptied."""
    says = stated(question.question, office.parts.get(question.id, {}))
    found = {part: value for part, value in says.items() if before.get(part) != value}
    aside = says.get("status", "answered") != "answered"
    if office.blanks:
        found |= {part: None for part in before if part not in says and not (aside and is_content(part))}
    elif "status" in before and any(is_content(part) for part in says):
        found["status"] = None  # a value where a reason stood
    return found


def _clashes(pack: Pack, question: AskedQuestion, given: Mapping[str, list[tuple[Any, str]]]) -> list[Problem]:
    found = []
    for part, values in given.items():
        first, place = values[0]
        for value, other in values[1:]:
            if value != first:
                shown = [part_value(pack, question.question, part, v, "en") or "emptied" for v in (first, value)]
                found.append(_clash(question, part_label(pack, question.question, part, "en"), shown, (place, other)))
    reasons = [(v, place) for v, place in given.get("status", []) if v not in (None, "answered")]
    content = [place for part, values in given.items() if is_content(part) for v, place in values if v is not None]
    found += [
        _clash(question, "Status", [str(value).replace("_", " "), "an answer"], (place, other))
        for value, place in reasons[:1]
        for other in sorted(set(content) - {place})[:1]
    ]
    return found


def _clash(question: AskedQuestion, label: str, shown: Sequence[str], files: tuple[str, str]) -> Problem:
    part = f", {label}" if label else ""
    return Problem(
        f"question {question.number} ({question.id}){part}: "
        f"“{shown[0][:80]}” in {files[0]}, “{shown[1][:80]}” in {files[1]}.",
        files[1],
        "Decide which holds, and correct the other.",
    )


def _sendable(report: Report, sheet: AskedQuestionnaire) -> Report:
    """As `eirene.report/1` has it: what says nothing but a comment is *no data*."""
    answers = {
        id: replace(answer, status="no_data")
        if answer.status == "answered" and answer.value is None
        and sheet.questions[id].question.type not in ("matrix", "rows")
        else answer
        for id, answer in report.answers.items()
    }  # fmt: skip
    return replace(report, answers=answers)


def _evidence(folder: Path, sheet: AskedQuestionnaire) -> dict[str, bytes]:
    """Files below evidence/<id or number of a question>/, as evidence/<id>/<name>."""
    inside = folder / "evidence"
    by_name = {q.number: q.id for q in sheet.questions.values()} | {id: id for id in sheet.questions}
    found: dict[str, bytes] = {}
    problems: list[Problem] = []
    for path in sorted(p for p in inside.rglob("*") if p.is_file()) if inside.is_dir() else []:
        where = path.relative_to(inside)
        question = by_name.get(where.parts[0]) if len(where.parts) == 2 else None
        if path.name.startswith(("~$", ".")) or path.name == "Thumbs.db":
            continue
        if question is None:
            problems.append(Problem(
                "It is not clear which answer this file belongs to.", str(path),
                "Put it into evidence/<number of the question>/, for example evidence/2.1/.",
            ))  # fmt: skip
        elif path.is_symlink() or path.stat().st_size > MAX_BYTES:
            problems.append(Problem("The file is too large, or no file.", str(path), "Attach it on the page instead."))
        else:
            found[f"evidence/{question}/{_UNSAFE.sub('_', path.name)[:150]}"] = path.read_bytes()
    if problems:
        raise Unreadable(problems)
    return found


# --- on the way back ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Return:
    """What came back, whole. `evidence`: (question, name, content)."""

    manifest: Mapping[str, Any]
    parts: Mapping[str, Mapping[str, Any]]
    notes: tuple[Problem, ...] = ()
    evidence: tuple[tuple[str, str, bytes], ...] = ()
    findings: Mapping[str, int] = field(default_factory=dict)


def token_of_return(files: Mapping[str, bytes], place: str) -> str:
    """Which package it says it answers; not believed until `read_return` has looked. Raises as that does."""
    data, _, _ = _opened(files, RETURN_FORMAT, place)
    return str(data.get("token", ""))


def read_return(files: Mapping[str, bytes], key: str, place: str) -> Return:
    """What came back, verified against the public key that its package carried.

    Raises Unreadable for another kind of file; VerificationFailed for one that was changed or is of another package.
    """
    sealed = _unsealed(files, RETURN_FORMAT, place)
    if sealed.key != key:
        raise VerificationFailed(
            "It was signed by another key than the package carried.", where=place, remedy=_ASK_AGAIN
        )
    try:
        parts = read_json(files["parts.json"], place)
        told = json.loads(files.get("notes.json", b"{}"))
        notes = tuple(Problem(*(str(text) for text in one[:3])) for one in told.get("notes", [])[:200])
        findings = {str(k): int(v) for k, v in told.get("findings", {}).items()}
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError):
        raise Unreadable("What it says cannot be read.", where=place, remedy="Close the package again.") from None
    if not isinstance(parts, dict) or not all(isinstance(one, dict) for one in parts.values()):
        raise Unreadable("What it says cannot be read.", where=place, remedy="Close the package again.")
    evidence = tuple(
        (name.split("/")[1], name.split("/")[2], content)
        for name, content in sorted(files.items())
        if name.startswith("evidence/") and name.count("/") == 2
    )
    return Return(sealed.manifest, parts, notes, evidence, findings)
