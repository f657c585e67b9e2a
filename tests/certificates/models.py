"""Small models with inductive invariants, and what breaks these."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.certificates.solving import answers, by_cvc5, by_z3
from verifier.certificates.processes import Answers
from verifier.ir.expr import Expr
from verifier.ir.property import Invariant
from verifier.language.load import load
from verifier.language.model import Model

HANDSHAKE = """model handshake
import "messages.mdl"
channel forward { fifo, capacity 2 }
channel backward { fifo, capacity 2 }
node Sender(to_node: Receiver) {
  var sent: int 0..3
  var waiting: bool
  action put when not waiting and sent < 3 {
    sent += 1
    waiting := true
    send Data { n: sent } to to_node
  }
  on Ack { waiting := false }
}
node Receiver {
  var got: int 0..3
  on Data(d) from s: Sender { got := d.n  send Ack to s }
}
instance sender: Sender(receiver)
instance receiver: Receiver
final when sender.sent == 3 and not sender.waiting
invariant "in step": receiver.got <= sender.sent
"""
MESSAGES = """import "handshake.mdl"
message Data { n: int 0..3 } via forward
message Ack via backward
"""
HANDSHAKE_PARTS = (
    "receiver.got <= sender.sent",
    "not in_flight(Data(d) where d.n != sender.sent or d.receiver != receiver)",
    "not in_flight(Data(d) where d.sender != sender)",
    "not in_flight(Ack(a) where a.sender != receiver or a.receiver != sender)",
    "in_flight(Data) implies sender.waiting and receiver.got + 1 == sender.sent",
    "in_flight(Ack) implies sender.waiting and receiver.got == sender.sent",
    "count_in_flight(Data) + count_in_flight(Ack) <= 1",
    "sender.waiting == (in_flight(Data) or in_flight(Ack))",
    "sender.waiting or receiver.got == sender.sent",
)

REGISTRY = """model registry
record Entry { who: Client, since: stamp, level: int 0..5 }
enum Mode { open, closed }
message Register { level: int 0..5, by: Client? }
channel net { unordered, lossy, capacity 2 }
world { var mode: Mode }
node Client(server: Server) {
  action ask(n: int 1..3) when room(net) { send Register { level: n, by: self } to server }
}
node Server {
  var table: map bool to Entry?
  var seen: set of Client
  var queue: list of int 0..5 at most 2
  var newest: stamp
  on Register(r) from c: Client when r.by != none and table[r.by == client[1]] == none {
    newest := now()
    table[r.by == client[1]] := Entry { who: c, since: newest, level: r.level + 1 }
    seen := seen | {c}
    if size(queue) < 2 { queue := append(queue, r.level) }
  }
  ignore Register
}
environment action drop(k: bool) when server.table[k] != none and mode == open {
  server.table[k] := none
  server.queue := if server.queue == [] then server.queue else tail(server.queue)
}
environment action close { mode := closed }
instance server: Server
instance client[i in 1..2]: Client(server)
final when true
invariant "levels": all k in bool: server.table[k] == none or server.table[k].level in 2..4
invariant "known": all k in bool: server.table[k] == none or server.table[k].who in server.seen
invariant "times":
  all k in bool: server.table[k] == none or server.table[k].since <= server.newest
invariant "queue": all x in server.queue: 1 <= x and x <= 3
"""
REGISTRY_PARTS = (
    "all k in bool: server.table[k] == none or server.table[k].level in 2..4",
    "all k in bool: server.table[k] == none or server.table[k].who in server.seen",
    "all k in bool: server.table[k] == none or server.table[k].since <= server.newest",
    "all x in server.queue: 1 <= x and x <= 3",
    "not in_flight(Register(r) where r.level < 1 or r.level > 3 or r.receiver != server)",
    "not in_flight(Register(r) where r.sender != client[1] and r.sender != client[2])",
)


@dataclass(frozen=True, slots=True)
class Case:
    """A model with the parts of an invariant."""

    path: Path
    parts: tuple[str, ...]
    proves: tuple[str, ...]
    redundant: frozenset[int] = frozenset()  # parts that follow from the others

    def model(self) -> Model:
        return load(self.path, None, {})

    def invariant(self, parts: tuple[str, ...] | None = None) -> list[Expr]:
        """The parts as predicates, or others."""
        told = self.parts if parts is None else parts
        more = "".join(f'invariant "part {n}": {part}\n' for n, part in enumerate(told))
        text = self.path.read_text()
        self.path.write_text(text + more)
        model = self.model()
        self.path.write_text(text)
        wanted = [prop for prop in model.properties if prop.name.startswith("part ")]
        return [prop.predicate for prop in wanted if isinstance(prop, Invariant)]


BUILT_IN = ("no run-time error", "no unspecified reception", "no deadlock")


def handshake(directory: Path) -> Case:
    (directory / "lib").mkdir()
    (directory / "handshake.mdl").write_text(HANDSHAKE.replace("messages", "lib/messages"))
    (directory / "lib" / "messages.mdl").write_text(MESSAGES.replace("hand", "../hand"))
    return Case(
        directory / "handshake.mdl", HANDSHAKE_PARTS, ("in step", *BUILT_IN), frozenset((0, 4))
    )


def registry(directory: Path) -> Case:
    (directory / "registry.mdl").write_text(REGISTRY)
    properties = ("levels", "known", "times", "queue", *BUILT_IN)
    return Case(directory / "registry.mdl", REGISTRY_PARTS, properties, frozenset((5,)))


def in_process(name: str, file: Path, seconds_max: float) -> Answers:
    """A run of a solver without a process."""
    text = file.read_text()
    return answers(by_z3(text) if name == "z3" else by_cvc5(text))
