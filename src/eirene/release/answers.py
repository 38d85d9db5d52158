"""answers.csv: the answers of a release, as far as its audience may see them.

    cycle        data year of the report
    population   on rows without a body: the population whose bodies are counted
    body         on answers shown by name
    question     id; empty on rows that say who reported
    cell         matrix: `service=army;sex=women` (dimensions in the question's order, _T is the total)
    row, column  repeating rows: number from 1 and column id; also parts of an answer: `comment.en`, `reason.en`,
                 `justification.en`, `value.en` (a text), `particulars.title` (with the number of the item)
    status       answered, no_data, not_applicable, withheld; not_answered; reported, no_report; hidden: not released
                 to this audience, or a number or text that is not named; counted: proof of an answer that is counted;
                 protected: a cell that is too small to be shown, or would give such a one away
    value        code, codes (a|b), number with a decimal point, ISO date or text
    definition   category=option;… and field:name=value;…
    releasability, naming   as the body released it; on the first row of an answer
    count        answers that the row stands for; empty on further rows of an answer
    conf_status  F: free; C: confidential, a cell that is left out (SDMX, CL_CONF_STATUS)
    disclosure   class that the body chose for the answer, tighter than the question's; empty: the question's
    proof        HMAC-SHA256 of an answer that is not shown, under the office's key

What is not shown by name is counted, per question and population; whose it is, is nowhere in the release.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from urllib.parse import quote, unquote

from eirene.disclosure import PROTECTED, AudienceView
from eirene.errors import Unreadable, UsageError
from eirene.figures.answers import Answers as CountedAnswers
from eirene.figures.model import CONFIDENTIAL, FREE
from eirene.framework import asked, asked_bodies, population_bodies
from eirene.framework.model import Pack, Question
from eirene.questionnaires import dump_report
from eirene.questionnaires.model import Answer, Cell, CellKey, Definition, Number, Report, Value
from eirene.release.tables import plain, read_csv, write_csv

COLUMNS = (
    "cycle", "population", "body", "question", "cell", "row", "column", "status", "value", "definition",
    "releasability", "naming", "count", "proof", "conf_status", "disclosure",
)  # fmt: skip
#: Columns that releases of before disclosure classes do not have.
LATER = ("conf_status", "disclosure")
Row = dict[str, str]
#: Bytes.
SHORTEST_KEY = 16

# --- writing --------------------------------------------------------------------------------------------------------


def answers_csv(view: AudienceView, key: bytes | None = None) -> bytes:
    """answers.csv for the view's audience. `key`: answers that are not shown carry keyed hashes as well."""
    rows = answer_rows(view, key)
    return write_csv(COLUMNS, ({**row, "conf_status": _conf_status(row)} for row in rows))


def _conf_status(row: Row) -> str:
    return CONFIDENTIAL if row.get("status") == PROTECTED else FREE


def answer_rows(view: AudienceView, key: bytes | None = None) -> Iterator[Row]:
    """Cycles oldest first; in each the answers by name, who reported, the counted ones, the proofs."""
    for cycle, reports in _by_cycle(view).items():
        yield from _named(view, cycle, reports)
        yield from _who_reported(view, cycle, reports)
        if not view.audience.names_all:
            yield from _counted(view, cycle, reports)
        if key is not None:
            yield from _proofs(view, cycle, reports, key)


def _by_cycle(view: AudienceView) -> dict[str, dict[str, Report]]:
    found: dict[str, dict[str, Report]] = {}
    for report in view.all_reports():
        found.setdefault(report.cycle, {})[report.body] = report
    if view.pack.cycles[view.cycle_id].questionnaire is not None:
        found.setdefault(view.cycle_id, {})
    return found


def _order(pack: Pack, cycle: str, bodies: Iterable[str]) -> list[str]:
    known = asked_bodies(pack, cycle)
    found = set(bodies)
    return [b for b in known if b in found] + sorted(found.difference(known))


def _named(view: AudienceView, cycle: str, reports: Mapping[str, Report]) -> Iterator[Row]:
    questions = asked(view.pack, cycle).questions
    for body in _order(view.pack, cycle, reports):
        for question, answer in ((q, reports[body].answers.get(q)) for q in questions):
            if answer is not None and view.shown(body, question, cycle):
                left_out = view.left_out(body, question, cycle)
                for row in _rows_of(questions[question].question, answer, left_out):
                    yield {"cycle": cycle, "body": body, "question": question, **row}


def _rows_of(question: Question, answer: Answer, left_out: frozenset[CellKey]) -> Iterator[Row]:
    """The answer itself, then its cells, rows and texts."""
    yield {
        "status": answer.status,
        "value": value_text(answer.value),
        "definition": _definition(answer.definition),
        "releasability": answer.releasability or "",
        "naming": "true" if answer.naming else "false",
        "disclosure": answer.disclosure or "",
        "count": "1",
    }
    for cell_key, cell in sorted(answer.cells.items()):
        told = {"status": cell.status, "value": plain(cell.value)}
        yield {"cell": cell_text(question, cell_key), **({"status": PROTECTED} if cell_key in left_out else told)}
    for number, line in enumerate(answer.rows, start=1):
        for column, entry in line.items():
            yield {"row": str(number), "column": column, "value": entry if isinstance(entry, str) else plain(entry)}
    for number, item in enumerate(answer.particulars, start=1):
        for column, text in item.items():
            yield {"row": str(number), "column": f"particulars.{column}", "value": text}
    texts = {"reason": answer.reason, "comment": answer.comment, "justification": answer.justification}
    if isinstance(answer.value, Mapping):
        texts["value"] = answer.value
    for name, text_by_language in texts.items():
        for lang, text in sorted(text_by_language.items()):
            yield {"column": f"{name}.{lang}", "value": text}


def cell_text(question: Question, cell_key: CellKey) -> str:
    return ";".join(f"{d}={c}" for d, c in zip(question.dimensions, cell_key, strict=True))


def value_text(value: Value | None) -> str:
    """A code, codes joined by |, a number or a date; '' for a text, which stands by language."""
    if value is None or isinstance(value, Mapping):
        return ""
    if isinstance(value, tuple):
        return "|".join(value)
    return value if isinstance(value, str) else plain(value)


def _definition(definition: Definition | None) -> str:
    if definition is None:
        return ""
    parts = [f"{c}={_safe(o)}" for c, o in sorted(definition.categories.items())]
    parts += [f"field:{f}={_safe(v)}" for f, v in sorted(definition.fields.items())]
    return ";".join(parts)


def _safe(text: str) -> str:
    return quote(text, safe=" /:.,-+_()")


def _who_reported(view: AudienceView, cycle: str, reports: Mapping[str, Report]) -> Iterator[Row]:
    asked_now = set(asked_bodies(view.pack, cycle))
    status = {b: "reported" if b in reports else "no_report" for b in {*asked_now, *reports}}
    if view.audience.names_all:
        for body in _order(view.pack, cycle, status):
            yield {"cycle": cycle, "body": body, "status": status[body], "count": "1"}
        return
    for code, bodies in _populations(view, cycle):
        if view.untold("", cycle, code):
            yield {"cycle": cycle, "population": code, "status": "hidden", "count": str(len(bodies))}
            continue
        for told, n in sorted(Counter(status.get(b, "not_asked") for b in bodies).items()):
            yield {"cycle": cycle, "population": code, "status": told, "count": str(n)}


def _populations(view: AudienceView, cycle: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Populations whose membership is public. Who is in a constant panel says who reported, so panels are left out."""
    used = {f.population for f in view.figures if f.basis == "computed"} | set(view.pack.cycles[cycle].asked)
    for one in view.pack.header.populations:
        if one.code in used and one.basis != "constant_panel":
            # Today's members are those of this edition, in every cycle of its series.
            of = view.cycle_id if one.basis == "today" else cycle
            yield one.code, population_bodies(view.pack, one.code, of, as_of=view.as_of, reported={})


def _counted(view: AudienceView, cycle: str, reports: Mapping[str, Report]) -> Iterator[Row]:
    """As figures count them: conditions applied, so that a nameless answer stands for itself."""
    standing = CountedAnswers(view.pack, cycle, reports.values(), {}, ())
    for code, bodies in _populations(view, cycle):
        for question, use in asked(view.pack, cycle).questions.items():
            untold = view.untold(question, cycle, code)
            counts = Counter(
                ("hidden", "") if untold else _told(view, standing, body, use.question)
                for body in bodies
                if not view.shown(body, question, cycle)
            )
            for (status, value), n in sorted(counts.items()):
                row = {"cycle": cycle, "population": code, "question": question, "status": status, "value": value}
                yield {**row, "count": str(n)}


def _told(view: AudienceView, standing: CountedAnswers, body: str, question: Question) -> tuple[str, str]:
    """Status and value of an answer that is counted, not named: as much as the published counts say anyway."""
    status = standing.standing(question.id, body)
    report = standing.reports.get(body)
    answer = report.answers.get(question.id) if report else None
    if answer is None:
        return status, ""
    if not view.visible(body, question.id, standing.cycle_id):
        return "hidden", ""
    if status != "answered":
        return status, ""
    if question.type in ("yes_no", "single_choice"):
        return "answered", value_text(answer.value)
    return "hidden", ""


# --- proofs ---------------------------------------------------------------------------------------------------------


def proof(key: bytes, report: Report, question: str, pack: Pack) -> str:
    """HMAC-SHA256 over the canonical answer with body, cycle and question: without the key it says nothing, not even
    to one who tries every possible answer."""
    answer = dump_report(report, pack)["answers"][question]
    said = {"answer": answer, "body": report.body, "cycle": report.cycle, "question": question}
    data = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hmac.new(key, data.encode(), hashlib.sha256).hexdigest()


def _proofs(view: AudienceView, cycle: str, reports: Mapping[str, Report], key: bytes) -> Iterator[Row]:
    found = []
    for body, report in reports.items():
        for question in report.answers:
            if not view.shown(body, question, cycle):
                status = "counted" if view.visible(body, question, cycle) else "hidden"
                row = {"cycle": cycle, "question": question, "status": status}
                found.append(row | {"proof": proof(key, report, question, view.pack)})
    # By proof alone: an order by body would say whose they are.
    yield from sorted(found, key=lambda row: row["proof"])


def read_key(path: Path) -> bytes:
    """The office's key: the content of a file, line ends at its end left out. UsageError if it is missing or short."""
    try:
        key = path.read_bytes().rstrip(b"\r\n")
    except OSError as error:
        raise UsageError(f"The key file cannot be read: {error.strerror}.", where=str(path)) from None
    if len(key) < SHORTEST_KEY:
        raise UsageError(
            f"The key has {len(key)} bytes; it needs at least {SHORTEST_KEY}, or hidden answers could be guessed.",
            where=str(path),
            remedy="Make one with: openssl rand -hex 32 > FILE",
        )
    return key


# --- reading --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answers:
    """What answers.csv says.

    reports   cycle → body → the answers shown by name
    counted   (cycle, population, question) → (status, value) → how many; question '' for who reported
    proofs    keyed hashes of answers that are not shown
    """

    reports: Mapping[str, Mapping[str, Report]] = field(default_factory=dict)
    counted: Mapping[tuple[str, str, str], Counter[tuple[str, str]]] = field(default_factory=dict)
    proofs: frozenset[str] = frozenset()
    #: cycle, body, question of answers of which cells are left out
    protected: frozenset[tuple[str, str, str]] = frozenset()
    #: of these, the cells
    left_out: Mapping[tuple[str, str, str], frozenset[CellKey]] = field(default_factory=dict)


def read_answers(data: bytes, pack: Pack) -> Answers:
    """The answers of a release. Raises Unreadable, naming the line, if the file cannot have been written by us."""
    named: dict[tuple[str, str], dict[str, list[tuple[int, Row]]]] = {}
    counted: dict[tuple[str, str, str], Counter[tuple[str, str]]] = {}
    proofs, protected = set(), set()
    left_out: dict[tuple[str, str, str], set[CellKey]] = {}
    for line, row in enumerate(read_csv(data, COLUMNS, "answers.csv", later=LATER), start=2):
        if row["cycle"] not in pack.cycles:
            raise Unreadable(f"The pack has no cycle {row['cycle']!r}.", where=f"answers.csv:{line}")
        if row["proof"]:
            proofs.add(row["proof"])
        elif row["body"]:
            answers = named.setdefault((row["cycle"], row["body"]), {})
            if row["status"] == PROTECTED:
                where = (row["cycle"], row["body"], row["question"])
                protected.add(where)
                left_out.setdefault(where, set()).add(_asked_cell(pack, row, line))
            elif row["status"] != "no_report":
                answers.setdefault(row["question"], []).append((line, row))
        else:
            counted_at = (row["cycle"], row["population"], row["question"])
            counted.setdefault(counted_at, Counter())[row["status"], row["value"]] += _count(row, line)
    reports: dict[str, dict[str, Report]] = {}
    for (cycle, body), answers in named.items():
        if answers:
            reports.setdefault(cycle, {})[body] = _report(pack, cycle, body, answers)
    cells = {where: frozenset(keys) for where, keys in left_out.items()}
    return Answers(reports, counted, frozenset(proofs), frozenset(protected), cells)


def _asked_cell(pack: Pack, row: Row, line: int) -> CellKey:
    question = asked(pack, row["cycle"]).questions.get(row["question"])
    if question is None:
        raise Unreadable(f"{row['question']!r} is not asked in {row['cycle']}.", where=f"answers.csv:{line}")
    return _cell_key(question.question, row["cell"], f"answers.csv:{line}")


def _count(row: Row, line: int) -> int:
    if not row["count"].isascii() or not row["count"].isdigit() or len(row["count"]) > 9:
        raise Unreadable(f"{row['count']!r} is not a count.", where=f"answers.csv:{line}")
    return int(row["count"])


def _report(pack: Pack, cycle: str, body: str, answers: Mapping[str, Sequence[tuple[int, Row]]]) -> Report:
    questionnaire = asked(pack, cycle)
    read = {}
    for question, rows in answers.items():
        if not question:
            continue
        if question not in questionnaire.questions:
            raise Unreadable(f"{question!r} is not asked in {cycle}.", where=f"answers.csv:{rows[0][0]}")
        read[question] = _answer(questionnaire.questions[question].question, rows)
    return Report(pack.header.id, questionnaire.id, cycle, body, read, place="answers.csv")


def _answer(question: Question, rows: Sequence[tuple[int, Row]]) -> Answer:
    first_line, first = rows[0]
    if first["status"] not in ("answered", "no_data", "not_applicable", "withheld"):
        raise Unreadable(f"{first['status']!r} is not a status.", where=f"answers.csv:{first_line}")
    cells: dict[CellKey, Cell] = {}
    lines: dict[int, dict[str, str | Number]] = {}
    items: dict[int, dict[str, str]] = {}
    texts: dict[str, dict[str, str]] = {}
    for line, row in rows[1:]:
        where = f"answers.csv:{line}"
        if row["cell"]:
            value = _number(row["value"], where) if row["status"] == "answered" else None
            cells[_cell_key(question, row["cell"], where)] = Cell(value, row["status"])  # type: ignore[arg-type]
        elif row["column"].startswith("particulars."):
            items.setdefault(_count({"count": row["row"]}, line), {})[row["column"][12:]] = row["value"]
        elif row["row"]:
            entry = _entry(question, row["column"], row["value"], where)
            lines.setdefault(_count({"count": row["row"]}, line), {})[row["column"]] = entry
        else:
            name, _, lang = row["column"].partition(".")
            texts.setdefault(name, {})[lang] = row["value"]
    return Answer(
        question.id,
        first["status"],  # type: ignore[arg-type]
        value=texts.get("value") or _read_value(question, first, f"answers.csv:{first_line}"),
        cells=cells,
        rows=tuple(lines[n] for n in sorted(lines)),
        reason=texts.get("reason", {}),
        comment=texts.get("comment", {}),
        particulars=tuple(items[n] for n in sorted(items)),
        definition=_read_definition(first["definition"]),
        justification=texts.get("justification", {}),
        releasability=first["releasability"] or None,
        naming=first["naming"] == "true",
        disclosure=first["disclosure"] or None,
    )


def _cell_key(question: Question, text: str, where: str) -> CellKey:
    given = dict(part.partition("=")[::2] for part in text.split(";"))
    if set(given) != set(question.dimensions):
        raise Unreadable(f"{text!r} is not a cell of {question.id}.", where=where)
    return tuple(given[dimension] for dimension in question.dimensions)


def _number(text: str, where: str) -> Number:
    """Written by `plain`: digits and a decimal point; anything else was not written by us."""
    try:
        value = Decimal(text) if len(text) <= 60 and "e" not in text.lower() else Decimal("nan")
    except InvalidOperation:
        value = Decimal("nan")
    if not value.is_finite():
        raise Unreadable(f"{text[:60]!r} is not a number.", where=where)
    return int(value) if value == value.to_integral_value() else value


def _entry(question: Question, column: str, text: str, where: str) -> str | Number:
    kinds = {c.id: c.type for c in question.columns}
    return _number(text, where) if kinds.get(column) in ("number", "percentage") and text else text


def _read_value(question: Question, row: Row, where: str) -> Value | None:
    text = row["value"]
    if question.type == "multiple_choice" and row["status"] == "answered":
        return tuple(text.split("|")) if text else ()
    if not text:
        return None
    return _number(text, where) if question.type in ("number", "percentage") else text


def _read_definition(text: str) -> Definition | None:
    if not text:
        return None
    categories, fields = {}, {}
    for part in text.split(";"):
        name, _, value = part.partition("=")
        if name.startswith("field:"):
            fields[name[6:]] = unquote(value)
        else:
            categories[name] = unquote(value)
    return Definition(categories, fields)


__all__ = [
    "COLUMNS", "Answers", "answer_rows", "answers_csv", "cell_text", "proof", "read_answers", "read_key", "value_text",
]  # fmt: skip
