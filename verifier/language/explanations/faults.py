"""The codes of what goes wrong while a model runs (R): each is reported with the run that leads to
it."""

from verifier.language.explanations.example import Explanation

FAULTS: dict[str, Explanation] = {
    "R01": Explanation(
        """A number leaves the range of its type. Widen the type, guard the step, or let the number
wrap around with 'int mod N' if the protocol does. Nothing is ever cut off silently.""",
        """
world { var count: int 0..3 }
environment action more { count += 1 }
""",
        """
world { var count: int 0..3 }
environment action more when count < 3 { count += 1 }
final when count == 3
""",
    ),
    "R02": Explanation(
        """The value of an optional is used while it is none. Test it before with '!= none', or give
a substitute with '??'. 'and' and 'or' look at their right side only if it matters.""",
        """
world {
  var last: (int 0..3)?
  var low: bool
}
environment action look { low := last < 2 }
""",
        """
world {
  var last: (int 0..3)?
  var low: bool
}
environment action look { low := last != none and last < 2 }
""",
    ),
    "R03": Explanation(
        """A list has no item at this index, or is empty where 'head' or 'tail' needs an item; or a
map has no such key.""",
        """
world { var waiting: list of bool at most 2 }
environment action serve { waiting := tail(waiting) }
""",
        """
world { var waiting: list of bool at most 2 }
environment action serve when size(waiting) > 0 { waiting := tail(waiting) }
final when size(waiting) == 0
""",
    ),
    "R04": Explanation(
        """Division by zero, with '/' or with '%'.""",
        """
world {
  var parts: int 0..3
  var share: int 0..9
}
environment action divide { share := 9 / parts }
""",
        """
world {
  var parts: int 1..3 = 1
  var share: int 0..9
}
environment action divide { share := 9 / parts }
""",
    ),
    "R05": Explanation(
        """A message is sent, or duplicated, and the channel is full. A bound that silently cut the
behaviour could hide mistakes, so reaching it is one. Raise the capacity, or, if the real node
waits, guard the step with 'room(channel)'.""",
        """
channel post { fifo, capacity 1 }
message Form
node Clerk(other: Clerk) {
  action write { send Form to other }
  on Form { }
}
instance first: Clerk(second)
instance second: Clerk(first)
""",
        """
channel post { fifo, capacity 1 }
message Form
node Clerk(other: Clerk) {
  action write when room(post) { send Form to other }
  on Form { }
}
instance first: Clerk(second)
instance second: Clerk(first)
""",
    ),
    "R06": Explanation(
        """'append' to a list that has its greatest length already.""",
        """
world { var waiting: list of bool at most 2 }
environment action arrive { waiting := append(waiting, true) }
""",
        """
world { var waiting: list of bool at most 2 }
environment action arrive when size(waiting) < 2 { waiting := append(waiting, true) }
final when size(waiting) == 2
""",
    ),
    "R07": Explanation(
        """The condition of an 'assert' is false when a step comes to it. Either the model is wrong,
or the condition.""",
        """
world { var count: int mod 3 }
environment action more { count += 1; assert count != 0, "never back at 0" }
""",
        """
world { var count: int mod 3 }
environment action more { count += 1; assert count in 0..2, "always below 3" }
""",
    ),
    "R08": Explanation(
        """A 'choose' finds nothing that it could choose. If the step is then not possible at all,
say so in its guard.""",
        """
world { var free: set of int 0..1 = {0, 1} }
environment action take { choose one in free; free := free - {one} }
""",
        """
world { var free: set of int 0..1 = {0, 1} }
environment action take when size(free) > 0 { choose one in free; free := free - {one} }
final when size(free) == 0
""",
    ),
    "R09": Explanation(
        """A message arrives, and no handler of the node takes it in this state, nor does it ignore
or defer it. In a real protocol this is the message nobody thought of. Add an 'on', or say on
purpose 'ignore' (it is dropped) or 'defer' (it waits).""",
        """
channel post { fifo }
message Form
node Clerk(other: Clerk) {
  var busy: bool
  action write when not busy { busy := true; send Form to other }
  on Form when not busy { }
}
instance first: Clerk(second)
instance second: Clerk(first)
""",
        """
channel post { fifo }
message Form
node Clerk(other: Clerk) {
  var busy: bool
  action write when not busy { busy := true; send Form to other }
  on Form when not busy { }
  ignore Form
}
instance first: Clerk(second)
instance second: Clerk(first)
final when first.busy and second.busy
""",
    ),
}
