"""The codes of what stands where it may not (M3), and of what does not exist yet (M9)."""

from verifier.language.explanations.example import Explanation

PLACES: dict[str, Explanation] = {
    "M301": Explanation(
        """The code of a node reads its own variables, the world's, and the parameters of other
nodes. What another node knows reaches it only in messages.""",
        """
node Clerk(other: Clerk) {
  var busy: bool
  action work when not other.busy { busy := true }
}
instance first: Clerk(second)
instance second: Clerk(first)
""",
        """
channel post { fifo }
message Done
node Clerk(other: Clerk) {
  var busy: bool
  action work when busy { busy := false; send Done to other }
  on Done { busy := true }
}
instance first: Clerk(second)
instance second: Clerk(first)
""",
    ),
    "M302": Explanation(
        """The left side of an assignment is a variable, or a field or an element of one, that
belongs to who runs: node code assigns the variables of its own node, environment actions at the top
level those of the world and of all nodes. Parameters, fields of a message and names made with 'let'
keep their values.""",
        """
world { var open: bool }
node Clerk {
  action unlock when not open { open := true }
}
instance clerk: Clerk
""",
        """
world { var open: bool }
node Clerk {
  environment action unlock when not open { open := true }
}
instance clerk: Clerk
""",
    ),
    "M303": Explanation(
        """A ghost variable is there for properties only; what the model does must not depend on it,
so that the protocol would run the same without it. It may be assigned anywhere, and read in
properties and in what is assigned to ghosts.""",
        """
node Clerk {
  ghost var worked: bool
  action work when not worked { worked := true }
}
instance clerk: Clerk
""",
        """
node Clerk {
  var worked: bool
  action work when not worked { worked := true }
}
instance clerk: Clerk
""",
    ),
    "M304": Explanation(
        """'now()' makes a stamp that is greater than all there are, so it has a meaning only where
something happens: in the body of a handler or an action, not in a guard or a property.""",
        """
node Clerk {
  var since: stamp?
  action work when since != now() { since := none }
}
instance clerk: Clerk
""",
        """
node Clerk {
  var since: stamp?
  action work when since == none { since := now() }
}
instance clerk: Clerk
""",
    ),
    "M305": Explanation(
        """'quiet', 'in_flight' and 'count_in_flight' look at the whole network, which no node can
see. They belong into properties and into environment actions.""",
        """
node Clerk {
  var busy: bool
  action work when quiet { busy := true }
}
instance clerk: Clerk
""",
        """
node Clerk {
  var busy: bool
  action work { busy := true }
}
instance clerk: Clerk
invariant "busy in the end": when quiet: clerk.busy
""",
    ),
    "M306": Explanation(
        """'old(e)' is the value of e before a step; only a 'step' property has a before. An
invariant looks at one state.""",
        """
world { var count: int 0..3 }
invariant "never less": count >= old(count)
""",
        """
world { var count: int 0..3 }
step "never less": count >= old(count)
""",
    ),
    "M307": Explanation(
        """A timer without an 'on timeout' never does anything, and is most likely forgotten.""",
        """
node Clerk {
  timer lunch
  action work { start lunch }
}
instance clerk: Clerk
""",
        """
node Clerk {
  timer lunch
  action work { start lunch }
  on timeout lunch { }
}
instance clerk: Clerk
""",
    ),
    "M308": Explanation(
        """Every message has a sender, and 'self' is a node. At the top level there is none, so an
environment action says in whose name it sends; node code sends in its own name only.""",
        """
channel post { fifo }
message Form
node Clerk { on Form { } }
instance clerk: Clerk
environment action write { send Form to clerk }
""",
        """
channel post { fifo }
message Form
node Clerk { on Form { } }
instance clerk: Clerk
environment action write { send Form from clerk to clerk }
""",
    ),
    "M309": Explanation(
        """The event of a step property or of a flow names nothing that can happen there: a message
that the node takes, one of its actions, one of its timers, or an environment action.""",
        """
node Clerk { action work { } }
instance clerk: Clerk
step "nothing": on clerk.sleep: true
""",
        """
node Clerk { action work { } }
instance clerk: Clerk
step "nothing": on clerk.work: true
""",
    ),
    "M310": Explanation(
        """The members of a symmetric array may be exchanged for each other, so nothing may tell
them apart: no arguments that depend on the index, no order among them.""",
        """
node Clerk(desk: int 0..3) { }
symmetric instance clerk[i in 0..3]: Clerk(i)
""",
        """
node Clerk(desk: int 0..3) { }
instance clerk[i in 0..3]: Clerk(i)
""",
    ),
    "M311": Explanation(
        """The grammar allows this, but it makes no sense here: only the parameters of actions are
chosen with 'in', all others have a type.""",
        """
node Clerk(desk in 0..3) { }
instance clerk: Clerk(1)
""",
        """
node Clerk(desk: int 0..3) { }
instance clerk: Clerk(1)
""",
    ),
    "M901": Explanation(
        """'eventually', 'leads_to', 'ltl' and fairness can be written, but are not checked yet.
What must happen in the end can often be said of the states in which nothing is left to do: an
invariant with 'when quiet'.""",
        """
world { var done: bool }
environment action finish when not done { done := true }
eventually "done": done
""",
        """
world { var done: bool }
environment action finish when not done { done := true }
reachable "done": done
""",
    ),
}
