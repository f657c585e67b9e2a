"""The site is built without a warning, loads nothing from elsewhere, and has no link to nowhere."""

from __future__ import annotations

import html
import os
import re
import runpy
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from pygments.token import Error

from tests.docs.pages import ROOT
from tests.viewers.browser import browser

# What a browser fetches by itself; an address in <a> is fetched when a reader asks for it.
FETCHED = {"src", "srcset", "data", "poster", "background"}
FETCHING_LINKS = {"stylesheet", "icon", "preload", "prefetch", "preconnect", "modulepreload"}
STYLE_ADDRESS = re.compile(r"(?:url\(\s*['\"]?|@import\s+['\"])(?!data:)([^'\")\s]+)")


class Addresses(HTMLParser):
    """What a page loads, and where its links go."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.names.add(given["id"])
        self.loaded += [value for name, value in given.items() if name in FETCHED]
        self.loaded += STYLE_ADDRESS.findall(given.get("style", ""))
        if tag == "link" and FETCHING_LINKS & set(given.get("rel", "").split()):
            self.loaded.append(given["href"])
        elif tag == "a" and "href" in given:
            self.links.append(given["href"])
        # Material would fetch the program that draws such a block.
        assert "mermaid" not in given.get("class", "").split()

    @classmethod
    def of(cls, text: str) -> Addresses:
        found = cls()
        found.feed(text)
        return found


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(  # without --quiet, which would not count the warnings
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        timeout=300,
    )
    assert built.returncode == 0, built.stderr
    return folder


def _pages(site: Path) -> Iterator[tuple[Path, Addresses]]:
    for page in sorted(site.rglob("*.html")):
        if page.name != "404.html":  # stands for any address, and so has only absolute links
            yield page, Addresses.of(page.read_text(encoding="utf-8"))


def _is_elsewhere(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme not in ("", "data") or bool(parts.netloc)


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    loaded = {address for _, found in _pages(site) for address in found.loaded}
    for style in site.rglob("*.css"):
        loaded.update(STYLE_ADDRESS.findall(style.read_text(encoding="utf-8")))
    assert loaded, "the pages have a style"
    assert [address for address in sorted(loaded) if _is_elsewhere(address)] == []


@pytest.fixture
def address(site: Path) -> Iterator[str]:
    """Where the site is served; the search does not work from files."""

    class Silent(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(site))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_a_browser_asks_nobody_else(address: str) -> None:
    with browser() as launched:
        page = launched.new_page(viewport={"width": 1400, "height": 900})
        asked: list[str] = []
        complaints: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda said: complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        for name in ("index.html", "export.html", "language.html"):
            page.goto(address + name)
        page.click("input[name=query]")
        page.keyboard.type("overtake")
        page.wait_for_selector(".md-search-result__item")
        assert asked and [url for url in asked if not url.startswith(address)] == []
        assert complaints == []


def test_every_link_goes_somewhere(site: Path) -> None:
    pages = dict(_pages(site))
    lost = []
    for page, found in pages.items():
        for link in [*found.links, *found.loaded]:
            if _is_elsewhere(link):
                continue
            parts = urlsplit(link)
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            names = pages[target].names if target in pages else None
            if not target.exists() or (parts.fragment and names and parts.fragment not in names):
                lost.append(f"{page.relative_to(site)}: {link}")
    assert lost == []


def test_every_page_is_there(site: Path) -> None:
    sources = {path.relative_to(ROOT / "docs") for path in (ROOT / "docs").rglob("*.md")}
    expected = {
        path.with_name("index.html" if path.stem == "README" else f"{path.stem}.html")
        for path in sources
    }
    expected |= {Path("index.html"), Path("language.html"), Path("models.html")}
    assert expected <= {page.relative_to(site) for page, _ in _pages(site)}


def test_the_manual_on_the_site_is_whole(site: Path) -> None:
    manual = (ROOT / "spec" / "language.md").read_text(encoding="utf-8")
    shown = (site / "language.html").read_text(encoding="utf-8")
    assert shown.count("<pre") == len(re.findall(r"^```.*?^```$", manual, re.M | re.S))
    assert shown.count("refused: M") == manual.count("```mdl-error ")


def test_the_manual_has_a_table_of_contents(site: Path) -> None:
    shown = (site / "language.html").read_text(encoding="utf-8")
    contents = shown[shown.index("md-nav--secondary") : shown.index("md-content")]
    assert 'href="#things-that-surprise"' in contents and shown.count("<h1") == 1


def test_models_have_colours_and_keep_their_text(site: Path) -> None:
    model = (ROOT / "models" / "tutorial" / "call_1.mdl").read_text(encoding="utf-8")
    shown = (site / "getting_started.html").read_text(encoding="utf-8")
    block = shown[shown.rindex("<code>", 0, shown.index("Ann calls, Bob answers")) :]
    text = html.unescape(re.sub(r"<[^>]*>", "", block[: block.index("</code>")]))
    assert text.strip() == model.partition("\nexpect")[0].strip()
    assert '<span class="k">node</span>' in block and 'class="err"' not in block


def test_every_model_has_only_known_signs() -> None:
    lexer = runpy.run_path(str(ROOT / "tools" / "mdl_lexer.py"))["MdlLexer"]()
    for path in sorted((ROOT / "models").rglob("*.mdl")):
        if path.parent.name != "rejected":
            text = path.read_text(encoding="utf-8")
            assert [word for kind, word in lexer.get_tokens(text) if kind is Error] == [], path


def test_the_page_of_the_command_line_is_what_the_commands_say() -> None:
    written = (ROOT / "docs" / "command_line.md").read_text(encoding="utf-8")
    said = runpy.run_path(str(ROOT / "tools" / "command_line.py"))["page"]()
    assert written == said, "make golden writes it again"


def test_what_is_loaded_is_noticed() -> None:
    page = """<link rel="stylesheet" href="https://a/x.css"><img src="//b/y.png"><a href="https://c">
        <p style="background: url('https://d/z.png')"><link rel="canonical" href="https://e">"""
    loaded = Addresses.of(page).loaded
    assert loaded == ["https://a/x.css", "//b/y.png", "https://d/z.png"]
    assert all(map(_is_elsewhere, loaded)) and not _is_elsewhere("../x.css#y")
