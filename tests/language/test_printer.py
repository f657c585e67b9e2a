"""The canonical layout: what it is, that it changes nothing else, and that it is a fixed point."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from verifier.language.parser import parse_text
from verifier.language.printer import WIDTH, format_text
from verifier.language.syntax.comments import outside_comments
from verifier.source import SourceError

ROOT = Path(__file__).parents[2] / "models"
MODELS = sorted(path for path in ROOT.rglob("*.mdl") if path.parent.name != "rejected")


def laid_out(text: str) -> str:
    """The layout, after a check that it is a fixed point and means the same."""
    found = format_text(text, "m.mdl")
    assert format_text(found, "m.mdl") == found
    before, after = parse_text(text, "m.mdl"), parse_text(found, "m.mdl")
    assert after == before
    assert [_words(c.text) for c in after.comments] == [_words(c.text) for c in before.comments]
    assert [c.own_line for c in after.comments] == [c.own_line for c in before.comments]
    return found


def _words(comment: str) -> list[str]:
    return [line.rstrip() for line in comment.split("\n")]


# ---- what it is --------------------------------------------------------------------------------

LOOSE = """
model   m
import"a.mdl"


option N:int 1..3=2 // how many
option   LONG : { a,b , } = a   @"r1"   // which one
const s={1,2}|{ }
record R{x:int 0..N-1,y:bool}
record S{x:int 0 ..,y:int N ..?}
type T=int 0 ..
function f(x:int 1..):int 0 ..=x
message M  { x:stamp ? } via c
channel c{fifo,capacity 2 per link,}

node A ( n : A? , m:int ){
     // one
  var x : map bool to set of int 0..3= map( b in bool:{1})   ;
     weakly   fair on M ( m ) from s:A when not(x[ true ]=={})and m.x!=none @"r2""r3"{
x[true]:={}; y := -1 }
  action a() {


    if x { y:=1 }
    else if z{ y := - 1 - -y } else { send M{x:now( )}to n;start t }

    // last
  }
  on timeout t { }
  /* two
       lines */
  ignore M , N
}
instance a [ i in 0..N ] :A( n=a[ i+1 ] , 3 )
invariant "i"@"r4":when quiet:all x in A:x.y implies (  a or b )and c
lemma"l"@"r5":  a.x
flow "f":a[0]->b:M ( m )where m.x
 do a . b(x)
 then x
expect small with N=3:states 3 , holds "i"in 2 steps
""".replace("   ;", "")

TIGHT = """model m
import "a.mdl"

option N: int 1..3 = 2             // how many
option LONG: { a, b } = a  @ "r1"  // which one
const s = {1, 2} | {}
record R { x: int 0..N - 1, y: bool }
record S { x: int 0.., y: int N..? }
type T = int 0..
function f(x: int 1..): int 0.. = x
message M { x: stamp? } via c
channel c { fifo, capacity 2 per link }

node A(n: A?, m: int) {
  // one
  var x: map bool to set of int 0..3 = map(b in bool: {1})
  weakly fair on M(m) from s: A when not (x[true] == {}) and m.x != none  @ "r2" "r3" {
    x[true] := {}
    y := -1
  }
  action a() {
    if x { y := 1 }
    else if z { y := -1 - -y } else { send M { x: now() } to n; start t }

    // last
  }
  on timeout t { }
  /* two
       lines */
  ignore M, N
}
instance a[i in 0..N]: A(n = a[i + 1], 3)
invariant "i"  @ "r4": when quiet: all x in A: x.y implies (a or b) and c
lemma "l"  @ "r5": a.x
flow "f":
  a[0] -> b: M(m) where m.x
  do a.b(x)
  then x
expect small with N = 3: states 3, holds "i" in 2 steps
"""


def test_spaces_blank_lines_and_blocks() -> None:
    assert laid_out(LOOSE) == TIGHT


def test_what_begins_a_line_says_how_far_it_is_indented() -> None:
    text = """
node A {
on M(m)
when a
and b
or c
and d
@ "r" {
choose x in S
where x > 1
if a
and b {
y := if a
then b
else c
send M {
a: 1, b: 2,
c: f(1,
2)
} to n
}
}
function f(a: bool,
b: bool): bool =
a or
(b
and c)
}
step "s"
@ "r":
on A.M(m)
where m.x:
all x in A:
x.y
implies x.z
enum E {
a, // 1
b_longer, // 2

c }
"""
    assert (
        laid_out(text)
        == """node A {
  on M(m)
      when a
        and b
        or c
          and d
      @ "r" {
    choose x in S
      where x > 1
    if a
        and b {
      y := if a
        then b
      else c
      send M {
        a: 1, b: 2,
        c: f(1,
          2)
      } to n
    }
  }
  function f(a: bool,
    b: bool): bool =
    a or
      (b
        and c)
}
step "s"
    @ "r":
  on A.M(m)
    where m.x:
  all x in A:
    x.y
      implies x.z
enum E {
  a,         // 1
  b_longer,  // 2

  c
}
"""
    )


def test_long_lines_are_broken_where_it_reads_best() -> None:
    name = "a_rather_long_name_of_something"
    text = f"""
node A {{
  on M(m) when {name} == m.x and {name} != none {{ send M {{ x: {name} }} to {name} }}
  action b when {name}.value == {name} and {name}.other != none or {name} {{ }}
  action c {{ send M {{ first: {name}, second: {name}, third: {name}, fourth: 4 }} to b }}
}}
invariant "i": all x in A: x.{name} == none implies exists y in A: x.{name} == y.{name}
"""
    assert (
        laid_out(text)
        == f"""node A {{
  on M(m) when {name} == m.x and {name} != none {{
    send M {{ x: {name} }} to {name}
  }}
  action b
      when {name}.value == {name}
        and {name}.other != none or {name} {{ }}
  action c {{
    send M {{ first: {name}, second: {name},
      third: {name}, fourth: 4 }} to b
  }}
}}
invariant "i":
  all x in A:
    x.{name} == none
      implies exists y in A: x.{name} == y.{name}
"""
    )


def test_comments_stay_where_they_are() -> None:
    text = """// first

/// doc
node A {   // opens
  // of x
  var x: bool   /* inside */ = true  // of x, too


  // alone

  var long_name: bool   // aligned
  action a { // opens a
    x := /* not */ false
    // ends a
  } // a
  // ends A
}
// last"""
    assert (
        laid_out(text)
        == """// first

/// doc
node A {  // opens
  // of x
  var x: bool  /* inside */ = true  // of x, too

  // alone

  var long_name: bool  // aligned
  action a {           // opens a
    x :=  /* not */ false
    // ends a
  }  // a
  // ends A
}
// last
"""
    )


def test_nothing_stays_nothing() -> None:
    assert format_text("", "m.mdl") == ""
    assert format_text("\n \n", "m.mdl") == ""
    assert laid_out("// only this") == "// only this\n"


def test_byte_order_mark_and_line_ends_are_made_plain() -> None:
    assert (
        format_text("\ufeffconst x = 1\r\n/* a\r\n b */", "m.mdl") == "const x = 1\n/* a\n b */\n"
    )


def test_what_cannot_be_parsed_is_not_laid_out() -> None:
    with pytest.raises(SourceError):
        format_text("const x = ", "m.mdl")


# ---- that it changes nothing else, for every model ---------------------------------------------


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_a_model_means_the_same_in_every_layout(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = laid_out(text)
    _check_width(found)
    chance = random.Random(path.stem)
    for joined, split in ((1.0, 0.0), (0.0, 1.0), (0.3, 0.1)):
        other = _jumbled(text, joined, split, chance)
        _check_width(laid_out(other))


def _check_width(text: str) -> None:
    long = [line for line in text.split("\n") if len(line) > WIDTH]
    assert [line for line in long if "//" not in line and '"' not in line] == []


def _jumbled(text: str, joined: float, split: float, chance: random.Random) -> str:
    """The text with some lines joined and others split, but not in strings and comments."""
    plain = re.sub(r'"[^"\n]*"', lambda match: "x" * len(match[0]), outside_comments(text))
    out = []
    start = 0
    for index, character in enumerate(text):
        shown = character
        commented = "//" in text[start:index]
        if character == "\n" == plain[index]:
            if not commented and chance.random() < joined:
                shown = " "
            start = index + 1
        elif character == " " == plain[index] and not commented and chance.random() < split:
            inside = text.rfind("/*", 0, index) > text.rfind("*/", 0, index)
            shown = " " if inside else "\n"
        out.append(shown)
    return "".join(out)
