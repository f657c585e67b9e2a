"""The codes of types and of values that are known before the model runs (M2)."""

from verifier.language.explanations.example import Explanation

VALUES: dict[str, Explanation] = {
    "M201": Explanation(
        """A value of one type stands where another is needed. There are no conversions: a bool is
not a number, a node is not its variable, a message is not its field.""",
        """
const ready: bool = 1
""",
        """
const ready: bool = true
""",
    ),
    "M202": Explanation(
        """A value that is known before the model runs is not a value of the type it is meant for.
When it depends on the state, the same mistake is the run-time error R01.""",
        """
option N: int 1..3 = 4
""",
        """
option N: int 1..4 = 4
""",
    ),
    "M203": Explanation(
        """Bounds of types, sizes of arrays and values of options must be known before the model
runs, so they may use numbers, options, constants and the parameters of the node, but no
variables.""",
        """
world {
  var size: int 0..3
  var place: int 0..size
}
""",
        """
const SIZE = 3
world {
  var place: int 0..SIZE
}
""",
    ),
    "M204": Explanation(
        """Several enumerations have this label, and the place does not tell which is meant. Write
the enumeration before it.""",
        """
enum Clerk { idle, busy }
enum Desk { idle, taken }
const both = idle == idle
""",
        """
enum Clerk { idle, busy }
enum Desk { idle, taken }
const both = Clerk.idle == Clerk.idle
""",
    ),
    "M205": Explanation(
        """The record, message, node or enumeration has nothing of this name.""",
        """
enum Phase { idle, working }
const first = Phase.idel
""",
        """
enum Phase { idle, working }
const first = Phase.idle
""",
    ),
    "M206": Explanation(
        """A record or a message is given exactly its fields: each one once, and no others.""",
        """
record Form { pages: int 0..9, signed: bool }
const blank = Form { pages: 1 }
""",
        """
record Form { pages: int 0..9, signed: bool }
const blank = Form { pages: 1, signed: false }
""",
    ),
    "M207": Explanation(
        """A call, an instance or an event has the wrong number of arguments, or one with a name
that is not a parameter.""",
        """
node Clerk(desk: int 0..3) { }
instance clerk: Clerk
""",
        """
node Clerk(desk: int 0..3) { }
instance clerk: Clerk(desk = 2)
""",
    ),
    "M208": Explanation(
        """'<', 'min', 'newer' and their like need values that have an order: numbers, for 'newer'
also stamps and numbers that wrap around. Records, sets and maps can only be compared with '==' and
'!='.""",
        """
record Form { pages: int 0..9 }
function less(a: Form, b: Form): bool = a < b
const never = less(Form { pages: 1 }, Form { pages: 2 })
""",
        """
record Form { pages: int 0..9 }
function less(a: Form, b: Form): bool = a.pages < b.pages
const never = less(Form { pages: 1 }, Form { pages: 2 })
""",
    ),
    "M209": Explanation(
        """'none', '{}' and '[]' belong to many types, and nothing here says to which. Give the
declaration a type, or compare with something that has one.""",
        """
const nothing = none
""",
        """
const nothing: bool? = none
""",
    ),
    "M210": Explanation(
        """Maps have one entry for each key, and sets one bit for each possible member. So both need
a scalar type with few values: bool, an enumeration, a node type, or int lo..hi. Where order or
repetition matters, or the items are records, use a list.""",
        """
world { var seen: set of stamp }
""",
        """
world { var seen: list of stamp at most 3 }
""",
    ),
    "M211": Explanation(
        """A declaration needs itself, directly or by way of others: a constant, a type, a function
or a variant. Functions and procedures are expanded in place, so recursion has no end.""",
        """
const first = second + 1
const second = first + 1
""",
        """
const first = 1
const second = first + 1
""",
    ),
    "M212": Explanation(
        """A type or a range without any value: nothing could ever be stored in it. In int lo..hi
the lower bound comes first; a list has room for at least one item; a variable of a node type needs
an instance of that type.""",
        """
world { var place: int 3..0 }
""",
        """
world { var place: int 0..3 }
""",
    ),
    "M213": Explanation(
        """After 'in' stands what can be gone through: a type with few values, a range lo..hi, a set
or a list.""",
        """
world { var ready: bool }
invariant "all": all x in ready: x
""",
        """
world { var ready: set of bool }
invariant "all": all x in ready: x
""",
    ),
    "M214": Explanation(
        """A message travels on the channel that it names with 'via', or on the only channel that
can be seen. Here there are several, or none by that name.""",
        """
channel inside { fifo }
channel outside { lossy }
message Form { pages: int 0..9 }
""",
        """
channel inside { fifo }
channel outside { lossy }
message Form { pages: int 0..9 } via inside
""",
    ),
    "M215": Explanation(
        """A channel is either fifo or unordered, has one capacity, and loses and duplicates in one
way each. Here a trait is repeated, contradicts another one, or has an impossible number.""",
        """
channel post { fifo, unordered }
message Form
node Clerk { on Form { } }
instance clerk: Clerk
""",
        """
channel post { unordered }
message Form
node Clerk { on Form { } }
instance clerk: Clerk
""",
    ),
    "M219": Explanation(
        """A bound that is set to 'unbounded' means that there is no limit. That makes sense in
comparisons, as the upper end of an int, in int mod, and in the traits of a channel; elsewhere a
number is needed, and so it is where all values of a type are gone through. Numbers of int mod then
never wrap around, so nothing may lead below 0.""",
        """
bound TRIES: int 1..9 = 3
default variant endless { TRIES = unbounded }
world { var tries: int 0..2 * TRIES }
""",
        """
bound TRIES: int 1..9 = 3
default variant endless { TRIES = unbounded }
world { var tries: int 0..TRIES }
""",
    ),
    "M220": Explanation(
        """Only a fifo channel has places: 'at 1' is the next message to be received of its link,
and the last place is the capacity. In an unordered channel any message may be received next.""",
        """
channel post { fifo, capacity 2 }
message Form
node Clerk { on Form { } }
instance clerk: Clerk
invariant "few forms": not in_flight(Form at 3)
""",
        """
channel post { fifo, capacity 2 }
message Form
node Clerk { on Form { } }
instance clerk: Clerk
invariant "few forms": not in_flight(Form at 2)
""",
    ),
    "M216": Explanation(
        """Options and the parameters of actions take each value of their type in turn, so it needs
to have finitely many. Give an int its bounds, or let it wrap around with 'int mod N'. Variables,
fields, constants and parameters of functions may be plain int.""",
        """
world { var count: int }
environment action add(many: int) { count += many }
""",
        """
world { var count: int }
environment action add(many: int 0..7) { count += many }
""",
    ),
    "M217": Explanation(
        """An optional of an optional would have two kinds of none that cannot be told apart. One
'?' is enough; if there are two reasons for absence, use an enumeration.""",
        """
type Maybe = bool?
world { var answer: Maybe? }
""",
        """
type Maybe = bool?
world { var answer: Maybe }
""",
    ),
    "M218": Explanation(
        """Loops, arrays of nodes and ranges are expanded, once for every value, and here there
would be too many. A model of a protocol shows its mistakes with few values.""",
        """
node Clerk { }
instance clerk[i in 0..1000000]: Clerk
""",
        """
node Clerk { }
instance clerk[i in 0..2]: Clerk
""",
    ),
}
