"""One chapter for each body: its key values beside all, and its answers by section, as far as they may be shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from eirene.documents import model as d
from eirene.figures import member_value
from eirene.figures.model import MARK
from eirene.framework import AskedQuestion, asked, codes, dimension_codes, naming_footnote
from eirene.framework.model import Column, Question
from eirene.questionnaires import cell_value
from eirene.questionnaires.model import TOTAL, Answer, CellKey, Report
from eirene.summary.chapters import Composer
from eirene.summary.compiled import body_values
from eirene.text import capital, date, listing, number, pick

Shown = Callable[[str, str], bool]
#: A matrix of one dimension with more columns than this is set downwards.
ACROSS = 6


def body_chapter(c: Composer, body: str, report: Report | None, shown: Shown, no: str, names_all: bool) -> d.Section:
    """The chapter of one body. Where nothing may be shown it says so in words that do not tell whether it reported."""
    c.numbers.start_chapter(no)
    blocks: list[d.Block] = []
    footnote = naming_footnote(c.pack, body, c.lang, c.cycle.reference_date)
    own = [pick(n.text, c.lang) for n in c.edition.naming_footnotes if n.body == body]
    blocks += [d.Note((d.Run(text),)) for text in [footnote, *own] if text]
    if c.cycle.kind == "compiled":
        return _compiled_body(c, body, no, blocks)
    sections = _answers(c, report, shown) if report is not None else []
    key = _key_values(c, body)
    if key is not None:
        sections = [key, *sections]
    if report is None and names_all:
        words = c.say("body_not_reported", body=c.body(body), cycle=c.cycle_name(c.cycle.id))
    elif not sections:
        words = c.say("body_nothing")
    else:
        phrase = "body_intro_office" if names_all else "body_intro"
        words = c.say(phrase, body=c.body(body), cycle=c.cycle_name(c.cycle.id))
    blocks.append(d.Paragraph((d.Run(words),)))
    blocks += c.reservations(body)
    return d.Section(f"body-{body}", c.body(body), no, tuple(blocks), tuple(sections), kind="body")


def _compiled_body(c: Composer, body: str, no: str, blocks: list[d.Block]) -> d.Section:
    """What others published about a body; where there is nothing, that is said."""
    table = body_values(c, body)
    phrase = "compiled_body_intro" if table is not None else "compiled_body_nothing"
    blocks = [*blocks, d.Paragraph((d.Run(c.say(phrase, body=c.body(body))),)), *c.reservations(body)]
    if table is not None:
        blocks.append(table)
    return d.Section(f"body-{body}", c.body(body), no, tuple(blocks), kind="body")


def _key_values(c: Composer, body: str) -> d.Section | None:
    """The body's own rates beside the pooled rate and the median of all."""
    rows = []
    for id, indicator in c.pack.indicators.items():
        if indicator.family not in ("rate", "measure"):
            continue
        whole = c.index.find(id)
        if whole is None or (member_value(whole, body) is None and not c.keeps_back(whole, body)):
            continue
        median = c.index.find(f"{id}.median_of_bodies")
        rows.append(
            (
                d.Cell(c.label(whole), whole.key, header=True),
                c.member_cell(whole, body),
                c.value_cell(whole) if indicator.family == "rate" else d.Cell("–", align="end"),
                c.value_cell(median),
            )
        )
    if not rows:
        return None
    head = (tuple(c.header("col_figure", "col_own", "col_pooled", "col_median")),)
    title = c.say("body_key")
    table = d.Table(f"body-{body}-key", title, head, tuple(rows))
    return d.Section(f"body-{body}-figures", title, "", (table,))


def _answers(c: Composer, report: Report, shown: Shown) -> list[d.Section]:
    found = []
    questionnaire = asked(c.pack, c.cycle.id)
    wanted = c.edition.body_sections
    for section in questionnaire.sections:
        if wanted and section.id not in wanted:
            continue
        blocks = _section(c, report, [q for q in section.questions if shown(report.body, q.id)])
        if blocks:
            title = pick(section.title, c.lang)
            found.append(d.Section(f"body-{report.body}-{section.id}", title, "", tuple(blocks)))
    return found


def _section(c: Composer, report: Report, questions: Sequence[AskedQuestion]) -> list[d.Block]:
    """Answers in words first; then matrices of one line joined into one table; then the larger matrices."""
    terms: list[tuple[str, d.Runs]] = []
    lines: dict[tuple[d.Cell, ...], list[tuple[d.Cell, ...]]] = {}
    tables: list[d.Block] = []
    for question in questions:
        answer = report.answers.get(question.id)
        if answer is None:
            continue
        left_out = c.left_out(report.body, question.id)
        if question.question.type != "matrix" or answer.status != "answered" or not (answer.cells or left_out):
            label = f"{question.number} {pick(question.question.text, c.lang)}"
            terms.append((label, (d.Run(answer_text(c, question, answer)),)))
            continue
        table = _matrix(c, report.body, question, answer)
        if table is not None and len(table.rows) == 1 and not table.notes:
            label = f"{table.title} ({table.subtitle.lower()})" if table.subtitle else table.title
            lines.setdefault(table.head[0], []).append((d.Cell(label, header=True), *table.rows[0][1:]))
        elif table is not None:
            tables.append(table)
    joined: list[d.Block] = [
        d.Table(f"body-{report.body}-{questions[0].section}-{i}", c.say("body_lines"), (head,), tuple(rows))
        for i, (head, rows) in enumerate(lines.items())
    ]
    return [*([d.Terms(tuple(terms))] if terms else []), *joined, *tables]


def answer_text(c: Composer, question: AskedQuestion, answer: Answer) -> str:
    """An answer in words: value or reason, then particulars, definition and comment."""
    parts = [_value_text(c, question, answer)]
    parts += [_particulars(c, question.question.particulars, item) for item in answer.particulars]
    if answer.comment:
        parts.append(pick(answer.comment, c.lang))
    return " ".join(part for part in parts if part)


def _value_text(c: Composer, question: AskedQuestion, answer: Answer) -> str:
    if answer.status != "answered":
        status = c.say(f"answer_{answer.status}")
        reason = pick(answer.reason, c.lang)
        return c.say("answer_reason", status=status, reason=reason) if reason else f"{status}."
    q = question.question
    value = answer.value
    match q.type:
        case "yes_no":
            return c.say(f"answer_{value}") + "."
        case "single_choice":
            return capital(codes(c.pack, q.choices or "").label(str(value), c.lang)) + "."
        case "multiple_choice" if isinstance(value, tuple):
            labels = [codes(c.pack, q.choices or "").label(code, c.lang) for code in value]
            return capital(listing(labels, c.lang)) + "." if labels else "–"
        case "rows":
            return " ".join(_particulars(c, q.columns, row) for row in answer.rows)
        case "text" if isinstance(value, Mapping):
            return pick(value, c.lang)
        case "date":
            return _date(c, str(value))
    unit = c.pack.units.get(q.unit or "percent")
    symbol = pick(unit.symbol, c.lang) if unit else ""
    return f"{_scalar(c, value)}\u00a0{symbol}".strip()


def _scalar(c: Composer, value: object) -> str:
    from decimal import Decimal

    return number(value, c.lang) if isinstance(value, int | Decimal) else str(value)


def _date(c: Composer, value: str) -> str:
    import datetime as dt

    try:
        return date(dt.date.fromisoformat(value), c.lang)
    except ValueError:
        return value


def _particulars(c: Composer, columns: Sequence[Column], given: Mapping[str, object]) -> str:
    parts = []
    for column in columns:
        value = given.get(column.id)
        if value in (None, ""):
            continue
        if column.type == "choice" and column.list and value in codes(c.pack, column.list):
            parts.append(codes(c.pack, column.list).label(str(value), c.lang))
        elif column.type == "yes_no":
            parts.append(f"{pick(column.label, c.lang)}{c.say('colon')}{c.say(str(value))}")
        elif column.type == "date":
            parts.append(_date(c, str(value)))
        else:
            parts.append(_scalar(c, value))
    return f"{', '.join(parts)}." if parts else ""


def _matrix(c: Composer, body: str, question: AskedQuestion, answer: Answer) -> d.Table | None:
    """The matrix as a table: first dimension down, last one across; a middle one is shown in total. A matrix of one
    dimension is one line, or goes down where it is long."""
    q = question.question
    names = list(q.dimensions)
    across, down = (names[-1], names[0]) if len(names) > 1 else (names[0], "")
    columns = _codes_with_total(c, question, across)
    if not down and len(columns) > ACROSS:
        across, down = "", names[0]
        columns = [("", c.say("col_value"))]
    lines = _codes_with_total(c, question, down) if down else [("", c.say("col_total"))]
    head = [d.Cell("", header=True), *(d.Cell(label, align="end", header=True) for _, label in columns)]
    rows = []
    for code, label in lines:
        places = [{name: at for name, at in ((down, code), (across, column)) if name} for column, _ in columns]
        cells = [_matrix_cell(c, body, question, answer, place) for place in places]
        if all(cell.text == "–" for cell in cells):
            continue
        rows.append((d.Cell(label, header=True), *cells))
    if not rows:
        return None
    title = f"{question.number} {pick(q.text, c.lang)}"
    notes = tuple(filter(None, (_definition(c, question, answer), pick(answer.comment, c.lang))))
    unit = c.pack.units.get(q.unit or "")
    subtitle = capital(pick(unit.label, c.lang)) if unit else ""
    return d.Table(f"body-{body}-{question.id}", title, (tuple(head),), tuple(rows), subtitle, notes=notes)


def _codes_with_total(c: Composer, question: AskedQuestion, dimension: str) -> list[tuple[str, str]]:
    tree = codes(c.pack, question.question.dimensions[dimension].list)
    found = [(code, tree.label(code, c.lang)) for code in dimension_codes(c.pack, question.question, dimension)]
    if question.question.dimensions[dimension].total:
        found.append(("_T", c.say("col_total")))
    return found


def _matrix_cell(c: Composer, body: str, question: AskedQuestion, answer: Answer, place: Mapping[str, str]) -> d.Cell:
    """One cell: its number; `c` where it, or a part of what it is the sum of, is left out; a dash where there is none.
    A cell that is left out is never put together from others."""
    q = question.question
    left_out = c.left_out(body, question.id)
    value = None if _key(q.dimensions, place) in left_out else cell_value(c.pack, q, answer, place)
    if value is not None:
        return d.Cell(_scalar(c, value), align="end", number=str(value))
    kept_back = any(_within(c, q, key, place) for key in left_out)
    return d.Cell(MARK if kept_back else "–", align="end", muted=True)


def _key(dimensions: Iterable[str], place: Mapping[str, str]) -> CellKey:
    return tuple(place.get(name, TOTAL) for name in dimensions)


def _within(c: Composer, question: Question, key: CellKey, place: Mapping[str, str]) -> bool:
    """Whether a cell is the one at a place, or a part of what stands there."""
    for name, code in zip(question.dimensions, key, strict=True):
        wanted, at, tree = place.get(name, TOTAL), code, codes(c.pack, question.dimensions[name].list)
        while at not in (wanted, TOTAL) and (above := tree.parent(at)) is not None:
            at = above
        if wanted not in (TOTAL, at):
            return False
    return True


def _definition(c: Composer, question: AskedQuestion, answer: Answer) -> str:
    """The definition used, in words: conscripts excluded, cadets included; head-count."""
    grid = c.pack.definitions.get(question.question.definition or "")
    if grid is None or answer.definition is None:
        return ""
    options = {o.code: pick(o.label, c.lang) for o in grid.options}
    chosen = answer.definition.categories
    parts = [
        f"{pick(category.label, c.lang)}{c.say('colon')}{_lower(options.get(chosen[category.code], ''))}"
        for category in grid.categories
        if category.code in chosen
    ]
    for name, choices in grid.fields.items():
        labels = {choice.code: pick(choice.label, c.lang) for choice in choices}
        if name in answer.definition.fields:
            given = answer.definition.fields[name]
            parts.append(labels.get(given) or _date(c, given))
    return f"{c.say('definition_label')}. {c.say('semicolon').join(parts)}." if parts else ""


def _lower(text: str) -> str:
    """Without the capital that a label begins with."""
    return text[:1].lower() + text[1:]
