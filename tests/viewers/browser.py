"""Debian's chromium, headless, and what goes wrong in its pages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium")


@contextmanager
def browser() -> Iterator[Browser]:
    """The browser; without it the tests are skipped, but not in CI."""
    if CHROMIUM is None:
        assert os.environ.get("CI") != "true", "CI must not skip the tests of the page"
        pytest.skip("needs chromium: sh tools/install_test_packages.sh")
    with sync_playwright() as playwright:
        # Its sandbox needs rights that a container does not give; the pages are our own.
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@dataclass
class Watched:
    """A page with all that it should not do."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def boxes(self, selector: str) -> list[dict[str, float]]:
        """The boxes of all visible elements that match."""
        script = """all => all.map(e => e.getBoundingClientRect())
            .filter(b => b.width > 0 && b.height > 0)
            .map(b => ({left: b.left, top: b.top, right: b.right, bottom: b.bottom}))"""
        found: list[dict[str, float]] = self.page.eval_on_selector_all(selector, script)
        return found

    def text(self, selector: str) -> str:
        """What an element says."""
        return self.page.inner_text(selector)


@contextmanager
def watched(
    launched: Browser, path: Path, width: int, height: int, **more: Any
) -> Iterator[Watched]:
    """The page in a window; errors, violations of the policy and requests fail the test."""
    page = launched.new_page(viewport={"width": width, "height": height}, **more)
    seen = Watched(page)
    address = path.resolve().as_uri()
    page.on("console", lambda said: seen.complaints.append(f"{said.type}: {said.text}"))
    page.on("pageerror", lambda error: seen.complaints.append(f"error: {error}"))
    page.on("dialog", lambda dialog: seen.complaints.append(f"dialog: {dialog.message}"))
    page.on(
        "request",
        lambda request: (
            None
            if request.url.partition("#")[0] == address
            else seen.complaints.append(f"request: {request.url}")
        ),
    )
    page.add_init_script(
        "document.addEventListener('securitypolicyviolation',"
        " e => console.error(`policy: ${e.violatedDirective} ${e.sourceFile}`))"
    )
    page.goto(address)
    yield seen
    page.close()
    assert seen.complaints == []


def apart(one: dict[str, float], other: dict[str, float]) -> bool:
    """Whether two boxes do not overlap; the edges may touch."""
    slack = 0.5
    return (
        one["right"] <= other["left"] + slack
        or other["right"] <= one["left"] + slack
        or one["bottom"] <= other["top"] + slack
        or other["bottom"] <= one["top"] + slack
    )
