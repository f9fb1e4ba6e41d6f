"""The words of a query: what its steps take, and what other libraries call them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from odata3.entities.entity import Entity
from odata3.entities.properties import Many
from odata3.uri.expressions import Expression, Readable

T = TypeVar("T")

_NOWHERE = "OData V1 to V3 asks no service for it: read the rows (to_list(), to_dataframe()) and do it in Python"
#: What other libraries call it, and LINQ's methods that V3 has no form for.
ELSEWHERE = {
    **dict.fromkeys(("aggregate", "average", "concat", "contains", "distinct", "elementat", "except", "groupby"), _NOWHERE),
    **dict.fromkeys(("intersect", "join", "max", "min", "reverse", "sum", "union", "zip"), _NOWHERE),
    **dict.fromkeys(("asenumerable", "toarray", "fetchall"), "write to_list(), or iterate over the query"),
    **dict.fromkeys(("beginexecute", "endexecute"), "there is no asynchronous form: write execute()"),
    **dict.fromkeys(("find", "get", "getvalue"), "write by_key(...).single()"),
    **dict.fromkeys(("last", "lastordefault"), "turn the order around, and take the first()"),
    **dict.fromkeys(("limit", "top", "head"), "write take(n)"),
    "all": "write to_list() for all rows; that a condition holds for all: not query.any(lambda row: ~(...))",
    "asnotracking": "write with_merge_option(MergeOption.NO_TRACKING)",
    "filter": "write where(lambda row: ...)",
    "inlinecount": "write include_total_count()",
    "offset": "write skip(n)",
}

#: More values than the overloads of ``select`` have types for.
_One = Readable[Any]
Wide = tuple[_One, _One, _One, _One, _One, _One, _One, _One, *tuple[_One, ...]]

#: A condition on a row: a lambda over it, an expression of class attributes, or text that is sent as it is.
Predicate = Callable[[type[T]], Expression[bool | None] | bool] | Expression[bool | None] | str
#: A value of a row, or several: a lambda over it, an expression of class attributes, or a name.
Selector = Callable[[type[T]], object] | Expression[Any] | str
#: What may be expanded: also an attribute of a class that leads to entities.
Way = Callable[[type[T]], object] | type[Entity] | Many[Any] | str
