"""How a service's names are spelled in Python.

Nearly every name stands as the service spells it (``VMCheckPointAction``). The rest follows one rule, which depends on nothing
but the name and those that stand before it:

* characters that no identifier may hold become ``_``; Python's own normalisation (NFKC) is applied;
* a keyword (``class``, ``None``), a name that begins with ``_``, a name the object needs itself (``to_dict``), and a name
  that had to be changed above get a trailing ``_``;
* one that has become what Python or a notebook asks every object for (``__class_``, ``_repr_html``) gets another ``_``;
* a name that is still taken gets further ``_`` until it is free. Names that need no change take theirs first.

Whatever the attribute is called, ``entity["class"]`` takes the service's spelling.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Collection, Iterable
from difflib import get_close_matches

#: What entities offer in public, and no property can have as its attribute.
RESERVED = frozenset({"to_dict"})
#: What Python, and notebooks, ask every object for. A service may call a property so; it must not become one of these.
_is_special = re.compile(r"__\w*[^\W_]__|_repr_\w*[^\W_]_|_ipython_\w*[^\W_]_", re.ASCII).fullmatch


def spell(name: str, reserved: Collection[str] = ()) -> str:
    """The attribute for one name, clashes with its neighbours aside: ``class_`` for ``class``, ``Name`` for ``Name``."""
    normal = unicodedata.normalize("NFKC", name)
    if normal.isidentifier():
        if not (normal.startswith("_") or normal in reserved or keyword.iskeyword(normal)):
            return normal
    else:
        normal = "".join(c if f"a{c}".isidentifier() else "_" for c in normal)
        if not normal.isidentifier():
            normal = f"_{normal}"
    spelled = f"{normal}_"
    return spelled if _is_special(spelled) is None else f"{spelled}_"


def spell_all(names: Iterable[str], reserved: Collection[str] = (), taken: Iterable[str] = ()) -> dict[str, str]:
    """Attributes for the names of one type, each of them once: ``{name: attribute}`` in the order given.

    ``taken`` are attributes that are in use already (a base type's).
    """
    ordered = list(dict.fromkeys(names))
    spelled = {name: spell(name, reserved) for name in ordered}
    used = set(taken)
    plain = {name for name in ordered if spelled[name] == name and name not in used}
    used |= plain
    for name in ordered:
        if name not in plain:
            attribute = spelled[name]
            while attribute in used:
                attribute += "_"
            used.add(attribute)
            spelled[name] = attribute
    return spelled


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that ``name`` was probably meant to be."""
    candidates = list(known)
    folded = {candidate.lower(): candidate for candidate in candidates}
    if (found := folded.get(name.lower())) is not None:
        return found
    close = get_close_matches(name, candidates, n=1) or [folded[c] for c in get_close_matches(name.lower(), folded, n=1)]
    return close[0] if close else None


def hint(name: str, known: Iterable[str]) -> str:
    """``"; did you mean 'Name'?"``, or nothing."""
    found = nearest(name, known)
    return f"; did you mean {found!r}?" if found is not None else ""
