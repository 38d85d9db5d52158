"""Every change of an edition and of the catalogue: one function a verb.

drafting     the draft made, its texts edited, restored, suggested, commented on
positions    what a nation says of its own part: withheld, footnote, reservation
silence      a numbered draft goes out; silence is kept, extended, broken, ended
publishing   signed off, disclosed, frozen, held until the embargo ends, published; the next release
catalogue    release folders as they are entered into the catalogue, and what is being built
"""

from eirene_web.editions.services.catalogue import (
    MANIFEST,
    RESERVED_SLUGS,
    advance_step,
    edition_of,
    finish_step,
    forget_release,
    queue_step,
    register_release,
    start_step,
)

__all__ = [
    "MANIFEST", "RESERVED_SLUGS", "advance_step", "edition_of", "finish_step", "forget_release", "queue_step",
    "register_release", "start_step",
]  # fmt: skip
