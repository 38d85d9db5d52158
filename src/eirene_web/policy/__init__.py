"""Who may do what: one table of rows, and the only guard there is.

    model     verbs, rows, what an actor holds, what is acted upon
    roles     the roles, in words
    engine    the joined table, and the questions asked of it

Every app declares its rows in `policy.py`; `eirene_web.config` joins them. Services ask before they change anything,
queries ask what an actor reaches, pages and API show the answer, and the guide "who may do what" is printed from it.
The engine knows no database: a decision follows from an actor, a verb and a target alone.
"""

from eirene_web.policy.engine import (
    Decision,
    Table,
    ask,
    can,
    decide,
    install,
    reach,
    table,
)
from eirene_web.policy.errors import NotAllowed, NotThere, SecondFactorNeeded
from eirene_web.policy.model import Actor, Grant, Kind, Reach, Row, Target, Verb, rows
from eirene_web.policy.roles import ROLES, Role

__all__ = [
    "ROLES", "Actor", "Decision", "Grant", "Kind", "NotAllowed", "NotThere", "Reach", "Role", "Row",
    "SecondFactorNeeded", "Table", "Target", "Verb", "ask", "can", "decide", "install", "reach", "rows", "table",
]  # fmt: skip
