"""The mechanics of the drill: a text leaves its places, goes back to them, or is destroyed.

What was taken out lies with its concern (`Held`), place by place; several concerns may have to do with one row, one
submission or one figure, and are decided in any order. Nothing here asks the policy or writes an entry: `drill` does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps

from eirene_web.custody.models import Concern, Held
from eirene_web.custody.quarantine import (
    MARKERS,
    PURGED,
    QUARANTINED,
    Document,
    Found,
    Holder,
    Text,
    at,
    carriers,
    made,
    written,
)
from eirene_web.files import services as files
from eirene_web.files.models import Blob
from eirene_web.journal.chain import canonical
from eirene_web.journal.models import Change
from eirene_web.journal.services import Field


def hide(concern: Concern, holder: Holder, key: str, found: Found) -> list[Field]:
    """Moves everything into the concern's keeping; gives the journal fields of what changed in the open."""
    words = _hide_changes(concern, holder, key)
    fields: list[Field] = []
    for text in found.texts:
        value = _now(text)
        if value in (None, "", [], {}, *MARKERS) or not _hold(concern, text.place, canonical(value).encode()):
            continue
        words += _taken(value, text.put(QUARANTINED))
        fields += _put(text, text.put(QUARANTINED))
    for document in found.documents:
        words += _take_out(concern, document)
        fields += _written(holder, concern, document.submission, QUARANTINED)
    for sha256 in found.blobs:
        if _hold(concern, f"blob:{sha256}", b""):
            files.quarantine(sha256)
    _elsewhere(concern, words)
    return fields


def _hide_changes(concern: Concern, holder: Holder, key: str) -> list[str]:
    """What the journal holds of it, and the reasons that were given with it; gives the sentences in them."""
    own = holder.changes(concern.alliance, key)
    with_it = Change.objects.filter(field="reason", entry__in=list(own.values_list("entry", flat=True)))
    pks = {*own.values_list("pk", flat=True), *with_it.values_list("pk", flat=True)}
    words = []
    for one in Change.objects.filter(pk__in=pks, salt__isnull=False):
        content = canonical([one.before, one.after, one.salt])
        _hold(concern, f"change:{one.pk}", content.encode())
        Change.objects.filter(pk=one.pk).update(before=None, after=None, salt=None)
        words += [word for told in (one.before, one.after) if told for word in words_in(json.loads(told))]
    # A code or a hash is no sentence: it stands in many other places and names nobody.
    return [word for word in words if len(word) >= SHORT and " " in word]


def _hold(concern: Concern, place: str, content: bytes) -> bool:
    """False if another concern has taken it out already."""
    if Held.objects.filter(place=place).exists():
        return False
    Held.objects.create(concern=concern, place=place, content=content)
    return True


def _taken(value: Any, new: Any) -> list[str]:
    """The texts in a value that a marker replaces; codes beside them stay."""
    if isinstance(value, str):
        return [value] if new != value else []
    if isinstance(value, dict):
        return [word for key, one in value.items() for word in _taken(one, at(new, (key,)))]
    if isinstance(value, list):
        return [word for n, one in enumerate(value) for word in _taken(one, at(new, (n,)))]
    return []


def _now(text: Text) -> Any:
    """What stands there at this moment: several texts may lie in one column."""
    text.row.refresh_from_db(fields=[text.column])
    return text.value


def _put(text: Text, value: Any) -> list[Field]:
    """Replaces the text; what stood there is in no entry of the journal: it is being kept from being read."""
    whole = written(getattr(text.row, text.column), [(text.spot, value)])
    type(text.row)._default_manager.filter(pk=text.row.pk).update(**{text.column: whole}, **text.also)
    setattr(text.row, text.column, whole)
    return [Field(text.thing, text.name, None, text.told(whole))] if text.thing else []


def words_in(value: Any) -> list[str]:
    """The texts in a value, whatever its form."""
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, dict):
        return [text for one in value.values() for text in words_in(one)]
    if isinstance(value, list):
        return [text for one in value for text in words_in(one)]
    return []


# --- submissions ----------------------------------------------------------------------------------------------------


def _take_out(concern: Concern, document: Document) -> list[str]:
    """Keeps what stands at the spots of a submission; gives the words."""
    told = json.loads(document.content)
    found = [[list(spot), at(told, spot)] for spot, _marked in document.spots if at(told, spot) not in (None, *MARKERS)]
    if not found:
        return []
    # What takes no marker (a link) is no words of anybody, and goes with them.
    kept = [[spot, value, dict(document.spots)[tuple(spot)]] for spot, value in found]
    _hold(concern, f"document:{document.submission}/{concern.pk}", canonical(kept).encode())
    return [text for _spot, value in found for text in words_in(value)]


def _written(holder: Holder, concern: Concern, submission: int, marker: str | None) -> list[Field]:
    """Puts a marker where the concern keeps something of a submission; None: what was there. Where no other concern
    has anything of it, the bytes are those that were sent again."""
    held = concern.held.filter(place=f"document:{submission}/{concern.pk}").first()
    if held is None:
        return []
    spots = [(tuple(spot), value, marked) for spot, value, marked in json.loads(bytes(held.content))]
    content = _bytes(submission)
    changes = [(spot, value if marker is None else marker if marked else None) for spot, value, marked in spots]
    told = written(json.loads(content), changes)
    return list(holder.replace_document(submission, (canonical(told) + "\n").encode()))


def _bytes(submission: int) -> bytes:
    rows = apps.get_model("reports", "Submission").objects.filter(pk=submission)
    return bytes(rows.values_list("document", flat=True).get())


# --- wherever the words were taken over -----------------------------------------------------------------------------

#: Shorter words are replaced only where they are all that stands there.
SHORT = 12


def _sign(concern: Concern, number: int) -> str:
    """What stands in the place of words taken over elsewhere; it says which, so that they can be put back."""
    return f"[quarantined – en quarantaine {concern.pk}.{number}]"


def _elsewhere(concern: Concern, words: Iterable[str]) -> None:
    """Replaces the words in figures, circulated drafts, jobs; notes which releases carry them for good."""
    wanted = sorted({word for word in words if word.strip()}, key=len, reverse=True)
    if not wanted:
        return
    _hold(concern, f"words:{concern.pk}", canonical(wanted).encode())
    _turn(concern.alliance, {word: _sign(concern, n) for n, word in enumerate(wanted)})
    concern.carriers = carriers(concern.alliance, wanted)
    concern.save(update_fields=["carriers"])


def _turn(alliance: str, pairs: Mapping[str, str]) -> None:
    def turn(value: Any) -> Any:
        if isinstance(value, str):
            return _turned(value, pairs)
        if isinstance(value, dict):
            return {key: turn(one) for key, one in value.items()}
        if isinstance(value, list):
            return [turn(one) for one in value]
        return value

    for function in dict.fromkeys(made().values()):
        function(alliance, turn)


def _turned(text: str, pairs: Mapping[str, str]) -> str:
    if text in pairs:
        return pairs[text]
    for word, new in pairs.items():
        if len(word) >= SHORT and word in text:
            text = text.replace(word, new)
    return text


def _back_elsewhere(concern: Concern, marker: str | None) -> None:
    """The words again where their signs stand; with a marker that instead, for good."""
    held = concern.held.filter(place=f"words:{concern.pk}").first()
    if held is not None:
        words = json.loads(bytes(held.content))
        _turn(concern.alliance, {_sign(concern, n): marker or word for n, word in enumerate(words)})


# --- back, or gone --------------------------------------------------------------------------------------------------


def back(held: Held, holder: Holder, texts: dict[str, Text]) -> Iterable[Field]:
    kind, _colon, key = held.place.partition(":")
    content = bytes(held.content)
    if kind == "change":
        before, after, salt = json.loads(content)
        Change.objects.filter(pk=key, salt__isnull=True).update(before=before, after=after, salt=salt)
    elif kind == "document":
        return _written(holder, held.concern, int(key.partition("/")[0]), None)
    elif kind == "words":
        _back_elsewhere(held.concern, None)
    elif kind == "blob":
        files.release(key)
    else:
        text = texts.get(held.place) or _text_of(held.place)
        if text is not None and _now(text) == text.put(QUARANTINED):
            before = text.told(getattr(text.row, text.column))
            fields = _put(text, json.loads(content))
            return [Field(f.thing, f.field, before, f.after) for f in fields]
    return []


def destroy(row: Concern, holder: Holder, key: str) -> list[Field]:
    places = set(row.held.values_list("place", flat=True))
    fields: list[Field] = []
    for text in _texts_in(row, holder, key, places):
        if _now(text) == text.put(QUARANTINED):
            before = text.told(getattr(text.row, text.column))
            fields += [Field(f.thing, f.field, before, f.after) for f in _put(text, text.put(PURGED))]
    for place in sorted(place for place in places if place.startswith("document:")):
        fields += _written(holder, row, int(place.partition(":")[2].partition("/")[0]), PURGED)
    changes = [place.partition(":")[2] for place in places if place.startswith("change:")]
    hashes = sorted(Change.objects.filter(pk__in=changes).values_list("hash", flat=True))
    if hashes:
        fields.append(Field(f"purge:{row.pk}", "changes", None, hashes))
    for place in places:
        if place.startswith("blob:"):
            _purge_file(place.partition(":")[2])
    _back_elsewhere(row, PURGED)
    holder.after_purge(row.alliance, key)
    return fields


def _texts_in(row: Concern, holder: Holder, key: str, places: Iterable[str]) -> list[Text]:
    """The texts that the concern keeps, as their holder knows them."""
    found = holder.find(row.alliance, key)
    texts = {text.place: text for text in found.texts} if found else {}
    return [text for place in sorted(places) if (text := texts.get(place) or _text_of(place)) is not None]


def _text_of(place: str) -> Text | None:
    """A text by its place alone: that of a reason is found by its words, which are away."""
    label, _colon, rest = place.partition(":")
    if "." not in label:
        return None
    pk, column, *spot = rest.split(":", 2)
    row = apps.get_model(label)._default_manager.filter(pk=pk).first()
    return None if row is None else Text(row, column, str, spot=tuple(json.loads(spot[0])) if spot else ())


def _purge_file(sha256: str) -> None:
    blob = Blob.objects.filter(pk=sha256).first()
    if blob is not None:
        files.purge(blob)
