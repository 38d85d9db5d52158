"""Who the token stands for, and the table of who may do what."""

from __future__ import annotations

import datetime as dt

from ninja import Schema

from eirene_web.api.frame import Call, operation
from eirene_web.api.operations.shapes import Text
from eirene_web.organisations.models import Post
from eirene_web.policy import ROLES, table


class TokenOut(Schema):
    name: str
    scopes: list[str]
    strong: bool
    expires: dt.datetime


class HeldOut(Schema):
    role: str
    nation: str
    post: int | None
    title: Text
    sections: list[str]
    via: str


class MeOut(Schema):
    name: str
    email: str
    language: str
    time_zone: str
    alliance: str
    audience: str
    token: TokenOut
    roles: list[HeldOut]


@operation("GET", "/{alliance}/me", "desk.see")
def me(call: Call) -> MeOut:
    """Who I am here: my roles, my posts, and what my token is good for."""
    call.ask("desk.see")
    person, token, actor = call.holder.person, call.holder.token, call.actor
    titles = {post.pk: post.title for post in Post.objects.filter(pk__in=actor.posts)}
    return MeOut(
        name=person.name, email=person.email, language=person.language, time_zone=person.time_zone,
        alliance=call.slug, audience=actor.audience,
        token=TokenOut(
            name=token.name, scopes=sorted(call.holder.scopes), strong=call.holder.strong, expires=token.expires
        ),
        roles=[
            HeldOut(role=g.role, nation=g.nation, post=g.post, title=titles.get(g.post or 0, {}),
                    sections=sorted(g.sections), via=g.via)
            for g in actor.grants if g.role != "person"
        ],
    )  # fmt: skip


class RowOut(Schema):
    verb: str
    title: str
    kind: str
    role: str
    relation: str
    states: list[str]
    decides: bool
    scope: str


class RulesOut(Schema):
    roles: dict[str, str]
    rows: list[RowOut]


@operation("GET", "/{alliance}/who-may", "policy.see")
def who_may(call: Call) -> RulesOut:
    """The one table of who may do what, as it is asked everywhere."""
    call.ask("policy.see")
    rules = table()
    return RulesOut(
        roles={code: str(role.title) for code, role in ROLES.items()},
        rows=[
            RowOut(verb=row.verb, title=str(verb.title), kind=verb.kind, role=row.role, relation=row.relation,
                   states=sorted(row.states), decides=verb.decides, scope=verb.scope)
            for row in rules.rows for verb in [rules.verbs[row.verb]]
        ],
    )  # fmt: skip
