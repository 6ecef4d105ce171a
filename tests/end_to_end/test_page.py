"""The board's page in Chromium: what a person meets on a phone, on a desk screen, in the dark and on paper."""

from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from playwright.sync_api import Browser, Page

from tests.end_to_end.chromium import chromium, low_contrasts, violations
from tests.pdf_text import words_of_pages

pytestmark = pytest.mark.end_to_end

GOALS = ("education", "employment", "crime_and_safety", "community")
PAGES = ("index", "goal-education", "goal-crime_and_safety", "goal-community", "context", "sources", "en/index")
EVERY_PAGE = [
    f"{folder}{name}"
    for folder in ("", "en/")
    for name in ("index", *(f"goal-{goal}" for goal in GOALS), "milestones", "context", "sources")
]
# 320 CSS pixels are a screen of 1280 at 400 per cent.
SCREENS = {"desk at 400 per cent": (320, 256), "phone": (390, 844), "tablet": (820, 1180), "desk": (1440, 900)}

# Every piece of visible text with its colour and the first opaque colour behind it; returns those below 4.5 : 1.
LOW_CONTRAST = """() => {
  const parts = colour => (colour.match(/[\\d.]+/g) || []).map(Number);
  const channel = value => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parts(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.getClientRects().length) continue;
    const style = getComputedStyle(element);
    const ink = parts(element.closest('svg') ? style.fill : style.color);
    const pair = [light(ink), light(behind(element))].sort((a, b) => b - a);
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
    if (ratio < 4.5) found.push(`${ratio.toFixed(2)} ${walker.currentNode.data.trim().slice(0, 40)}`);
  }
  return found;
}"""

# What a screen reader needs; returns what is missing.
STRUCTURE = """() => {
  const missing = [];
  const one = selector => document.querySelectorAll(selector).length === 1 || missing.push(`one ${selector}`);
  ['h1', 'main', 'header', 'footer', 'nav[aria-label].menu', 'title', '[aria-current=page]'].forEach(one);
  const ids = [...document.querySelectorAll('[id]')].map(element => element.id);
  if (new Set(ids).size !== ids.length) missing.push('ids that are unique');
  for (const named of document.querySelectorAll('[aria-labelledby]'))
    if (!document.getElementById(named.getAttribute('aria-labelledby'))) missing.push('a label that exists');
  for (const head of document.querySelectorAll('th'))
    if (!head.getAttribute('scope')) missing.push(`scope of ${head.textContent}`);
  for (const table of document.querySelectorAll('table'))
    if (!table.caption) missing.push('a caption');
  for (const image of document.querySelectorAll('[role=img]'))
    if ((image.getAttribute('aria-label') || '').length < 20) missing.push('an alternative text');
  for (const link of document.querySelectorAll('a'))
    if (!link.textContent.trim()) missing.push('words in a link');
  let level = 0;
  for (const heading of document.querySelectorAll('h1, h2, h3, h4')) {
    const own = Number(heading.tagName[1]);
    if (own > level + 1) missing.push(`a level above ${heading.textContent}`);
    level = own;
  }
  return missing;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def tab(browser) -> Page:
    return browser.new_page()


@pytest.fixture
def page(tab) -> Page:
    """The one tab, as if new: opening one for each test takes longer than most of them."""
    tab.emulate_media(media="screen")
    return tab


def open_page(
    page: Page, site: Path, name: str, *, screen: str = "desk", scheme: str = "light", unfolded: bool = False
) -> None:
    width, height = SCREENS[screen]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    page.goto((site / f"{name}.html").as_uri())
    if unfolded:
        page.evaluate("document.querySelectorAll('details').forEach(folded => folded.open = true)")


@pytest.fixture(scope="module", params=EVERY_PAGE)
def opened(request, tab, site) -> Page:
    """Each page in turn, everything in it unfolded; opened once for all that is held against it."""
    tab.emulate_media(media="screen")
    open_page(tab, site, request.param, unfolded=True)
    return tab


def test_the_page_never_scrolls_sideways(opened):
    widths = {}
    for screen, (width, height) in SCREENS.items():
        opened.set_viewport_size({"width": width, "height": height})
        widths[screen] = opened.evaluate("document.documentElement.scrollWidth")
    assert widths == {screen: width for screen, (width, _) in SCREENS.items()}


def test_every_text_stands_out_from_what_is_behind_it_by_day_and_by_night(opened):
    low = {}
    for scheme in ("light", "dark"):
        opened.emulate_media(color_scheme=scheme)
        low[scheme] = opened.evaluate(LOW_CONTRAST)
    assert low == {"light": [], "dark": []}


def test_a_screen_reader_finds_its_way(opened):
    assert opened.evaluate(STRUCTURE) == []


def test_axe_finds_no_violation_of_wcag_by_day_or_by_night(opened):
    found = {"all but contrast": violations(opened, color_contrast=False)}
    for scheme in ("light", "dark"):
        opened.emulate_media(color_scheme=scheme)
        found[scheme] = low_contrasts(opened)
    assert found == {"all but contrast": [], "light": [], "dark": []}


def test_axe_would_find_one_text_that_is_hard_to_read(page, site):
    open_page(page, site, "index")
    page.evaluate("document.querySelector('.not-effects').style.color = '#999'")
    assert [one.partition(":")[0] for one in low_contrasts(page)] == ["color-contrast"]


def test_nothing_is_asked_for_beside_the_pages_themselves(browser, site):
    asked, told = [], []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: told.append(message.text))
    for name in PAGES:
        open_page(page, site, name)
    assert asked == [(site / f"{name}.html").as_uri() for name in PAGES]
    assert told == []


def test_the_banner_and_the_verdicts_in_short_are_seen_without_scrolling_on_a_desk_screen(page, site):
    open_page(page, site, "index")
    banner = page.get_by_text("SYNTETISKE TAL:").bounding_box()
    verdicts = page.locator(".tally").bounding_box()
    assert banner is not None
    assert verdicts is not None
    assert banner["y"] < verdicts["y"] < SCREENS["desk"][1]


def test_the_switch_in_the_head_leads_to_the_same_page_in_the_other_language_and_back(page, site):
    open_page(page, site, "goal-education")
    page.get_by_role("link", name="English").click()
    assert page.url == (site / "en" / "goal-education.html").as_uri()
    assert page.locator("html").get_attribute("lang") == "en"
    page.get_by_role("link", name="Dansk").click()
    assert page.url == (site / "goal-education.html").as_uri()


def test_the_keyboard_first_meets_a_link_past_the_menu_and_sees_where_it_is(page, site):
    open_page(page, site, "index")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Gå til indholdet")
    box = skip.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert skip.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_on_a_phone_a_row_is_a_card_that_names_each_of_its_figures(page, site):
    open_page(page, site, "index", screen="phone")
    cell = page.locator("td[data-label='Ringparken']").first
    assert cell.evaluate("element => getComputedStyle(element, '::before').content") == '"Ringparken"'
    row = page.get_by_role("row", name="Børn i dagtilbud")
    assert row.get_by_role("cell").count() == 4


def test_each_areas_figures_are_folded_below_the_one_page_and_unfold_by_keyboard(page, site):
    open_page(page, site, "index")
    folded = page.locator("details.goal").first
    assert not folded.locator("table").is_visible()
    assert page.evaluate("document.documentElement.scrollHeight") < 3 * SCREENS["desk"][1]
    folded.locator("summary").focus()
    page.keyboard.press("Enter")
    row = folded.get_by_role("row", name="Ringparken").first
    assert row.is_visible()
    assert row.get_by_role("cell").count() == 4


def test_a_wide_table_scrolls_within_its_own_box_by_keyboard_too(page, site):
    open_page(page, site, "goal-education", screen="phone")
    box = page.locator(".figures").first
    assert box.evaluate("element => element.scrollWidth > element.clientWidth")
    assert box.get_attribute("tabindex") == "0"
    assert box.get_attribute("aria-label")


def test_a_chart_follows_the_dark_colours(page, site):
    seen = set()
    for scheme in ("light", "dark"):
        open_page(page, site, "goal-education", scheme=scheme)
        line = page.locator(".panel path[stroke='var(--chart-area)']").first
        seen.add(line.evaluate("element => getComputedStyle(element).stroke"))
    assert len(seen) == 2


def test_on_paper_the_banner_and_every_mark_remain_and_the_menu_goes(page, site, tmp_path):
    open_page(page, site, "index", scheme="dark")
    page.emulate_media(media="print")
    assert page.get_by_text("SYNTETISKE TAL:").is_visible()
    assert page.locator(".mark-synthetic").first.is_visible()
    assert not page.get_by_role("navigation").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    with pikepdf.open(tmp_path / "page.pdf") as paper:
        first, second, *others = words_of_pages(paper)
    assert "Folketingsvalg" in first
    assert "planen svarer alene for sine egne aktiviteter" in first
    # What is folded on the screen stands open on the sheets that follow.
    assert second.startswith("Hvert område i tal")
    assert "Bedre udvikling end kommunen" in second
    assert len(others) <= 5
