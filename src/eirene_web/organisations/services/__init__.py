"""Changes of the organisation, one function each.

alliances     founding one, following its pack, a nation that continues another
bodies        adding, renaming, moving, closing; by which clock
posts         adding, changing, closing; the roles that they hold
holdings      who takes a post, leaves it, hands it over
invitations   asking somebody into a post by mail, and their answer
people        suspending and reinstating
"""

from eirene_web.organisations.services.alliances import continue_nation, found_alliance, sync_with_pack
from eirene_web.organisations.services.bodies import add_body, close_body, move_body, set_time_zone
from eirene_web.organisations.services.holdings import fill_post, hand_over, leave_post, person_named
from eirene_web.organisations.services.invitations import (
    accept_invitation,
    invite,
    link_for,
    resend_invitation,
    withdraw_invitation,
)
from eirene_web.organisations.services.people import reinstate_person, suspend_person
from eirene_web.organisations.services.posts import add_post, change_post

__all__ = [
    "accept_invitation", "add_body", "add_post", "change_post", "close_body", "continue_nation", "fill_post",
    "found_alliance", "hand_over", "invite", "leave_post", "link_for", "move_body", "person_named",
    "reinstate_person", "resend_invitation", "set_time_zone", "suspend_person", "sync_with_pack",
    "withdraw_invitation",
]  # fmt: skip
