"""Text to syntax tree (stand-in)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedInput, VisitError

from verifier.language import ast
from verifier.language.codes import Code
from verifier.source import Diagnostic, SourceError, Span


@cache
def _lark() -> Lark:
    grammar = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", propagate_positions=True, maybe_placeholders=False)


def parse_file(path: Path) -> ast.File:
    return parse_text(path.read_text(encoding="utf-8-sig"), path.as_posix())


def parse_text(text: str, path: str) -> ast.File:
    try:
        tree = _lark().parse(text)
    except UnexpectedInput as e:
        l, c = (e.line if e.line > 0 else 1), (e.column if e.column > 0 else 1)
        raise SourceError((Diagnostic(Code.UNEXPECTED_INPUT, str(e).split("\n")[0], Span(path, l, c, l, c + 1)),)) from None
    b = Build(path)
    b.text = text
    return b.transform(tree)


S = str


@v_args(meta=True)
class Build(Transformer):
    def __init__(self, path: str) -> None:
        super().__init__(visit_tokens=False)
        self.path = path

    def sp(self, m: Any) -> Span:
        if m.empty:
            return Span(self.path, 1, 1, 1, 1)
        return Span(self.path, m.line, m.column, m.end_line, m.end_column)

    def tsp(self, t: Token) -> Span:
        return Span(self.path, t.line, t.column, t.end_line, t.end_column)

    def id(self, t: Token) -> ast.Ident:
        return ast.Ident(str(t), self.tsp(t))

    def start(self, m, c):
        model = None
        if c and isinstance(c[0], ast.Ident):
            model = c.pop(0)
        return ast.File(self.path, model, tuple(c))

    def header(self, m, c): return self.id(c[0])
    def import_decl(self, m, c): return ast.Import(c[0][1:-1], self.sp(m))
    def option_decl(self, m, c):
        return ast.Option(self.id(c[0]), c[1], c[2], c[3] if len(c) > 3 else (), self.sp(m))
    def inline_enum(self, m, c): return ast.InlineEnum(tuple(self.id(t) for t in c), self.sp(m))
    def ids(self, m, c): return tuple(ast.Requirement(t[1:-1], self.tsp(t)) for t in c)
    def setting(self, m, c): return ast.Setting(self.id(c[0]), c[1], self.sp(m))
    def variant_decl(self, m, c):
        toks = [x for x in c if isinstance(x, Token)]
        default = toks[0].type == "DEFAULT"
        if default: toks.pop(0)
        ids = next((x for x in c if isinstance(x, tuple)), ())
        return ast.Variant(self.id(toks[0]), default, self.id(toks[1]) if len(toks) > 1 else None,
                           tuple(x for x in c if isinstance(x, ast.Setting)), ids, self.sp(m))
    def const_decl(self, m, c):
        return ast.Const(self.id(c[0]), c[1] if len(c) > 2 else None, c[-1], self.sp(m))
    def enum_decl(self, m, c): return ast.EnumDecl(self.id(c[0]), tuple(self.id(t) for t in c[1:]), self.sp(m))
    def type_decl(self, m, c): return ast.TypeDecl(self.id(c[0]), c[1], self.sp(m))
    def fields(self, m, c): return [x for x in c if isinstance(x, ast.FieldDecl)]
    def field(self, m, c): return ast.FieldDecl(self.id(c[0]), c[1], self.sp(m))
    def record_decl(self, m, c): return ast.RecordDecl(self.id(c[0]), tuple(c[1]), self.sp(m))
    def message_decl(self, m, c):
        f = next((x for x in c if isinstance(x, list)), [])
        ids = next((x for x in c if isinstance(x, tuple)), ())
        toks = [x for x in c if isinstance(x, Token)]
        return ast.MessageDecl(self.id(toks[0]), tuple(f), self.id(toks[1]) if len(toks) > 1 else None, ids, self.sp(m))
    def channel_decl(self, m, c): return ast.ChannelDecl(self.id(c[0]), tuple(c[1:]), self.sp(m))
    def _trait(kind):
        def f(self, m, c): return ast.Trait(kind, c[0] if c and not isinstance(c[0], Token) else None, self.sp(m))
        return f
    for _k in ("fifo unordered lossy loses duplicates duplicates_at_most duplicates_when_room capacity capacity_per_link fair_trait").split():
        locals()[_k] = _trait(_k)
    def parameters(self, m, c): return list(c)
    def parameter(self, m, c): return ast.ParameterDecl(self.id(c[0]), c[1], None, self.sp(m))
    def parameter_in(self, m, c): return ast.ParameterDecl(self.id(c[0]), None, c[1], self.sp(m))
    def function_decl(self, m, c):
        p = next((x for x in c if isinstance(x, list)), [])
        return ast.FunctionDecl(self.id(c[0]), tuple(p), c[-2], c[-1], self.sp(m))
    def world_decl(self, m, c): return ast.World(tuple(c), self.sp(m))
    def _var(self, m, c, dom):
        c = list(c); ghost = isinstance(c[0], Token) and c[0].type == "GHOST"
        if ghost: c.pop(0)
        ids = c.pop() if isinstance(c[-1], tuple) else ()
        val = c[2] if len(c) > 2 else None
        return ast.VariableDecl(self.id(c[0]), ghost, c[1], None if dom else val, val if dom else None, ids, self.sp(m))
    def variable_decl(self, m, c): return self._var(m, c, False)
    def variable_in(self, m, c): return self._var(m, c, True)
    def node_decl(self, m, c):
        p = next((x for x in c if isinstance(x, list)), [])
        ids = next((x for x in c if isinstance(x, tuple)), ())
        return ast.NodeDecl(self.id(c[0]), tuple(p), ids, tuple(x for x in c[1:] if not isinstance(x, (list, tuple))), self.sp(m))
    def timer_decl(self, m, c):
        ids = next((x for x in c if isinstance(x, tuple)), ())
        e = [x for x in c[1:] if not isinstance(x, tuple)]
        return ast.TimerDecl(self.id(c[0]), e[0] if e else None, ids, self.sp(m))
    def block(self, m, c): return ("block", tuple(x for x in c if not isinstance(x, Token)))
    def _split(self, c):
        fair = str(c[0]) if c and isinstance(c[0], Token) and c[0].type == "FAIRNESS" else None
        ids, body, rest = (), (), []
        for x in c[1:] if fair else c:
            if isinstance(x, tuple) and len(x) == 2 and x[0] == "block": body = x[1]
            elif isinstance(x, tuple): ids = x
            else: rest.append(x)
        return fair, ids, body, rest
    def pattern(self, m, c):
        toks = [t for t in c]
        text = None
        var = snd = st = None
        # positions tell: '(' NAME ')' vs from
        return ("pattern", toks, m)
    def _pattern(self, p):
        _, toks, m = p
        src = self.text[m.start_pos:m.end_pos]
        name = self.id(toks[0]); rest = toks[1:]
        after = src[len(toks[0]):].lstrip()
        var = None
        if after.startswith("("): var = self.id(rest.pop(0))
        snd = self.id(rest.pop(0)) if rest else None
        st = self.id(rest.pop(0)) if rest else None
        return ast.Pattern(name, var, snd, st, self.sp(m))
    def handler_decl(self, m, c):
        fair, ids, body, rest = self._split([x if not (isinstance(x, tuple) and x[0] == "pattern") else self._pattern(x) for x in c])
        return ast.Handler(rest[0], rest[1] if len(rest) > 1 else None, fair, ids, body, self.sp(m))
    def timeout_decl(self, m, c):
        fair, ids, body, rest = self._split(c)
        return ast.TimeoutHandler(self.id(rest[0]), rest[1] if len(rest) > 1 else None, fair, ids, body, self.sp(m))
    def _ig(self, cls, m, c):
        pats = tuple(self._pattern(x) for x in c if isinstance(x, tuple) and x and x[0] == "pattern")
        ids = next((x for x in c if isinstance(x, tuple) and not (x and x[0] == "pattern")), ())
        e = [x for x in c if not isinstance(x, tuple)]
        return cls(pats, e[0] if e else None, ids, self.sp(m))
    def ignore_decl(self, m, c): return self._ig(ast.Ignore, m, c)
    def defer_decl(self, m, c): return self._ig(ast.Defer, m, c)
    def _act(self, m, c):
        fair, ids, body, rest = self._split(c)
        env = isinstance(rest[0], Token) and rest[0].type == "ENVIRONMENT"
        if env: rest.pop(0)
        name = rest.pop(0)
        p = rest.pop(0) if rest and isinstance(rest[0], list) else []
        return ast.ActionDecl(self.id(name), env, tuple(p), rest[0] if rest else None, fair, ids, body, self.sp(m))
    def action_decl(self, m, c): return self._act(m, c)
    def environment_decl(self, m, c): return self._act(m, c)
    def procedure_decl(self, m, c):
        _, ids, body, rest = self._split(c)
        return ast.Procedure(self.id(rest[0]), tuple(rest[1]) if len(rest) > 1 else (), body, self.sp(m))
    def index_range(self, m, c): return ast.IndexRange(self.id(c[0]), c[1], c[2], self.sp(m))
    def arguments(self, m, c): return list(c)
    def argument(self, m, c): return c[0]
    def named_argument(self, m, c): return ast.Argument(self.id(c[0]), c[1], self.sp(m))
    def instance_decl(self, m, c):
        c = list(c); sym = isinstance(c[0], Token) and c[0].type == "SYMMETRIC"
        if sym: c.pop(0)
        name = c.pop(0); idx = c.pop(0) if isinstance(c[0], ast.IndexRange) else None
        typ = c.pop(0); args = c[0] if c else []
        args = tuple(a if isinstance(a, ast.Argument) else ast.Argument(None, a, a.span) for a in args)
        return ast.Instance(self.id(name), sym, idx, self.id(typ), args, self.sp(m))
    # statements
    def place_name(self, m, c): return ast.Name(str(c[0]), self.sp(m))
    def place_field(self, m, c): return ast.Select(c[0], self.id(c[1]), self.sp(m))
    def place_index(self, m, c): return ast.Index(c[0], c[1], self.sp(m))
    def assign(self, m, c): return ast.Assign(c[0], ":=", c[1], self.sp(m))
    def increase(self, m, c): return ast.Assign(c[0], "+=", c[1], self.sp(m))
    def decrease(self, m, c): return ast.Assign(c[0], "-=", c[1], self.sp(m))
    def else_if(self, m, c): return ("block", (c[0],))
    def else_part(self, m, c): return c[0]
    def if_stmt(self, m, c):
        return ast.IfStatement(c[0], c[1][1], c[2][1] if len(c) > 2 else None, self.sp(m))
    def for_stmt(self, m, c): return ast.ForStatement(self.id(c[0]), c[1], c[2][1], self.sp(m))
    def choose_stmt(self, m, c): return ast.Choose(self.id(c[0]), c[1], c[2] if len(c) > 2 else None, self.sp(m))
    def let_stmt(self, m, c): return ast.LetStatement(self.id(c[0]), c[1], self.sp(m))
    def send_stmt(self, m, c): return ast.Send(self.id(c[0]), tuple(c[1]) if len(c) > 2 else (), c[-1], self.sp(m))
    def start_stmt(self, m, c): return ast.TimerStatement("start", self.id(c[0]), self.sp(m))
    def stop_stmt(self, m, c): return ast.TimerStatement("stop", self.id(c[0]), self.sp(m))
    def assert_stmt(self, m, c): return ast.Assert(c[0], c[1][1:-1] if len(c) > 1 else None, self.sp(m))
    def call_stmt(self, m, c): return ast.CallStatement(self.id(c[0]), tuple(c[1:]), self.sp(m))
    # properties
    def _named(self, c):
        name = c[0][1:-1]; rest = list(c[1:])
        ids = rest.pop(0) if rest and isinstance(rest[0], tuple) else ()
        return name, ids, rest
    def invariant_decl(self, m, c):
        n, ids, r = self._named(c)
        return ast.InvariantDecl(n, ids, r[0] if len(r) > 1 else None, r[-1], self.sp(m))
    def step_decl(self, m, c):
        n, ids, r = self._named(c)
        return ast.StepDecl(n, ids, tuple(r[:-1]), r[-1], self.sp(m))
    def reachable_decl(self, m, c):
        n, ids, r = self._named(c); return ast.ReachableDecl(n, ids, r[0], self.sp(m))
    def final_decl(self, m, c): return ast.Final(c[0], self.sp(m))
    def flow_decl(self, m, c):
        n, ids, r = self._named(c); return ast.FlowDecl(n, ids, tuple(r), self.sp(m))
    def node_name(self, m, c): return ast.NodeName(self.id(c[0]), c[1] if len(c) > 1 else None, self.sp(m))
    def flow_message(self, m, c):
        c = list(c); s, r = c.pop(0), c.pop(0); msg = c.pop(0)
        var = self.id(c.pop(0)) if c and isinstance(c[0], Token) else None
        return ast.FlowMessage(s, r, self.id(msg), var, c[0] if c else None, self.sp(m))
    def flow_do(self, m, c): return ast.FlowDo(c[0], self.sp(m))
    def flow_without(self, m, c): return ast.FlowWithout(tuple(self.id(t) for t in c), self.sp(m))
    def flow_given(self, m, c): return ast.FlowGiven(c[0], self.sp(m))
    def flow_then(self, m, c): return ast.FlowThen(c[0], self.sp(m))
    def event(self, m, c):
        c = list(c); tgt = c.pop(0)
        src = self.text[tgt.span_end if False else m.start_pos:m.end_pos]
        toks = []
        while c and isinstance(c[0], Token): toks.append(c.pop(0))
        member = None
        if toks:
            before = self.text[:toks[0].start_pos].rstrip()
            if before.endswith("."): member = self.id(toks.pop(0))
        return ast.Event(tgt, member, tuple(self.id(t) for t in toks), c[0] if c else None, self.sp(m))
    def expect_decl(self, m, c):
        c = list(c); v = self.id(c.pop(0)) if isinstance(c[0], Token) else None
        st = tuple(x for x in c if isinstance(x, ast.Setting))
        return ast.Expect(v, st, tuple(x for x in c if not isinstance(x, ast.Setting)), self.sp(m))
    def expect_holds(self, m, c): return ast.ExpectVerdict("holds", c[0][1:-1], int(c[1]) if len(c) > 1 else None, None, self.sp(m))
    def expect_violated(self, m, c):
        src = self.text[m.start_pos:m.end_pos]
        nums = [int(t) for t in c[1:]]
        steps = states = None
        if len(nums) == 2: steps, states = nums
        elif nums:
            if src[len(c[0]):].find(" at ") >= 0 and " in " not in src.split(str(c[0]))[1]: states = nums[0]
            else: steps = nums[0]
        return ast.ExpectVerdict("violated", c[0][1:-1], steps, states, self.sp(m))
    def expect_unknown(self, m, c): return ast.ExpectVerdict("unknown", c[0][1:-1], None, None, self.sp(m))
    def expect_count(self, m, c): return ast.ExpectCount(str(c[0]), int(c[1]), self.sp(m))
    def _live(kind):
        def f(self, m, c):
            n, ids, r = self._named(c)
            return ast.Liveness(kind, n, ids, r[0], r[1] if len(r) > 1 else None, self.sp(m))
        return f
    eventually_decl = _live("eventually"); leads_to_decl = _live("leads_to"); ltl_decl = _live("ltl")
    # types
    def bool_type(self, m, c): return ast.BoolType(self.sp(m))
    def integer_type(self, m, c): return ast.IntegerType(self.sp(m))
    def range_type(self, m, c): return ast.RangeType(c[0], c[1], self.sp(m))
    def mod_type(self, m, c): return ast.ModType(c[0], self.sp(m))
    def stamp_type(self, m, c): return ast.StampType(self.sp(m))
    def optional_type(self, m, c): return ast.OptionalType(c[0], self.sp(m))
    def map_type(self, m, c): return ast.MapType(c[0], c[1], self.sp(m))
    def set_type(self, m, c): return ast.SetType(c[0], self.sp(m))
    def list_type(self, m, c): return ast.ListType(c[0], c[1], self.sp(m))
    def named_type(self, m, c): return ast.NamedType(self.id(c[0]), self.sp(m))
    # expressions
    def range_domain(self, m, c): return ast.RangeDomain(c[0], c[1], self.sp(m))
    def bool_domain(self, m, c): return ast.BoolDomain(self.sp(m))
    def if_expr(self, m, c): return ast.Conditional(c[0], c[1], c[2], self.sp(m))
    def let_expr(self, m, c): return ast.Let(self.id(c[0]), c[1], c[2], self.sp(m))
    def _q(kind):
        def f(self, m, c): return ast.Quantifier(kind, self.id(c[0]), c[1], c[2] if len(c) > 2 else None, self.sp(m))
        return f
    all_expr = _q("all"); exists_expr = _q("exists"); count_expr = _q("count")
    set_comprehension = _q("set"); map_comprehension = _q("map")
    def _b(op):
        def f(self, m, c): return ast.Binary(op, c[0], c[-1], self.sp(m))
        return f
    implies = _b("implies"); or_expr = _b("or"); and_expr = _b("and"); member = _b("in"); not_member = _b("not in"); fallback_expr = _b("??")
    def compare(self, m, c): return ast.Binary(str(c[1]), c[0], c[2], self.sp(m))
    def binary(self, m, c): return ast.Binary(str(c[1]), c[0], c[2], self.sp(m))
    def not_expr(self, m, c): return ast.Unary("not", c[0], self.sp(m))
    def negative(self, m, c): return ast.Unary("-", c[0], self.sp(m))
    def select(self, m, c): return ast.Select(c[0], self.id(c[1]), self.sp(m))
    def index(self, m, c): return ast.Index(c[0], c[1], self.sp(m))
    def integer(self, m, c): return ast.Integer(int(c[0]), self.sp(m))
    def true(self, m, c): return ast.Truth(True, self.sp(m))
    def false(self, m, c): return ast.Truth(False, self.sp(m))
    def none(self, m, c): return ast.Nothing(self.sp(m))
    def quiet(self, m, c): return ast.Quiet(self.sp(m))
    def self_expr(self, m, c): return ast.SelfRef(self.sp(m))
    def name(self, m, c): return ast.Name(str(c[0]), self.sp(m))
    def field_values(self, m, c):
        c = [x for x in c if not (isinstance(x, Token) and x.type == "BRACE_FIELD")]
        return [ast.FieldValue(self.id(c[i]), c[i + 1], self.tsp(c[i])) for i in range(0, len(c), 2)]
    def record_value(self, m, c): return ast.RecordValue(self.id(c[0]), tuple(c[1]), self.sp(m))
    def call(self, m, c): return ast.Call(self.id(c[0]), tuple(c[1:]), self.sp(m))
    def set_value(self, m, c): return ast.SetValue(tuple(c), self.sp(m))
    def list_value(self, m, c): return ast.ListValue(tuple(c), self.sp(m))
    def _inf(self, counted, m, c):
        c = list(c); msg = self.id(c.pop(0)) if c and isinstance(c[0], Token) else None
        var = self.id(c.pop(0)) if c and isinstance(c[0], Token) else None
        return ast.InFlight(counted, msg, var, c[0] if c else None, self.sp(m))
    def in_flight(self, m, c): return self._inf(False, m, c)
    def count_in_flight(self, m, c): return self._inf(True, m, c)
    def room(self, m, c): return ast.Room(self.id(c[0]), self.sp(m))
    def old(self, m, c): return ast.Old(c[0], self.sp(m))
    def running(self, m, c): return ast.Running(self.id(c[0]), self.sp(m))
    def now(self, m, c): return ast.Now(c[0] if c else None, self.sp(m))
