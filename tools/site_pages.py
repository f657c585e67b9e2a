"""Hooks of MkDocs: pages from outside docs/, folders in the navigation, links into the repository.

The files of a repository link to one another as they lie in it, so that they can be read there. On
the site a link goes to the page that the file has become. A file that is no page (a model, a
program) is named without a link: the repository has no address that all readers share. One place
does this; copies or symbolic links of the pages in docs/ would need links of their own.
"""

from __future__ import annotations

import html
import logging
import posixpath
import re
from pathlib import Path
from typing import Any

from mdl_lexer import MdlLexer  # beside this file, where MkDocs lets a hook look
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from pygments import highlight
from pygments.formatters import HtmlFormatter

ROOT = Path(__file__).resolve().parents[1]
# What stands outside docs/ and is a page of the site.
PAGES = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "spec/language.md": "language.md",
    "models/README.md": "models.md",
    "models/proofs/README.md": "proofs.md",
    "models/proofs/horn/README.md": "horn.md",
}
ORIGINS = {page: origin for origin, page in PAGES.items()}

FENCED = re.compile(r"(^```.*?^```[ \t]*$)", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(!?)\[([^\[\]]*)\]\(([^()\s]+)\)")
REFUSED = re.compile(r"^```mdl-error (.+)$", re.MULTILINE)
HEADING = re.compile(r"^(?=#+ )", re.MULTILINE)
log = logging.getLogger("mkdocs.hooks.site_pages")  # strict builds count the warnings of mkdocs.*


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Lists the pages of a folder where the navigation names a folder; gives MDL its colours."""
    config.mdx_configs["pymdownx.superfences"] = {
        "custom_fences": [
            {"name": name, "class": "highlight", "format": _coloured, "validator": _accepted}
            for name in ("mdl", "mdl-part", "mdl-error")
        ]
    }
    config.nav = _expanded(config.nav, Path(config.docs_dir))
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages that stand outside docs/."""
    for origin, page in PAGES.items():
        text = (ROOT / origin).read_text(encoding="utf-8")
        files.append(File.generated(config, page, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """The text of a page as MkDocs reads it."""
    here = page.file.src_uri
    parts = FENCED.split(markdown)  # what is between fences stands at even places
    parts[1::2] = [REFUSED.sub(r'```mdl-error title="refused: \1"', part) for part in parts[1::2]]
    prose = [_prose(part, here) for part in parts[::2]]
    if sum(len(re.findall("^# ", part, re.MULTILINE)) for part in prose) > 1:
        # The theme lists what stands below the title, and takes a second title for the end of it.
        prose = [HEADING.sub("#", part) for part in prose]
        prose[0] = re.sub("^## ", "# ", prose[0], count=1, flags=re.MULTILINE)
    parts[::2] = prose
    return "".join(parts)


def _expanded(nav: Any, docs: Path) -> list[Any]:
    entries: list[Any] = []
    for entry in nav:
        match entry:
            case dict():
                ((title, below),) = entry.items()
                if isinstance(below, list):
                    entries.append({title: _expanded(below, docs)})
                elif not below.endswith("/"):
                    entries.append(entry)
                elif pages := _in_folder(docs, below):
                    entries.append({title: pages})
            case _:
                entries.append(entry)
    return entries


def _accepted(
    language: str, given: dict[str, str], options: dict[str, Any], attrs: dict[str, str], md: Any
) -> bool:
    """Takes over what stands behind the language of a fence, if all of it is known."""
    options.update(given)
    return set(given) <= {"title"}


def _coloured(
    source: str, language: str, css_class: str, options: dict[str, Any], md: Any, **_: Any
) -> str:
    """A piece of MDL as HTML."""
    title = options.get("title")
    above = f'<span class="filename">{html.escape(title)}</span>' if title else ""
    shown = highlight(source, MdlLexer(), HtmlFormatter(nowrap=True))
    return f'<div class="{css_class}">{above}<pre><span></span><code>{shown}</code></pre></div>'


def _in_folder(docs: Path, folder: str) -> list[str]:
    """All pages, its index first."""
    pages = [path.relative_to(docs).as_posix() for path in (docs / folder).rglob("*.md")]
    return sorted(pages, key=lambda page: (not page.endswith(("/README.md", "/index.md")), page))


def _prose(text: str, here: str) -> str:
    text = re.sub(r"^  - ", "    - ", text, flags=re.MULTILINE)  # Python-Markdown nests by four
    return LINK.sub(lambda link: _link(link, here), text)


def _link(link: re.Match[str], here: str) -> str:
    """A link that stands in the page ``here``, as it is on the site."""
    image, label, address = link.groups()
    path, mark, anchor = address.partition("#")
    if not path or "://" in path:
        return link[0]
    origin = ORIGINS.get(here, f"docs/{here}")
    meant = posixpath.normpath(posixpath.join(posixpath.dirname(origin), path))
    found = ROOT / meant
    if found.is_dir() and (found / "README.md").exists():
        meant = f"{meant}/README.md"
    if meant in PAGES or meant.startswith("docs/"):
        target = PAGES.get(meant) or meant.removeprefix("docs/")
        relative = posixpath.relpath(target, posixpath.dirname(here) or ".")
        return f"{image}[{label}]({relative}{mark}{anchor})"
    if not found.exists():
        log.warning("%s links to '%s', which is not in the repository", origin, address)
    named = label.strip("`/") == meant
    return label if named else f"{label} (`{meant}`)"
