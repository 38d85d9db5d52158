"""Files of a report on the platform: out, in, looked at, taken over; beside the core's own reading of the same file.

    python benchmarks/transfer.py       prints times and ratios; fails above a goal

The report is Concordia's Belmara, some 660 parts, in a database of its own. *Bare* is the core alone: the door, the
reader, and the parts of the report, without a database, a comparison or a second language.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from _measuring import in_new_home, timed

#: Seconds: the preview's is the issue's, the others keep a request short.
GOALS = {"workbook out": 2.0, "preview in": 5.0, "taken over": 2.0, "PDF": 2.0, "Word": 4.0, "package out": 2.0}


def main() -> int:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
    return in_new_home(_measure)


def _measure() -> int:
    from eirene.formats import Door
    from eirene.formats.readers import read_outside
    from eirene.framework import load
    from eirene.questionnaires import parse_report, parts_of
    from eirene_web import clock
    from eirene_web.reports.models import Import
    from eirene_web.reports.services import filling
    from eirene_web.reports.services.transfer import out, packages, reading, take_in
    from typed import typed
    from web.world import IN_CYCLE, build

    pack = load("concordia")
    before = json.loads((Path(pack.origin) / "reports" / "2016" / "BMA.json").read_text(encoding="utf-8"))
    made = parse_report({**before, "cycle": "2017", "questionnaire": pack.cycles["2017"].questionnaire}, pack)
    with clock.at(IN_CYCLE):
        world = build(pack, "2017", ("BMA",))
        actor, report = world.actor("BMA.rapporteur"), world.report("BMA").pk
        edits = [filling.Edit(q, part, v) for q, held in parts_of(made, pack).items() for part, v in held.items()]
        filling.save_answers(actor=actor, report=report, edits=edits[: len(edits) // 2])
        blank = out.workbook(actor=actor, report=report).file.data
        filling.save_answers(actor=actor, report=report, edits=edits[len(edits) // 2 :])
        data = out.workbook(actor=actor, report=report).file.data
        changed = typed(data, {"personnel|service=army": {"1": 1, "2": 2, "3": 3}})

        def read_once(content: bytes) -> Import:
            entry = take_in.upload(actor=actor, report=report, name="x.xlsx", data=content)
            Import.objects.filter(pk=entry.pk).update(state="reading")
            reading.read_entry(entry.pk)
            return Import.objects.get(pk=entry.pk)

        def bare() -> None:
            with Door() as door:
                parts_of(read_outside(door.open_bytes(changed, "x"), pack).report, pack)

        def taken() -> None:
            entry = read_once(changed)
            take_in.preview(actor=actor, entry=entry.pk)
            take_in.apply_import(actor=actor, entry=entry.pk, choice=take_in.Choice(rest=take_in.MINE))
            Import.objects.all().delete()

        times = {
            "workbook out": timed(lambda: out.workbook(actor=actor, report=report)),
            "preview in": timed(lambda: take_in.preview(actor=actor, entry=read_once(blank).pk)),
            "PDF": timed(lambda: out.document(actor=actor, report=report, form="pdf")),
            "Word": timed(lambda: out.document(actor=actor, report=report, form="docx")),
            "package out": timed(lambda: packages.hand_out(actor=actor, report=report)),
            "taken over": timed(taken),
        }
        alone = timed(bare)
    for name, took in times.items():
        print(f"{name:14} {took * 1000:7.0f} ms   goal {GOALS[name]:g} s")
    print(
        f"{'bare reading':14} {alone * 1000:7.0f} ms   the preview takes {times['preview in'] / alone:.1f} times that"
    )
    return int(any(took > GOALS[name] for name, took in times.items()))


if __name__ == "__main__":
    sys.exit(main())
