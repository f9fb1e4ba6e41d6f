"""What is wrong with a query, in the words of WCF Data Services.

Programs may look into these texts. The parser says more, and says it differently; what it says goes into the
``innererror``. Only the kinds that recordings of a real server show are translated, the others are told as the parser tells
them.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from odata3.server.refusal import Refusal
from odata3.uri.parser import QuerySyntaxError

_OPERATORS = {
    "eq": "Equal",
    "ne": "NotEqual",
    "lt": "LessThan",
    "le": "LessThanOrEqual",
    "gt": "GreaterThan",
    "ge": "GreaterThanOrEqual",
}

_Words = Callable[[re.Match[str], QuerySyntaxError], str]


def _incompatible(found: re.Match[str], error: QuerySyntaxError) -> str:
    left, left_type, right, right_type = found.groups()
    met = re.search(rf"{re.escape(left)}\s+(eq|ne|lt|le|gt|ge)\s+{re.escape(right)}", error.text)
    kind = _OPERATORS[met[1]] if met is not None else "Equal"
    types = f"'{left_type}' and '{right_type}'"
    return f"A binary operator with incompatible types was detected. Found operand types {types} for operator kind '{kind}'."


def _unexpected(found: re.Match[str], error: QuerySyntaxError) -> str:
    return f"Syntax error at position {error.position + len(found[1])} in '{error.text}'."


_TABLE: tuple[tuple[re.Pattern[str], _Words], ...] = (
    (
        re.compile(r"([\w.]+) has no property '(\w+)'.*", re.DOTALL),
        lambda found, error: f"Could not find a property named '{found[2]}' on type '{found[1]}'.",
    ),
    (
        re.compile(r"there is no function '([\w.]+)'.*", re.DOTALL),
        lambda found, error: (
            f"An unknown function with name '{found[1]}' was found. "
            "This may also be a key lookup on a navigation property, which is not allowed."
        ),
    ),
    (
        re.compile(r"a filter is true or false, and this is .*", re.DOTALL),
        lambda found, error: "The $filter expression must evaluate to a single boolean value.",
    ),
    (
        re.compile(r"a text begins here and does not end"),
        lambda found, error: f"There is an unterminated string literal at position {len(error.text)} in '{error.text}'.",
    ),
    (
        re.compile(r"an expression was expected"),
        lambda found, error: f"Expression expected at position {error.position} in '{error.text}'.",
    ),
    (
        re.compile(r"'(.)' means nothing here", re.DOTALL),
        lambda found, error: f"Syntax error: character '{found[1]}' is not valid at position {error.position} in '{error.text}'.",
    ),
    (re.compile(r"an operator or the end was expected, not '(.*)'", re.DOTALL), _unexpected),
    (re.compile(r"(.+?) is ([\w.]+) and (.+) is ([\w.]+): they cannot be compared.*", re.DOTALL), _incompatible),
)


def refusal_of(error: QuerySyntaxError) -> Refusal:
    """The 400 that a query option deserves which is wrong."""
    for pattern, words in _TABLE:
        found = pattern.fullmatch(error.message)
        if found is not None:
            return Refusal(400, words(found, error), detail=str(error))
    return Refusal(400, f"Error in query syntax: {error.message}.", detail=str(error))
