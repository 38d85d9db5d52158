"""The policy framework as data: instruments, pillars, principles, bodies, code lists, questionnaires, indicators."""

from eirene.framework.loader import find, load, locate, read_edition
from eirene.framework.model import Pack
from eirene.framework.pack import (
    AskedQuestion,
    AskedQuestionnaire,
    AskedSection,
    CodeTree,
    asked,
    asked_bodies,
    audience_rank,
    body_name,
    class_in_force,
    codes,
    cycle_of,
    dimension_codes,
    dimension_name,
    disclosure_class,
    members_on,
    naming_footnote,
    pack_bytes,
    pack_from_bytes,
    pack_hash,
    population,
    population_bodies,
    tighter_classes,
)

__all__ = [
    "AskedQuestion", "AskedQuestionnaire", "AskedSection", "CodeTree", "Pack", "asked", "asked_bodies",
    "audience_rank", "body_name", "class_in_force", "codes", "cycle_of", "dimension_codes", "dimension_name",
    "disclosure_class", "find", "load", "locate", "members_on", "naming_footnote", "pack_bytes", "pack_from_bytes",
    "pack_hash", "population", "population_bodies", "read_edition", "tighter_classes",
]  # fmt: skip
