"""What is done every day: where the chains end is mailed to two posts, and kept."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils.translation import gettext as _
from django_tasks import task

from eirene.files import write_whole
from eirene_web.clock import now
from eirene_web.custody.drill import holders_of
from eirene_web.custody.models import Designated
from eirene_web.journal import attestation
from eirene_web.organisations.models import Alliance
from eirene_web.work.services import once


def attest_all() -> list[Path]:
    """An attestation of each alliance, kept in the home folder under its day; one of the same day is replaced."""
    made = []
    for slug in Alliance.objects.order_by("slug").values_list("slug", flat=True):
        folder = Path(settings.EIRENE_HOME) / "attestations" / slug
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{now():%Y-%m-%d}.json"
        write_whole(file, attestation.attest(slug))
        made.append(file)
    return made


def heads_posts(alliance: str) -> list[int]:
    rows = Designated.objects.filter(alliance=alliance, duty=Designated.Duty.HEADS)
    return list(rows.order_by("pk").values_list("post", flat=True))


@task()
def mail_heads() -> None:
    """Mails each alliance's attestation to the posts that keep it: once a day each, again when the mail failed."""
    for file in attest_all():
        alliance = file.parent.name
        for person, mailbox in holders_of(heads_posts(alliance)):
            _mail(alliance, person, mailbox, file)


def _mail(alliance: str, person: int, mailbox: str, file: Path) -> None:
    from eirene_web.accounts.models import Person

    address = mailbox or Person.objects.get(pk=person).email
    with transaction.atomic():
        if not once(f"heads:{alliance}:{file.stem}:{address}"[:160]):
            return
        told = attestation.read(file)
        mail = EmailMessage(
            subject=f"Eirene {alliance}: {_('where the history ends today')} ({attestation.root(told.heads)[:16]})",
            body="\n\n".join(
                (
                    _("Keep this mail where the administrator of the system cannot change it."),
                    _("With its attachment this tells later whether the history up to today was rewritten or cut:"),
                    f"    eirene audit verify --head {alliance}-{file.name}",
                    attestation.root(told.heads),
                )
            ),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[address],
        )
        mail.attach(f"{alliance}-{file.name}", file.read_bytes().decode(), "application/json")
        mail.send()
