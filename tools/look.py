"""Looks at pages: pictures at 1280 and 360 px, light and dark; what axe finds; what runs out of the page.

    python tools/look.py -o /tmp/look --as BMA.rapporteur http://127.0.0.1:8000 /concordia/work/ /fr/concordia/work/

`--as`: a made-up person of the demonstration, by the first part of their address. Needs Debian's Chromium.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def sign_in(page: Page, base: str, who: str) -> None:
    page.goto(f"{base}/account/demo/")
    page.locator(f'button[data-person="{who.lower()}"]').first.click()
    page.wait_for_load_state()


def look(page: Page, base: str, path: str, folder: Path, widths: list[int], schemes: list[str], full: bool) -> None:
    for width in widths:
        for scheme in schemes:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            response = page.goto(base + path)
            name = re.sub(r"[^a-zA-Z0-9]+", "-", path).strip("-") or "home"
            file = folder / f"{name}-{width}-{scheme}.png"
            page.screenshot(path=str(file), full_page=full)
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            found = Axe().run(page).response["violations"]
            print(f"{response.status if response else '?'} {file}" + (f"  {wide}px too wide" if wide > 0 else ""))
            for one in found:
                for node in one["nodes"][:3]:
                    print(f"   axe {one['id']}: {node['html'][:140]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base")
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--as", dest="who", default="")
    parser.add_argument("-o", "--out", type=Path, default=Path("/tmp/look"))
    parser.add_argument("--widths", default="1280,360")
    parser.add_argument("--schemes", default="light,dark")
    parser.add_argument("--viewport", action="store_true", help="only what is seen without scrolling")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = browser.new_page()
        page.on(
            "console", lambda m: print(f"   console {m.type}: {m.text}") if m.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda e: print(f"   script error: {e}"))
        if given.who:
            sign_in(page, given.base, given.who)
        for path in given.paths:
            look(
                page, given.base, path, given.out, [int(w) for w in given.widths.split(",")],
                given.schemes.split(","), not given.viewport,
            )  # fmt: skip
        browser.close()


if __name__ == "__main__":
    main()
