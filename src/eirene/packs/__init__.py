"""The packs that ship, and what one does with a whole pack: check all of it, take its made-up reports."""

from eirene.packs.checking import check_pack, demo_reports

__all__ = ["check_pack", "demo_reports"]
