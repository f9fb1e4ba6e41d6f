"""Trees of decisions, folded back: every tree must mean the same after it."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from uri.catalogue import MODEL, PRODUCT

from odata3.uri.evaluation import evaluate
from odata3.uri.expressions import Expression, Path
from odata3.uri.folding import Decision, Leaf, decision, fold
from odata3.uri.literals import BOOLEAN
from odata3.uri.rows import row

A, B, C, D = (Path((name,), BOOLEAN, False) for name in "ABCD")


def folded(tree: Leaf) -> str:
    assert type(tree) is Decision
    found = fold(tree)
    return str(found) if type(found) is bool else found.text  # type: ignore[union-attr]


def test_as_it_was_written() -> None:
    assert folded(decision(A, B, False)) == "A and B"
    assert folded(decision(A, True, B)) == "A or B"
    assert folded(decision(A, False, True)) == "not A"
    assert folded(decision(A, decision(B, C, False), False)) == "A and B and C"
    assert folded(decision(A, decision(B, True, C), False)) == "A and (B or C)"
    assert folded(decision(A, B, C)) == "(A and B) or (not A and C)"
    assert folded(decision(A, B, True)) == "not A or B"
    assert folded(decision(A, False, B)) == "not A and B"
    assert folded(decision(A, decision(B, D, False), decision(C, False, D))) == "((A and B) or (not A and not C)) and D"
    c_or_d = decision(C, True, D)
    assert folded(decision(A, c_or_d, decision(B, c_or_d, False))) == "(A or B) and (C or D)"
    c_and_d = decision(C, D, False)
    assert folded(decision(A, decision(B, True, c_and_d), c_and_d)) == "(A and B) or (C and D)"


def test_equal_answers_ask_nothing() -> None:
    assert decision(A, True, True) is True
    assert decision(A, B, B) is B


trees: st.SearchStrategy[Leaf] = st.recursive(
    st.sampled_from([True, False, A, B, C, D]),
    lambda leaf: st.builds(decision, st.sampled_from([A, B, C, D]), leaf, leaf),
    max_leaves=14,
)


@given(trees)
def test_the_meaning_stays(tree: Leaf) -> None:
    if type(tree) is not Decision:
        return
    found = fold(tree)
    for values in itertools.product([True, False], repeat=4):
        facts = dict(zip("ABCD", values, strict=True))

        def read(path: Path[Any], facts: dict[str, bool] = facts) -> Any:
            return facts[path.segments[0]]

        step: Leaf = tree
        while type(step) is Decision:
            step = step.yes if evaluate(step.condition, read) is True else step.no
        expected = step if type(step) is bool else evaluate(step, read)  # type: ignore[arg-type]
        got = found if type(found) is bool else evaluate(found, read)  # type: ignore[arg-type]
        assert expected == got


def test_long_chains_need_no_deep_stack() -> None:
    product = row(MODEL, PRODUCT)
    tree: Leaf = product.ID == -1
    for number in range(5000):
        tree = decision(product.ID == number, True, tree)
    assert type(tree) is Decision
    found = fold(tree)
    assert isinstance(found, Expression) and len(found.operands) == 5001  # type: ignore[attr-defined]
