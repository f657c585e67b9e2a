"""The page holds the run as data that nothing can execute, and a policy that allows no more."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from pathlib import Path

import msgspec
import pytest

from tests.viewers.seen import HOSTILE, all_seen
from verifier.viewers.html.page import page


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def policy(text: str) -> dict[str, list[str]]:
    """The directives of the policy in the page."""
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert found
    parts = (part.split() for part in html.unescape(found[1]).split(";"))
    return {name: values for name, *values in parts}


def test_the_policy_allows_this_style_and_this_script_alone() -> None:
    _, shown = next(all_seen(HOSTILE))
    text = page(shown)
    assert text.index("Content-Security-Policy") < text.index("<style>")

    def digest(pattern: str) -> str:
        (inside,) = re.findall(pattern, text, re.DOTALL)
        return f"'sha256-{base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()}'"

    assert policy(text) == {
        "default-src": ["'none'"],
        "script-src": [digest(r"<script>(.*?)</script>")],
        "style-src": [digest(r"<style>(.*?)</style>")],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }


def test_the_data_is_inert_and_whole() -> None:
    for _, shown in all_seen(HOSTILE):
        text = page(shown)
        (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text)
        assert not set("<>&\u2028\u2029") & set(data)
        assert json.loads(data) == json.loads(msgspec.json.encode(shown))
        assert len(re.findall("<script", text)) == 2 and "<img" not in text
        assert not {c for c in text if not c.isprintable()} - {"\n"}


def test_the_page_asks_for_nothing() -> None:
    _, shown = next(all_seen(HOSTILE))
    text = re.sub(r'id="data">[^<]*<|<title>[^<]*<', "<", page(shown))
    assert "src=x" not in text
    asks = r"""(?:src|href)\s*=|url\(|@import|https?://(?!www\.w3\.org/2000/svg)"""
    assert not re.findall(asks, text)
    assert "innerHTML" not in text and "eval(" not in text
