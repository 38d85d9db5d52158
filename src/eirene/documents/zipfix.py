"""Rewrites an office file so that the same content always has the same bytes.

Word and Excel files are zip archives: order of members, times and attributes are ours to fix.
"""

from __future__ import annotations

import io
import zipfile

_FIRST = "[Content_Types].xml"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def fixed_zip(data: bytes) -> bytes:
    """The same members, [Content_Types].xml first and the rest by name, without times, deflated at level 6."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name in sorted(source.namelist(), key=lambda name: (name != _FIRST, name)):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.create_system = 3
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(info, source.read(name), zipfile.ZIP_DEFLATED, 6)
    return target.getvalue()
