"""The command line: a thin skin on the core's public functions. Heavy parts are imported by the command that uses them.

Exit codes: 0 done; 1 a blocker, a difference, a failed verification; 2 a file that cannot be read (of several files the
worst counts); 64 wrong usage.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eirene import __version__
from eirene.errors import EireneError, Problem, UsageError
from eirene.files import write_whole

if TYPE_CHECKING:
    from eirene.framework import Pack
    from eirene.questionnaires.model import Report


class Commands(click.Group):
    """The core's commands and those that others register in the entry-point group `eirene.commands`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *(e.name for e in entry_points(group="eirene.commands"))})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        own = super().get_command(ctx, name)
        if own is not None:
            return own
        for entry in entry_points(group="eirene.commands"):
            if entry.name == name:
                try:
                    command: click.Command = entry.load()
                except ImportError as error:
                    return _not_installed(name, str(error.name))
                return command
        return None


def _not_installed(name: str, part: str) -> click.Command:
    """Stands in for a command whose extra is not installed, and says so when it is called."""

    def refuse() -> None:
        raise UsageError(
            f"{name!r} needs {part}, which is not installed.", remedy="Install eirene with its extra [web]."
        )

    return click.Command(
        name, callback=refuse, help="Needs the extra [web].", context_settings={"ignore_unknown_options": True}
    )


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="eirene")
def cli() -> None:
    """From national reports to a published, verifiable Summary on Women, Peace and Security."""


def main(argv: Sequence[str] | None = None) -> None:
    """Runs a command and ends the process with its exit code; people never see a traceback for a fault of theirs."""
    sys.exit(run(argv))


def run(argv: Sequence[str] | None = None) -> int:
    """Runs a command; gives its exit code."""
    try:
        result = cli.main(
            args=_spread(sys.argv[1:] if argv is None else argv), prog_name="eirene", standalone_mode=False
        )
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.UsageError as error:
        error.show()
        return 64
    except click.Abort:
        click.echo("Stopped; nothing was left half-done.", err=True)
        return 130
    except EireneError as error:
        _tell(error.problems)
        return error.exit_code
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as error:
        place = str(error.filename or "")
        _tell([Problem(f"{error.strerror or error}.", place, "Check the path, the rights and the free space.")])
        return 2
    return result if isinstance(result, int) else 0


#: Options that take several values, as the shell makes of `--peers reports/*.xlsx`: which of the words that follow are
#: theirs. After --history only folders of releases are; a report may stand behind them.
SPREAD: dict[str, Callable[[str], bool]] = {
    "--peers": lambda word: True,
    "--history": lambda word: (Path(word) / "manifest.json").is_file(),
}


def _spread(words: Sequence[str]) -> list[str]:
    """`--peers a b c` as `--peers a --peers b --peers c`."""
    found: list[str] = []
    option, taken = "", 0
    for word in words:
        if word.startswith("-"):
            option, taken = (word, 0) if word in SPREAD else ("", 0)
        elif option and taken and SPREAD[option](word):
            found.append(option)
            taken += 1
        elif option:
            option, taken = (option, 1) if not taken else ("", 0)
        found.append(word)
    return found


def _tell(problems: Sequence[Problem]) -> None:
    for problem in problems:
        click.echo(str(problem), err=True)


def _progress(quiet: bool = False) -> Callable[[str, int, int], None]:
    """Prints steps to standard error, one line each: [3/12] charts."""

    def show(step: str, done: int, of: int) -> None:
        if not quiet:
            click.echo(f"[{done}/{of}] {step}", err=True)

    return show


PACK = click.option("--pack", "pack_name", required=True, metavar="NAME|PATH", help="A pack that ships, or a folder.")
PACK_HINT = click.option(
    "--pack", "pack_name", metavar="NAME|PATH", help="The pack of the reports; else the one they name, if it ships."
)
CYCLE = click.option("--cycle", required=True, metavar="CYCLE", help="Data year, e.g. 2016.")


# --- packs ----------------------------------------------------------------------------------------------------------


@cli.group()
def pack() -> None:
    """Check a pack; list its rules; print its schemas."""


@pack.command("check")
@click.argument("path")
def pack_check(path: str) -> None:
    """Validate the pack at PATH (a folder, or the name of one that ships) and all that it extends."""
    from eirene.packs import check_pack

    checked = check_pack(path)
    click.echo(
        f"{checked.header.id} {checked.header.version}: valid. {len(checked.bodies)} bodies, "
        f"{len(checked.questions)} questions, {len(checked.rules)} rules, {len(checked.indicators)} indicators, "
        f"{len(checked.cycles)} cycles."
    )
    from eirene.framework import pack_hash

    click.echo(f"sha256 {pack_hash(checked)}")


@pack.command("rules")
@PACK
@CYCLE
@click.option("--lang", default=None, metavar="LANG", help="Language; the pack's first one if not given.")
def pack_rules(pack_name: str, cycle: str, lang: str | None) -> None:
    """All rules that a report is checked by, to be read beforehand."""
    from eirene.framework import load
    from eirene.questionnaires import render_catalogue

    loaded = load(pack_name)
    click.echo(render_catalogue(loaded, cycle, lang or loaded.header.languages[0]))


@pack.command("schema")
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, metavar="DIR")
def pack_schema(out: Path) -> None:
    """Write the JSON Schemas of a pack's files into DIR."""
    from eirene.framework.schema import schemas

    out.mkdir(parents=True, exist_ok=True)
    for name, data in schemas().items():
        write_whole(out / name, data)
    click.echo(f"{len(schemas())} schemas in {out}.")


# --- demo, workbooks ------------------------------------------------------------------------------------------------


@cli.group()
def demo() -> None:
    """Made-up reports to try things with."""


@demo.command("reports")
@PACK
@CYCLE
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, metavar="DIR")
@click.option("--format", "form", type=click.Choice(["xlsx", "json"]), default="xlsx", show_default=True)
def demo_reports(pack_name: str, cycle: str, out: Path, form: str) -> None:
    """Write the made-up reports of a fictional pack into DIR, one file for each body."""
    from eirene.formats import encode_report
    from eirene.framework import load
    from eirene.packs import demo_reports as made_up

    loaded = load(pack_name)
    reports = made_up(loaded, cycle)
    out.mkdir(parents=True, exist_ok=True)
    for report in reports:
        write_whole(out / f"{report.body}.{form}", encode_report(report, loaded, form))
    click.echo(f"{len(reports)} reports of {cycle} in {out}. They are fictional.")


@cli.group()
def workbook() -> None:
    """Excel workbooks to be filled in."""


@workbook.command("create")
@PACK
@CYCLE
@click.option("--body", required=True, metavar="CODE")
@click.option("--previous", metavar="FILE", help="Last cycle's report: its values stand beside the boxes.")
@click.option("--lang", default=None, metavar="LANG")
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, metavar="FILE")
def workbook_create(pack_name: str, cycle: str, body: str, previous: str | None, lang: str | None, out: Path) -> None:
    """The workbook of one body for one cycle; the empty questionnaire in Word if FILE ends in .docx."""
    from eirene.formats import read_report, write_questionnaire, write_workbook
    from eirene.framework import asked_bodies, load

    loaded = load(pack_name)
    if body not in loaded.bodies:
        raise UsageError(f"The pack {loaded.header.id} has no body {body!r}.", remedy="Codes stand in its bodies.csv.")
    if body not in asked_bodies(loaded, cycle):
        raise UsageError(f"{body} belonged to no population that is asked in the cycle {cycle}.")
    before = read_report(previous, loaded).report if previous else None
    language = lang or loaded.header.languages[0]
    if out.suffix.lower() == ".docx":
        data = write_questionnaire(loaded, cycle, lang=language, body=body)
    else:
        data = write_workbook(loaded, cycle, body, lang=language, previous=before)
    write_whole(out, data)
    click.echo(f"{out}: {body}, {cycle}.")


# --- reports --------------------------------------------------------------------------------------------------------


@cli.group()
def report() -> None:
    """Check, convert, split and merge filled-in reports."""


def _read(path: str, pack_name: str | None) -> tuple[Pack, Report]:
    from eirene.formats import pack_of_report, read_report
    from eirene.framework import load

    loaded = load(pack_name) if pack_name else pack_of_report(path)
    result = read_report(path, loaded)
    _tell(result.notes)
    return loaded, result.report


@report.command("convert")
@click.argument("source", metavar="IN")
@click.argument("out", metavar="OUT", type=click.Path(path_type=Path))
@PACK_HINT
@click.option("--lang", default=None, metavar="LANG")
def report_convert(source: str, out: Path, pack_name: str | None, lang: str | None) -> None:
    """Excel ↔ JSON, or to Word, by the ending of OUT."""
    from eirene.formats import encode_report

    loaded, found = _read(source, pack_name)
    form = out.suffix.lstrip(".").lower()
    if form not in ("xlsx", "json", "docx"):
        raise UsageError(f"OUT ends in {out.suffix!r}.", remedy="Let it end in .xlsx, .json or .docx.")
    write_whole(out, encode_report(found, loaded, form, lang=lang))
    click.echo(f"{out}: {found.body}, {found.cycle}.")


@report.command("split")
@click.argument("source", metavar="FILE")
@click.option("--sections", required=True, metavar="4,5", help="Sections that go into the part.")
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, metavar="DIR")
@PACK_HINT
@click.option("--format", "form", type=click.Choice(["xlsx", "json"]), default=None)
def report_split(source: str, sections: str, out: Path, pack_name: str | None, form: str | None) -> None:
    """One workbook for each section named, for the offices that share a report."""
    from eirene.formats import encode_report, split_report

    loaded, found = _read(source, pack_name)
    wanted = [s.strip() for s in sections.split(",") if s.strip()]
    out.mkdir(parents=True, exist_ok=True)
    ending = form or ("json" if source.lower().endswith(".json") else "xlsx")
    for section, part in split_report(found, loaded, wanted).items():
        path = out / f"{found.body}-{found.cycle}-section-{section}.{ending}"
        write_whole(path, encode_report(part, loaded, ending, sections=[section]))
        click.echo(str(path))


@report.command("merge")
@click.argument("sources", metavar="FILE…", nargs=-1, required=True)
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, metavar="OUT")
@PACK_HINT
def report_merge(sources: tuple[str, ...], out: Path, pack_name: str | None) -> None:
    """Parts of one report into one; cells that two parts answer differently are listed, and nothing is written."""
    from eirene.formats import encode_report, merge_reports

    read = [_read(source, pack_name) for source in sources]
    merged = merge_reports([found for _, found in read], read[0][0])
    write_whole(out, encode_report(merged, read[0][0], out.suffix.lstrip(".").lower() or "xlsx"))
    click.echo(f"{out}: {merged.body}, {merged.cycle}, {len(merged.answers)} answers from {len(sources)} parts.")


@report.command("check")
@click.argument("sources", metavar="FILE…", nargs=-1, required=True)
@click.option("--previous", metavar="FILE", help="The report of the cycle before; of the same body.")
@click.option("--peers", metavar="FILE…", multiple=True, help="Reports of other bodies.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--lang", default=None, metavar="LANG")
@PACK_HINT
def report_check(
    sources: tuple[str, ...],
    previous: str | None,
    peers: tuple[str, ...],
    form: str,
    lang: str | None,
    pack_name: str | None,
) -> int:
    """All findings of all reports. Exit code 1 where a blocker stands, 2 where a file cannot be read."""
    from eirene.formats import check_files, findings_json, findings_text

    checked = check_files(sources, pack_name, previous=previous, peers=peers)
    click.echo(findings_json(checked) if form == "json" else findings_text(checked, lang), nl=False)
    return max((one.exit_code for one in checked), default=0)


# --- packages for a closed network ----------------------------------------------------------------------------------


@cli.group()
def package() -> None:
    """One signed file each way for a network that reaches nobody."""


FINGERPRINT = click.option(
    "--fingerprint", default="", metavar="TEXT", help="Of the key that must have signed it: from paper, not the file."
)


@package.command("verify")
@click.argument("path", metavar="FILE")
@FINGERPRINT
@click.option("--on", "day", default=None, metavar="DATE", help="For this day; today if not given.")
def package_verify(path: str, fingerprint: str, day: str | None) -> int:
    """Is the package whole, and whose is it? Exit code 1 if it was changed or is of another key."""
    from eirene.formats.package import read_package

    found = read_package(path, fingerprint)
    told = found.manifest
    click.echo(f"{path}: whole. Report of {told['body']} for {told['cycle']}, pack {told['pack']['id']}.")
    click.echo(f"issued {told['issued']}, to be back by {told['expires']}; {len(found.files) - 3} files")
    click.echo(f"signed by the key with the fingerprint {found.fingerprint}")
    if not fingerprint:
        click.echo("Compare it with the one that you were given on paper, or say --fingerprint.")
    if found.expired(_day(day)):
        click.echo("It is too late for it: what goes back will not be taken in. Ask for a new package.", err=True)
    return 0


def _day(given: str | None) -> dt.date:
    """The clock is read here, at the edge, and nowhere below."""
    if given is None:
        return dt.datetime.now(dt.UTC).date()
    try:
        return dt.date.fromisoformat(given)
    except ValueError:
        raise UsageError(f"{given!r} is not a date.", remedy="Write it as 2018-03-30.") from None


@package.command("open")
@click.argument("path", metavar="FILE")
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, metavar="DIR")
@FINGERPRINT
def package_open(path: str, out: Path, fingerprint: str) -> None:
    """Verify the package and lay it out in the new folder DIR."""
    from eirene.formats.package import open_package, read_package

    found = read_package(path, fingerprint)
    open_package(found, out)
    books = sorted(name for name in found.files if name.startswith("workbooks/"))
    click.echo(f"{out}: report of {found.manifest['body']} for {found.manifest['cycle']}.")
    click.echo(f"Fill in: {', '.join(books)}. Evidence goes into evidence/NUMBER-OF-THE-QUESTION/.")
    click.echo(f"signed by the key with the fingerprint {found.fingerprint}")


@package.command("close")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, metavar="FILE")
def package_close(folder: Path, out: Path) -> None:
    """Join and check the workbooks in DIR and make the one file that goes back.

    What two offices answer differently is listed, and nothing is written.
    """
    from eirene.formats.package import close_package

    closed = close_package(folder)
    write_whole(out, closed.data)
    _tell(closed.notes)
    click.echo(closed.told, nl=False)
    click.echo(
        f"{out}: {closed.report.body}, {closed.report.cycle}, {_many(closed.changed, 'change')} from "
        f"{_many(len(closed.workbooks), 'workbook')}, {_many(len(closed.evidence), 'evidence file')}."
    )


def _many(n: int, word: str) -> str:
    return f"{n} {word}{'s' if n != 1 else ''}"


# --- summary, release, figure ---------------------------------------------------------------------------------------


@cli.group()
def summary() -> None:
    """Build the Summary."""


@summary.command("build")
@PACK
@CYCLE
@click.argument("sources", metavar="FILE…", nargs=-1)
@click.option("--history", metavar="RELEASE…", multiple=True, help="Releases of earlier cycles.")
@click.option("--audience", default=None, metavar="CODE", help="For whom; the pack's widest audience if not given.")
@click.option("--edition", "edition_file", metavar="FILE", type=click.Path(path_type=Path), help="Edition file.")
@click.option("--as-of", metavar="DATE", help="Date of the edition; the cycle's date of publication if not given.")
@click.option("--key-file", metavar="FILE", type=click.Path(path_type=Path), help="Key for hashes of hidden answers.")
@click.option("--formats", metavar="LIST", help="html,pdf,docx,xlsx,charts; all if not given. Data always.")
@click.option(
    "--released",
    metavar="DIR…",
    multiple=True,
    help="Releases that its readers hold besides: earlier ones of the edition, for it and wider audiences; the "
    "office's ones say whose answers are in them.",
)
@click.option("--quiet", is_flag=True, help="No progress.")
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, metavar="DIR")
def summary_build(
    pack_name: str,
    cycle: str,
    sources: tuple[str, ...],
    history: tuple[str, ...],
    audience: str | None,
    edition_file: Path | None,
    as_of: str | None,
    key_file: Path | None,
    formats: str | None,
    released: tuple[str, ...],
    quiet: bool,
    out: Path,
) -> None:
    """From reports (FILE…, or folders of them) to a release in DIR."""
    from eirene.release import build_from_files

    built = build_from_files(
        pack_name,
        cycle,
        sources,
        history=history,
        audience=audience,
        edition_file=edition_file,
        as_of=as_of,
        key_file=key_file,
        formats=formats,
        released=released,
        out=out,
        progress=_progress(quiet),
    )
    click.echo(built)


@cli.group()
def release() -> None:
    """Verify and compare releases."""


@release.command("verify")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def release_verify(folder: Path) -> int:
    """Compare every file with the manifest and recompute every figure whose answers are inside."""
    from eirene.release import verify

    verification = verify(folder)
    click.echo(verification.summary(), nl=False)
    _tell(verification.problems())
    return 0 if verification.ok else 1


@release.command("diff")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--lang", default=None, metavar="LANG")
def release_diff(old: Path, new: Path, lang: str | None) -> int:
    """What changed between two releases, in words. Exit code 1 where something did."""
    from eirene.release import diff

    sentences = diff(old, new, lang or "en")
    click.echo("\n".join(sentences) if sentences else "No difference.")
    return 1 if sentences else 0


@release.command("prove")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("source", metavar="REPORT")
@click.option("--key-file", type=click.Path(path_type=Path), required=True, metavar="FILE")
def release_prove(folder: Path, source: str, key_file: Path) -> int:
    """Show, with the office's key, that the answers of REPORT are in the release although it hides them."""
    from eirene.formats import read_report
    from eirene.release import open_release, prove, read_key

    opened = open_release(folder)
    found = read_report(source, opened.pack).report
    proved = prove(folder, read_key(key_file), found)
    for question, standing in proved.items():
        click.echo(f"{question}: {standing}")
    return int("not inside" in proved.values())


# --- disclosure -----------------------------------------------------------------------------------------------------


@cli.group()
def disclosure() -> None:
    """Protect what is published, and attack it."""


@disclosure.command("protect")
@click.argument("table", metavar="TABLE.csv", type=click.Path(path_type=Path))
@click.option(
    "--spec", type=click.Path(path_type=Path), required=True, metavar="SPEC.yaml", help="What the table means."
)
@click.option("--lang", default="en", show_default=True, metavar="LANG", help="Of the reasons and of what is printed.")
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, metavar="OUT.csv")
def disclosure_protect(table: Path, spec: Path, lang: str, out: Path) -> None:
    """Hide the small counts of any table, and what would give them away.

    Nothing is written, and the exit code is 1, if something that is hidden could still be worked out.
    """
    from eirene.disclosure.tables import protect_file

    done = protect_file(table, spec, lang=lang)
    write_whole(out, done.data)
    click.echo(done.told, nl=False)


@disclosure.command("audit")
@click.argument("folder", metavar="DIR")
@click.option("--with", "beside", metavar="DIR…", multiple=True, help="Further releases that the same readers hold.")
@click.option("--as", "body", default=None, metavar="BODY", help="The reader belongs to this body.")
@click.option("--lang", default=None, metavar="CODE", help="Language of the report; the release's first if not given.")
@click.option("--quiet", is_flag=True, help="No progress.")
def disclosure_audit(folder: str, beside: tuple[str, ...], body: str | None, lang: str | None, quiet: bool) -> None:
    """What readers of the release in DIR can work out that they may not know.

    An office's release among --with is not held by readers: it says whose answers are in the figures."""
    from eirene.release.attack import attack_folders

    told = attack_folders(folder, beside, body=body, lang=lang, progress=_progress(quiet))
    click.echo("\n".join(told.lines))
    if not told.clean:
        sys.exit(1)


@cli.group()
def figure() -> None:
    """Look at single figures."""


@figure.command("show")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("key")
@click.option("--lang", default=None, metavar="LANG")
def figure_show(folder: Path, key: str, lang: str | None) -> None:
    """A figure with its trace; an id alone lists its keys."""
    from eirene.release import open_release, show_figure

    opened = open_release(folder)
    click.echo(show_figure(opened, key, lang or opened.languages[0]), nl=False)


if __name__ == "__main__":
    main()
