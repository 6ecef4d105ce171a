"""Debian's Chromium for the tests of pages, quiet and without a network, and what axe finds in a page."""

from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield running
        running.close()


def violations(page: Page, **rules: bool) -> list[str]:
    """What axe finds against WCAG 2.1 A and AA; `rules` switches single rules on or off."""
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
    switched = {name.replace("_", "-"): {"enabled": is_on} for name, is_on in rules.items()}
    options = {"runOnly": {"type": "tag", "values": tags}, "rules": switched, "resultTypes": ["violations"]}
    ran = Axe().run(page, options=options).response
    assert len(ran["passes"]) > 10
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in ran["violations"]]
