"""The codes of a text that cannot be read (M0), and of names (M1)."""

from verifier.language.explanations.example import Explanation

READING: dict[str, Explanation] = {
    "M001": Explanation(
        """The text stops being a sentence of the grammar at the marked place. The message says what
could stand there instead. After a mistake the reading goes on with the next declaration that begins
a line, so that several mistakes are shown at once. Often the cause is a little earlier: a brace
that is not closed, '=' where a statement needs ':=' or a test '==', or a keyword as a name.""",
        """
node Clerk {
  var busy: bool
  action work when busy = false { busy := true }
}
""",
        """
node Clerk {
  var busy: bool
  action work when busy == false { busy := true }
}
""",
    ),
    "M002": Explanation(
        """A source file must be text in UTF-8, without NUL characters, and you must be allowed to
read it. Editors call the setting 'encoding'. The mark in the example stands for such a
character.""",
        """
const a = 1 \0
""",
        """
const a = 1
""",
    ),
    "M003": Explanation(
        """A limit that no readable model reaches: numbers have at most 18 digits, expressions and
blocks are nested at most 100 deep, a file has at most a million bytes. Take a part of a deep
expression out into a 'function', and write a long chain of 'and' or 'or' as 'all' or 'exists' over
a set.""",
        """
const LIMIT = 1000000000000000000
""",
        """
const LIMIT = 999
""",
    ),
    "M101": Explanation(
        """Nothing of this name can be seen here. A file sees its own declarations and those of the
files that it imports itself, not those that they import in turn. Inside a node its own variables,
timers, functions and procedures come first.""",
        """
node Clerk {
  var busy: bool
  action work when not bussy { busy := true }
}
""",
        """
node Clerk {
  var busy: bool
  action work when not busy { busy := true }
}
""",
    ),
    "M102": Explanation(
        """Two declarations that can be seen from one place share a name, or two properties share a
title. Rename one of them. Labels of enumerations may be shared; then say which is meant:
Phase.idle.""",
        """
enum Phase { idle, working }
type Phase = bool
""",
        """
enum Phase { idle, working }
type Switch = bool
""",
    ),
    "M103": Explanation(
        """An imported file does not exist, or is no file. The path of an import is relative to the
file that imports.""",
        """
import "no_such_file.mdl"
const N = 3
""",
        """
const N = 3
""",
    ),
    "M104": Explanation(
        """A variant that is extended or expected is not declared. Variants belong to the file that
is checked: those of imported files are not seen.""",
        """
option N: int 1..3 = 1
variant small { N = 2 }
variant large extends smal { N = 3 }
""",
        """
option N: int 1..3 = 1
variant small { N = 2 }
variant large extends small { N = 3 }
""",
    ),
    "M105": Explanation(
        """An expectation names a property that is not declared. Every model also has "no deadlock",
"no run-time error" and "no unspecified reception".""",
        """
invariant "sane": true
expect: holds "sain"
""",
        """
invariant "sane": true
expect: holds "sane"
""",
    ),
}
