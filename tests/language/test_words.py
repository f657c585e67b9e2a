"""Every word of the grammar is either reserved, and refused as a name, or a name everywhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from verifier.language import parser
from verifier.language.syntax.words import CALLS, OPENERS, PREPOSITIONS, RESERVED
from verifier.source import SourceError

GRAMMAR = (Path(parser.__file__).parent / "grammar.lark").read_text(encoding="utf-8")
WORDS = sorted(set(re.findall(r'"([a-z_]+)"', GRAMMAR)) | {"ghost", "environment", "symmetric"})

# Every place where a name can stand, and every neighbour that could be taken for its continuation.
PLACES = """
option WORD: { a, WORD, b } = WORD
variant WORD { WORD = WORD }
variant other extends WORD { WORD = WORD, b = 1 }
const c = WORD
const WORD: int 0..WORD = c
enum Mode { WORD, other }
record R { WORD: bool, b: int }
message M { WORD: bool } via WORD
message WORD via x
channel WORD { capacity WORD per link, loses at most WORD }
function f(WORD: int): int = WORD
function g(x: map int 0..WORD to bool): set of bool = WORD
world { var WORD: bool = WORD  var x: int 0..WORD in 0..WORD  ghost var WORD: int }
node N(WORD: bool) {
  var WORD: map bool to int 0..3 = map(b in bool: WORD)
  var x: bool = WORD
  timer WORD when WORD
  on M(WORD) from WORD: T when WORD { WORD := WORD }
  on WORD(m) { send WORD to WORD }
  on timeout WORD { start WORD stop WORD x := WORD start WORD }
  ignore WORD, WORD(m) when WORD
  defer WORD
  action WORD(WORD: int, x in WORD) when WORD {
    x := WORD
    WORD := WORD
    WORD += 1
    x := 1
    WORD[WORD] := 2
    x := none
    WORD.WORD := 3
    x := y
    WORD -= 4
    x := f(WORD, WORD)
    let WORD = WORD
    choose WORD in WORD where WORD
    for WORD in WORD { WORD := 1 }
    if WORD { x := 1 } else if WORD == 1 { x := 2 }
    send M { WORD: WORD, b: WORD } from WORD to WORD
    send WORD from WORD to WORD
    send M to WORD[1]
    WORD := R { WORD: 1 }.WORD
    assert WORD, "text"
    x := if WORD then WORD else WORD
    x := WORD ?? WORD
    x := WORD in WORD and WORD not in WORD or WORD implies not WORD
    x := all WORD in WORD: exists y in 1..WORD: WORD
    x := set(WORD in WORD where WORD)
    x := map(WORD in WORD: WORD)
    x := count(WORD in WORD where WORD) + count_in_flight(WORD(WORD) where WORD)
    x := in_flight(WORD) or running(WORD) or room(WORD) or old(WORD)
    x := now(skew WORD)
    x := WORD in WORD..WORD or WORD not in WORD..WORD
    x := {WORD, WORD}
    x := [WORD, WORD]
    x := let WORD = WORD; WORD
    x := a[WORD].WORD * WORD - -WORD
  }
  procedure p(WORD: bool) { p(WORD) }
}
instance WORD[WORD in 0..WORD]: WORD(WORD = WORD, WORD)
instance i: N(WORD, x)
invariant "i": when WORD: WORD
step "s": on WORD.WORD(WORD) where WORD, WORD(x), WORD[WORD]: WORD
flow "f":
  WORD -> WORD: M(WORD) where WORD
  WORD[1] -> WORD[WORD]: WORD
  a -> b: WORD where x
  WORD -> b: WORD
  do WORD
  WORD -> b: WORD
  without WORD, WORD
  WORD -> b: x
  given WORD
  WORD[1] -> b: x
  then WORD
final when WORD
expect WORD with WORD = WORD: holds "x"
"""
# Functions and procedures may not be called like the built-in ones.
CALLED = """
function WORD(x: int): int = 1
node N {
  procedure WORD(x: int) { x := WORD(1) WORD(2) x := 3 WORD(4) }
  action a { WORD() }
}
"""


@pytest.mark.parametrize("word", [word for word in WORDS if word not in RESERVED])
def test_a_word_that_is_not_reserved_is_a_name_everywhere(word: str) -> None:
    text = PLACES + ("" if word in CALLS | PREPOSITIONS else CALLED)
    other = "Q" * len(word)
    expected = repr(parser.parse_text(text.replace("WORD", other), "m.mdl"))
    found = repr(parser.parse_text(text.replace("WORD", word), "m.mdl"))
    assert found == expected.replace(f"text='{other}'", f"text='{word}'")


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_a_reserved_word_is_refused_as_a_name(word: str) -> None:
    assert word in WORDS
    with pytest.raises(SourceError) as error:
        parser.parse_text(f"enum Mode {{ {word}, other }}", "m.mdl")
    assert [str(d.span) for d in error.value.diagnostics] == ["m.mdl:1:13"]
    assert error.value.diagnostics[0].message == f"expected a name, found the keyword '{word}'"


def test_the_lists_hold_words_of_the_grammar_only() -> None:
    assert set(WORDS) | {"default"} >= CALLS | OPENERS | RESERVED
