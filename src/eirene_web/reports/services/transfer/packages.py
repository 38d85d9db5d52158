"""One file each way for a closed network. (being built)"""

from __future__ import annotations

from typing import Any


def is_return(data: bytes) -> bool:
    return False


def opened_return(entry: Any, working: Any, data: bytes) -> Any:
    raise AssertionError


def fingerprint_shown() -> str:
    return ""


def hand_out(**_: Any) -> Any:
    raise AssertionError
