"""Commands with which an installation begins: an alliance from its pack, and its first administrator.

eirene alliance PACK --time-zone Europe/Brussels      founds it, or follows a new version of the pack
eirene administrator ADDRESS --alliance SLUG          prints the link of an invitation
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from eirene_web.organisations.models import Post
    from eirene_web.policy import Actor


def _start() -> None:
    """The platform, with its database as it should be."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eirene_web.config.settings")
    django.setup()
    settings.EIRENE_HOME.mkdir(parents=True, exist_ok=True)
    call_command("migrate", interactive=False, verbosity=0)


@click.command()
@click.argument("pack")
@click.option("--time-zone", default="UTC", show_default=True, help="Clock of the office, e.g. Europe/Brussels.")
@click.option("--succeeds", multiple=True, metavar="NEW=OLD", help="The nation NEW of the pack continues OLD.")
def alliance(pack: str, time_zone: str, succeeds: tuple[str, ...]) -> None:
    """Found the alliance of a PACK (a name or a folder), or follow a new version of it."""
    _start()
    from eirene.errors import UsageError
    from eirene.framework import load
    from eirene_web.organisations import services
    from eirene_web.organisations.models import Alliance, Body

    wrong = [one for one in succeeds if one.count("=") != 1]
    if wrong:
        raise UsageError(f"--succeeds {wrong[0]!r} is not of the form NEW=OLD.")
    opened = load(pack)
    before = Alliance.objects.filter(slug=opened.header.slug).first()
    found = services.found_alliance(pack=opened, time_zone=before.time_zone if before else time_zone)
    if succeeds:
        services.sync_with_pack(pack=opened, succeeds=dict(one.split("=") for one in succeeds))
    nations = Body.objects.filter(alliance=found, kind=Body.Kind.NATION).count()
    click.echo(f"{found.slug}: {'follows' if before else 'founded from'} {found.pack}; {nations} nations.")


@click.command()
@click.argument("address")
@click.option("--alliance", "slug", required=True, help="Slug of the alliance, e.g. nato.")
@click.option("--name", default="", help="Name to begin with; it can be changed.")
@click.option("--language", default="en", show_default=True, help="Language of the page.")
def administrator(address: str, slug: str, name: str, language: str) -> None:
    """Let the owner of ADDRESS in as administrator of the office: prints a link that works once, for a week.

    Given again, it prints a new link, and the one before ends.
    """
    _start()
    from django.urls import reverse
    from django.utils import translation

    from eirene.errors import UsageError
    from eirene_web.accounts.tasks import absolute
    from eirene_web.organisations import services
    from eirene_web.organisations.models import Alliance, Invitation
    from eirene_web.policy import Actor, Grant

    if not Alliance.objects.filter(slug=slug).exists():
        raise UsageError(f"There is no alliance {slug!r} here.", remedy="Found it with: eirene alliance PACK")
    installer = Actor(
        alliance=slug, name="installation", grants=(Grant("administrator", "", None, 0),), strong=True
    )  # fmt: skip
    post = _post(installer, slug)
    waiting = Invitation.objects.filter(post=post, email__iexact=address, used=None, withdrawn=None).first()
    if waiting:
        invitation = services.resend_invitation(actor=installer, invitation=waiting.pk, by_mail=False)
    else:
        invitation = services.invite(
            actor=installer, post=post.pk, email=address, name=name, language=language, by_mail=False
        )
    with translation.override(language):
        click.echo(absolute(reverse("invitation", args=[services.link_for(invitation)])))


def _post(installer: Actor, slug: str) -> Post:
    """The office’s post of an administrator; made if there is none."""
    from eirene_web.organisations import services
    from eirene_web.organisations.models import Alliance
    from eirene_web.organisations.queries import posts_of

    found = posts_of(Alliance.objects.get(slug=slug), "", role="administrator")
    if found:
        return found[0]
    title = {"en": "System administrator", "fr": "Administration du système"}
    return services.add_post(
        actor=installer, alliance=slug, body="_office", title=title, roles={"administrator": ()}
    )  # fmt: skip
