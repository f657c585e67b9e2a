"""The page: a skeleton, one style, one script, and the run as data that nothing can execute.

What comes from a model is never markup.  It stands in the page as JSON in a block that browsers do
not run, without any character that could end the block, and the script puts it in place as text.
The policy in the page allows that one style and that one script, by their digests, and no request.
"""

from __future__ import annotations

import base64
import hashlib
import html
from importlib.resources import files
from string import Template

import msgspec

from verifier.viewers.scenes import Scenes

SCRIPTS = ("run.js", "chart.js", "panes.js", "page.js")  # one after the other, as one script


def page(shown: Scenes) -> str:
    """The text of the page."""
    style = _read("page.css")
    script = "\n".join(("'use strict';", *(_read(name) for name in SCRIPTS)))
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src {_digest(script)}",
            f"style-src {_digest(style)}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    return Template(_read("page.html")).substitute(
        policy=html.escape(policy, quote=True),
        title=html.escape(f"{shown.claim}: {shown.heading.model}"),
        style=style,
        data=_inert(msgspec.json.encode(shown).decode()),
        script=script,
    )


def _read(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8").strip()


def _digest(text: str) -> str:
    """How a policy names an inline style or script."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _inert(json: str) -> str:
    """The same JSON without what means something in HTML; these characters occur in strings only,
    where JSON can spell them by their codes."""
    for character in "<>&\u2028\u2029":
        json = json.replace(character, f"\\u{ord(character):04x}")
    return json
