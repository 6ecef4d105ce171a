"""Debian's Chromium for the tests of pages, quiet and without a network, and what axe finds in a page."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

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


# Marks one text of each pair of colours, size and weight of letters: axe takes a millisecond for each text, and what
# looks alike has the same contrast. Texts of charts are left out, for axe cannot tell what is behind them.
ONE_OF_EACH = """() => {
  const behind = element => {
    while (element && getComputedStyle(element).backgroundColor === 'rgba(0, 0, 0, 0)') element = element.parentElement;
    return element ? getComputedStyle(element).backgroundColor : '';
  };
  const seen = new Set();
  for (const marked of document.querySelectorAll('[data-seen]')) marked.removeAttribute('data-seen');
  for (const element of document.querySelectorAll('body *')) {
    const isText = [...element.childNodes].some(one => one.nodeType === Node.TEXT_NODE && one.data.trim());
    if (!isText || !element.getClientRects().length || element.closest('svg')) continue;
    const style = getComputedStyle(element);
    const look = [style.color, style.opacity, style.fontSize, style.fontWeight, behind(element)].join();
    if (!seen.has(look)) element.setAttribute('data-seen', '');
    seen.add(look);
  }
  return seen.size;
}"""


def violations(page: Page, **rules: bool) -> list[str]:
    """What axe finds against WCAG 2.1 A and AA; `rules` switches single rules on or off."""
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
    switched = {name.replace("_", "-"): {"enabled": is_on} for name, is_on in rules.items()}
    ran = _axe(page, "document", {"runOnly": {"type": "tag", "values": tags}, "rules": switched})
    assert len(ran["passes"]) > 10
    return _told(ran)


def low_contrasts(page: Page) -> list[str]:
    """What axe finds of contrast below WCAG's in the colours that the page now has."""
    assert page.evaluate(ONE_OF_EACH) > 3
    rule = {"type": "rule", "values": ["color-contrast"]}
    ran = _axe(page, "{include: [['[data-seen]']]}", {"runOnly": rule})
    assert ran["passes"]
    return _told(ran)


def _axe(page: Page, context: str, options: dict[str, Any]) -> dict[str, Any]:
    if page.evaluate("window.axe === undefined"):
        page.evaluate(Axe().axe_script)
    return page.evaluate(f"options => axe.run({context}, options)", options | {"resultTypes": ["violations"]})


def _told(ran: dict[str, Any]) -> list[str]:
    return [f"{one['id']}: {node['html'][:120]}" for one in ran["violations"] for node in one["nodes"][:3]]
