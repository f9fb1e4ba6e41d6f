"""What is never shown: passwords, tokens and keys, wherever they stand in a text that people read.

Four places hold secrets, and one function serves each: names of properties and options (:func:`is_secret`), header fields
(:func:`is_secret_header`), URLs and texts with URLs in them (:func:`masked`), bodies (:func:`blanked`). All go by names, for a
value does not say what it is; what is shown in its place is ``***``. Each takes time that grows with the text and no faster: the
texts are a service's.
"""

from __future__ import annotations

import re
from collections.abc import Callable

HIDDEN = "***"

_KEYS = "api|private|access|shared|account|subscription|authentication|product|encryption|storage|signing|master|secret"
_WORDS = rf"passw(?:or)?d|pwd|passphrase|secret|credential|token|(?:{_KEYS})[_-]?key"
_has_secret_word = re.compile(_WORDS, re.IGNORECASE).search
_has_secret_field = re.compile(rf"{_WORDS}|auth(?!ors?$)|cookie|signature|requestdigest|(?:^|[_-])key$", re.IGNORECASE).search


def is_secret(name: str) -> bool:
    """Whether a property, parameter or option of this name holds what is nobody's business."""
    return _has_secret_word(name) is not None


def complaint(text: str, place: str) -> str:
    """What is wrong with a value, as ``not an Edm.Int32: 'abc'``; of a place whose name is a secret's, without the value."""
    return text.partition(": ")[0] if is_secret(place.rpartition(".")[2]) else text


def is_secret_header(name: str) -> bool:
    """Whether a header field of this name lets somebody in: ``Authorization``, ``Set-Cookie``, ``X-Api-Key`` ..."""
    return _has_secret_field(name) is not None


# -- URLs ------------------------------------------------------------------------------------------------------------------------

_USER_INFO = re.compile(r"(?<=://)[^/?#\s]*@")
_BLANK = r"(?:\s|%20|\+){1,5}"
_LITERAL = r"[A-Za-z]{0,20}'(?:[^']|'')*'?|[A-Za-z]{0,20}%27(?:(?!%27)[^&#\s])*(?:%27)?"
#: An option or parameter: at the beginning of a query, behind & of one, in the parentheses of a function.
_OPTION = re.compile(rf"(?<=[?&(,])(@?[\w.-]{{1,80}})=(\*\*\*|{_LITERAL}|[^&#\s'\"<>]+)")
#: A condition, in a filter.
_CONDITION = re.compile(rf"(?<![\w/])([\w/]{{1,80}})({_BLANK}(?:eq|ne|lt|gt|le|ge){_BLANK})({_LITERAL})")
_SECRET_OPTIONS = frozenset({"sig", "signature", "key", "jwt", "assertion"})
_may_hold_any = re.compile(r"[='@]|%27").search


def masked(text: str) -> str:
    """A URL, or a text that holds some, without any user information, and without the values of options that are secrets."""
    if _may_hold_any(text) is None:
        return text
    return _CONDITION.sub(_condition, _OPTION.sub(_option, _USER_INFO.sub("", text)))


def _option(found: re.Match[str]) -> str:
    name = found[1]
    return f"{name}={HIDDEN}" if name.lower() in _SECRET_OPTIONS or is_secret(name) else found[0]


def _condition(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}{HIDDEN}" if is_secret(found[1]) else found[0]


def leads_to_secret(url: str) -> bool:
    """Whether a URL is of one secret value: ``.../Accounts(1)/Password``, ``.../Password/$value``."""
    path = url.partition("?")[0].rstrip("/").split("/")
    return any(is_secret(segment.partition("(")[0]) for segment in path[-2:])


#: A scheme of HTTP and its token, and not the prose of "Basic authentication".
_CREDENTIAL = re.compile(r"\b((?i:Basic|Bearer|Negotiate|NTLM))\s+(?=\S*(?:[0-9=+/]|[a-z][A-Z]))[A-Za-z0-9+/=._~-]{4,}")
#: As connection strings and forms have it.
_ASSIGNED = re.compile(
    r"\b((?:passw(?:or)?d|pwd|secret|\w{1,40}key)\s{0,5}=\s{0,5})(?:\"[^\"]*\"?|'[^']*'?|[^\s;&\"'<=]+)", re.IGNORECASE
)


def without_credentials(text: str) -> str:
    """A text that may quote a request (services do), without what lets one in."""
    return _CREDENTIAL.sub(r"\1 ***", masked(text))


# -- bodies ----------------------------------------------------------------------------------------------------------------------

_JSON_NAME = re.compile(r'"((?:[^"\\]|\\.)*)"\s*:\s*')
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_JSON_SCALAR = re.compile(r'"(?:[^"\\]|\\.)*"?|[^\s,}\]]+')
_JSON_PART = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]')
_XML_START = re.compile(r"<([\w.-]+:)?([\w.-]+)(?:\s[^<>]*)?>")


def blanked(text: str) -> str:
    """A body's text, whole or clipped, with the values of secret members and elements blanked, as are credentials of HTTP."""
    text = _each(text, _JSON_NAME, _json_value)
    text = _each(text, _XML_START, _xml_content)
    return _ASSIGNED.sub(r"\1***", without_credentials(text))


_Range = tuple[int, int, str]


def _each(text: str, names: re.Pattern[str], value: Callable[[str, re.Match[str]], _Range | None]) -> str:
    """The text with the value behind each name replaced that ``value`` gives the range of."""
    parts, done = [], 0
    found = names.search(text)
    while found is not None:
        chosen = value(text, found)
        if chosen is not None:
            start, end, shown = chosen
            parts += [text[done:start], shown]
            done = end
        found = names.search(text, max(done, found.end()))
    return "".join((*parts, text[done:]))


def _json_value(text: str, name: re.Match[str]) -> _Range | None:
    start = name.end()
    spelled = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), name[1])
    if not is_secret(spelled) or text.startswith(("null", "true", "false"), start):
        return None
    if text[start : start + 1] not in ("[", "{"):
        scalar = _JSON_SCALAR.match(text, start)
        return None if scalar is None else (start, scalar.end(), f'"{HIDDEN}"')
    depth = 0
    for part in _JSON_PART.finditer(text, start):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(part[0], 0)
        if depth == 0:
            return start, part.end(), f'"{HIDDEN}"'
    return start, len(text), f'"{HIDDEN}"'


def _xml_content(text: str, start: re.Match[str]) -> _Range | None:
    if not is_secret(start[2]) or start[0].endswith("/>"):
        return None
    end = text.find(f"</{start[1] or ''}{start[2]}", start.end())
    return start.end(), len(text) if end < 0 else end, HIDDEN


#: What begins a line, moves a terminal's cursor, or turns the direction of writing.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def on_one_line(text: str) -> str:
    """A text of others, which begins no line of a log and commands no terminal."""
    return _CONTROL.sub(" ", text)
