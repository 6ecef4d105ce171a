"""Make docs/images/page.png again: the board's page of the samples, as a desk screen shows it (`make picture`).

Usage: python tools/picture_page.py [FILE]   (needs Debian's Chromium, as the tests of the page do)
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

CHROMIUM = "/usr/bin/chromium"
# As far as the second goal: enough to see what the page is like, in a file that a checkout does not mind.
WIDTH, SCALE, UNTIL = 1060, 0.8, ".goal-summary tbody:nth-of-type(2)"
PICTURE = Path(__file__).parents[1] / "docs" / "images" / "page.png"


def main(picture: Path) -> None:
    """Publish the samples into a folder of their own, and take a picture of the first page's beginning."""
    with tempfile.TemporaryDirectory() as folder:
        command = [Path(sys.executable).with_name("helhedsplan"), "demo", "--plain", "--to", f"{folder}/demo"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--headless", "--no-sandbox"])
            page = browser.new_page(viewport={"width": WIDTH, "height": 900}, device_scale_factor=SCALE)
            page.goto((Path(folder) / "demo" / "report" / "index.html").as_uri())
            box = page.locator(UNTIL).bounding_box()
            if box is None:
                raise SystemExit(f"{UNTIL} is not on the page")
            clip = {"x": 0, "y": 0, "width": WIDTH, "height": box["y"] + box["height"] + 10}
            page.screenshot(path=picture, clip=clip, full_page=True)
            browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURE)
