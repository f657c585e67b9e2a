"""Expressions of the pivot as terms of SMT-LIB, one arm for each kind, as `ir.semantics` says.

Independent of every engine and quite unlike them: values keep their structure, nothing is packed
or flattened, so that a mistake of an engine has no twin here.  What has no exact term raises
`NotEncodable`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import assert_never

from verifier.certificates import tallies
from verifier.certificates import terms as t
from verifier.certificates.channels import channel
from verifier.certificates.collected import collected
from verifier.certificates.compounds import compound, listed
from verifier.certificates.reasons import NotEncodable
from verifier.certificates.scope import Encoded, Scope
from verifier.certificates.terms import Term
from verifier.certificates.values import Values
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import Expr


def scope(
    values: Values,
    state: Mapping[str, Term],
    arguments: Mapping[str, Term],
    fresh: Callable[[int], Term] | None,
) -> Scope:
    """A place to encode expressions in."""
    return Scope(values, state, arguments, fresh, encoded)


def encoded(s: Scope, expr: Expr) -> Encoded:
    """What an expression is in SMT-LIB, its parts being known already."""
    v = s.values
    match expr:
        case E.Literal(value, of):
            return v.literal(of, value)
        case E.Var(name):
            return s.state[name]
        case E.Next(name):
            raise NotEncodable(f"{name} after the step: claims about steps have it put in")
        case E.Param(name):
            return s.arguments[name]
        case E.Not(argument):
            return t.negation(s.value(argument))
        case E.And(arguments):
            return t.conjunction(s.value(part) for part in arguments)
        case E.Or(arguments):
            return t.disjunction(s.value(part) for part in arguments)
        case E.Equal(left, right):
            if isinstance(left.type, (T.Int, T.Mod)):
                return _compared(s, "=", left, right)
            return v.same(s.value(left), left.type, s.value(right), right.type)
        case E.Less(left, right):
            return _compared(s, "<", left, right)
        case E.AtMost(left, right):
            return _compared(s, "<=", left, right)
        case E.Arith():
            return _arithmetic(s, expr)
        case E.If(condition, then, otherwise, of):
            if isinstance(of, T.Int):
                return tallies.plain(
                    tallies.choose(s.value(condition), s.number(then), s.number(otherwise))
                )
            return t.choose(
                s.value(condition), s.as_type(then, of), s.as_type(otherwise, of)
            )  # both are total
        case E.Some() | E.IsSome() | E.Unwrap() | E.Lookup() | E.Store() | E.TupleOf():
            return compound(s, expr)
        case E.Field(record, index, of):
            assert isinstance(record.type, T.Record)
            found = v.sorts.of(record.type).record.get(index, s.value(record))
            return v.coerced(found, record.type.fields[index][1], of)
        case E.WithField(record, index, new, of):
            assert isinstance(of, T.Record)
            old, made = s.as_type(record, of), v.sorts.of(of).record
            parts = [made.get(place, old) for place in range(len(of.fields))]
            parts[index] = s.as_type(new, of.fields[index][1])
            return made.of(*parts)
        case E.Size() | E.Member() | E.SetOf() | E.SetOp() | E.Filter() | E.Quantified():
            return collected(s, expr)
        case E.At() | E.Replace() | E.Append() | E.Tail():
            return listed(s, expr)
        case E.MessageOf(tag, items, of):
            assert isinstance(of, T.Message)
            fields = of.alternatives[tag].fields
            return (
                v.sorts.of(of)
                .constructors[tag]
                .of(*(s.as_type(item, kind) for item, (_, kind) in zip(items, fields, strict=True)))
            )
        case E.HasTag(message, tag):
            return v.has_tag(message.type, s.value(message), tag)
        case E.MessageField(message, tag, index, of):
            whole = message.type
            assert isinstance(whole, T.Message)
            if tag == -1:
                return v.end(whole, s.value(message), index)
            found = v.sorts.of(whole).constructors[tag].get(index, s.value(message))
            found = v.coerced(found, whole.alternatives[tag].fields[index][1], of)
            return t.choose(v.has_tag(whole, s.value(message), tag), found, v.default(of))
        case E.Put() | E.Take() | E.RemoveAt() | E.RepeatAt() | E.Deliverable():
            return channel(s, expr)
        case E.Fresh(back, offset):
            if t.number_of(s.value(back)) != 0:
                raise NotEncodable("a stamp that may be older than others (now(skew ..))")
            if s.fresh is None:
                raise NotEncodable("a new stamp in a claim about one state")
            return s.fresh(offset)
        case E.LiveStamps():
            raise NotEncodable("how many stamps there are (now(skew ..))")
        case _:
            assert_never(expr)


# ---- numbers -------------------------------------------------------------------------------------


def _compared(s: Scope, op: str, left: Expr, right: Expr) -> Term:
    one, other = s.number(left), s.number(right)
    if not (tallies.is_plain(one) and tallies.is_plain(other)):
        return tallies.compared(op, one, other)
    terms = s.value(left), s.value(right)
    return t.equal(*terms) if op == "=" else t.compare(op, *terms)


def _arithmetic(s: Scope, expr: E.Arith) -> Encoded:
    one, other = s.number(expr.left), s.number(expr.right)
    if expr.op in "+-" and not isinstance(expr.type, T.Mod):
        return tallies.plain(tallies.added(one, other, 1 if expr.op == "+" else -1))
    left, right, zero = s.value(expr.left), s.value(expr.right), t.integer(0)
    match expr.op:
        case "+":
            result = t.total((left, right))
        case "-":
            result = t.apply("-", left, right)
        case "*":
            result = t.apply("*", left, right)
        case "/":
            # SMT-LIB rounds towards minus infinity for positive divisors only.
            flipped = t.apply("div", _minus(left), _minus(right))
            result = _by_sign(right, t.apply("div", left, right), flipped, zero)
        case "%":
            flipped = _minus(t.apply("mod", _minus(left), _minus(right)))
            result = _by_sign(right, t.apply("mod", left, right), flipped, zero)
        case _:
            assert_never(expr.op)
    if isinstance(expr.type, T.Mod):
        return t.apply("mod", result, t.integer(expr.type.modulus))
    return result


def _minus(term: Term) -> Term:
    value = t.number_of(term)
    return t.integer(-value) if value is not None else t.apply("-", term)


def _by_sign(divisor: Term, positive: Term, negative: Term, zero: Term) -> Term:
    rest = t.choose(t.compare("<", divisor, zero), negative, zero)
    return t.choose(t.compare("<", zero, divisor), positive, rest)
