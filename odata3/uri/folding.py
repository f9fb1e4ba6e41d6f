"""A tree of decisions back into one condition.

Each :class:`Decision` is a question and what its two answers lead to: true, false, a condition, or the next decision. Where every
decision has one arm that settles the matter, as in most lambdas, a walk from the last one up is enough. Else equal nodes are
shared, and a node is joined into the one before it while it has just that one and both share a way out:

::

    [c, t, f]   t = [d, x, f]  ->  [c and d, x, f]          f = [d, t, x]  ->  [c or d, t, x]
                t = [d, f, x]  ->  [c and not d, x, f]      f = [d, x, t]  ->  [c or not d, t, x]
                t = [d, x, y], f = [e, x, y]  ->  [(c and d) or (not c and e), x, y]

so that everything comes out as it was written. Where nothing fits, one parent gets its own copy of a shared node.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias, Union

from odata3.uri.expressions import Expression, Logical, negate
from odata3.uri.symbols import refusal

__all__ = ["Decision", "Leaf", "decision", "fold"]

Leaf: TypeAlias = Union[bool, Expression[Any], "Decision"]

_MAX_COPIES = 500


class Decision:
    """A question and what it leads to; ``straight`` where every decision from here on has one settled arm."""

    __slots__ = ("condition", "no", "parents", "straight", "yes")
    straight: bool

    def __init__(self, condition: Expression[Any], yes: Leaf, no: Leaf) -> None:
        self.condition = condition
        self.yes = yes
        self.no = no
        self.parents = 0
        settled, rest = (yes, no) if type(yes) is bool else (no, yes)
        self.straight = type(settled) is bool and (type(rest) is not Decision or rest.straight)


def decision(condition: Expression[Any], yes: Leaf, no: Leaf) -> Leaf:
    """The decision, or what both answers lead to where that is the same."""
    if yes is no:
        return yes
    return Decision(condition, yes, no)


def fold(root: Decision) -> Leaf:
    """The condition under which the decisions lead to true."""
    return _climb(root) if root.straight else _join(_shared(root))


# --- one settled arm each ---------------------------------------------------------------------------------------------------


def _climb(root: Decision) -> Expression[Any]:
    chain: list[Decision] = []
    step: Leaf = root
    while type(step) is Decision:
        chain.append(step)
        step = step.no if type(step.yes) is bool else step.yes
    if type(step) is bool:
        last = chain.pop()
        step = last.condition if last.yes is True else negate(last.condition)
    assert type(step) is not Decision
    operator = ""
    parts: list[Expression[Any]] = [step]  # type: ignore[list-item]  # what comes last in the text stands first
    for node in reversed(chain):
        condition, wanted = _settled(node)
        if wanted != operator and len(parts) > 1:
            parts = [_logical(operator, parts)]
        operator = wanted
        parts.append(condition)
    return _logical(operator, parts)


def _settled(node: Decision) -> tuple[Expression[Any], str]:
    """The operand and the operator by which a node with a settled arm is joined to the rest."""
    if node.yes is True:
        return node.condition, "or"
    if node.yes is False:
        return negate(node.condition), "and"
    if node.no is False:
        return node.condition, "and"
    return negate(node.condition), "or"


def _logical(operator: str, parts: list[Expression[Any]]) -> Expression[Any]:
    """The parts, last one first, under one operator."""
    if len(parts) == 1:
        return parts[0]
    operands: list[Expression[Any]] = []
    for part in reversed(parts):
        operands.extend(_flat(operator, part))
    return Logical(operator, tuple(operands))


def _flat(operator: str, part: Expression[Any]) -> tuple[Expression[Any], ...]:
    return part.operands if type(part) is Logical and part.operator == operator else (part,)


# --- the general case -------------------------------------------------------------------------------------------------------


def _shared(root: Decision) -> Decision:
    """The graph of the tree: conditions at the ends as decisions too, equal nodes shared, parents counted."""
    made: dict[tuple[str, int, int], Decision] = {}
    of: dict[int, Leaf] = {}

    def share(condition: Expression[Any], yes: Leaf, no: Leaf) -> Leaf:
        if yes is no:
            return yes
        key = (condition.text, id(yes), id(no))
        found = made.get(key)
        if found is None:
            found = made[key] = Decision(condition, yes, no)
            for arm in (yes, no):
                if type(arm) is Decision:
                    arm.parents += 1
        return found

    def end(leaf: Leaf) -> Leaf:
        if type(leaf) is bool:
            return leaf
        return of[id(leaf)] if type(leaf) is Decision else share(leaf, True, False)  # type: ignore[arg-type]

    for node in _upward(root):
        of[id(node)] = share(node.condition, end(node.yes), end(node.no))
    found = of[id(root)]
    assert type(found) is Decision
    return found


def _upward(root: Decision) -> Iterator[Decision]:
    """Every node once, those below first."""
    seen: set[int] = set()
    stack: list[tuple[Decision, bool]] = [(root, False)]
    while stack:
        node, below_done = stack.pop()
        if below_done:
            yield node
            continue
        if id(node) in seen:
            continue
        seen.add(id(node))
        stack.append((node, True))
        stack.extend((arm, False) for arm in (node.no, node.yes) if type(arm) is Decision)


def _join(root: Decision) -> Leaf:
    """Join nodes until one is left."""
    copies = 0
    while not (type(root.yes) is bool and type(root.no) is bool):
        nodes = list(_upward(root))
        # forms without `not` first
        if any([_join_plainly(node) for node in nodes]) or any(map(_join_negated, nodes)) or any(map(_join_both, nodes)):
            continue
        copies += 1
        if copies > _MAX_COPIES:
            raise refusal("the lambda branches in a way that does not come out as and, or, not: write conditions with & | ~")
        _copy_one(nodes)
    return root.condition if root.yes is True else negate(root.condition)


def _own(arm: Leaf) -> Decision | None:
    """The arm, where it is a decision that nothing else leads to."""
    return arm if type(arm) is Decision and arm.parents == 1 else None


def _take(node: Decision, condition: Expression[Any], yes: Leaf, no: Leaf, *, joined: tuple[Decision, ...]) -> bool:
    """``node`` takes the place of itself and what was joined to it."""
    for arm in (yes, no):
        if type(arm) is Decision:
            arm.parents += 1
    for old in (node, *joined):
        for arm in (old.yes, old.no):
            if type(arm) is Decision:
                arm.parents -= 1
    node.condition, node.yes, node.no = condition, yes, no
    return True


def _join_plainly(node: Decision) -> bool:
    yes, no = _own(node.yes), _own(node.no)
    if yes is not None and yes.no is node.no:
        return _take(node, _both("and", node.condition, yes.condition), yes.yes, node.no, joined=(yes,))
    if no is not None and no.yes is node.yes:
        return _take(node, _both("or", node.condition, no.condition), node.yes, no.no, joined=(no,))
    return False


def _join_negated(node: Decision) -> bool:
    yes, no = _own(node.yes), _own(node.no)
    if yes is not None and yes.yes is node.no:
        return _take(node, _both("and", node.condition, negate(yes.condition)), yes.no, node.no, joined=(yes,))
    if no is not None and no.no is node.yes:
        return _take(node, _both("or", node.condition, negate(no.condition)), node.yes, no.yes, joined=(no,))
    return False


def _join_both(node: Decision) -> bool:
    yes, no = _own(node.yes), _own(node.no)
    if yes is None or no is None:
        return False
    if yes.yes is no.yes and yes.no is no.no:
        other = no.condition
    elif yes.yes is no.no and yes.no is no.yes:
        other = negate(no.condition)
    else:
        return False
    condition = _both("or", _both("and", node.condition, yes.condition), _both("and", negate(node.condition), other))
    return _take(node, condition, yes.yes, yes.no, joined=(yes, no))


def _both(operator: str, left: Expression[Any], right: Expression[Any]) -> Logical:
    return Logical(operator, (*_flat(operator, left), *_flat(operator, right)))


def _copy_one(nodes: list[Decision]) -> None:
    """Give one parent its own copy of the lowest shared node."""
    shared = next(node for node in nodes if node.parents > 1)
    parent = next(node for node in nodes if node.yes is shared or node.no is shared)
    copy = Decision(shared.condition, shared.yes, shared.no)
    copy.parents = 1
    shared.parents -= 1
    for arm in (copy.yes, copy.no):
        if type(arm) is Decision:
            arm.parents += 1
    if parent.yes is shared:
        parent.yes = copy
    else:
        parent.no = copy
