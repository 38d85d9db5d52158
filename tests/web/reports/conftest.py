from web.committing import committing, guards_again

__all__ = ["committing", "guards_again"]
