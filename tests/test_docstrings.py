"""Every public name is documented: what it is, its parameters, units, errors and source.

A rule of each kind that a phrase without content does not pass:

* the summary ends as a sentence does, and says something that the name does not say;
* each parameter is spoken of by its name;
* each error that the function raises, itself or through private functions beside it, is named, or one that it is derived from;
* what is counted in seconds, bytes, rows, digits or characters says so;
* the function, its class or its module names its source: a section of the protocol, of the .NET client, a standard, or a library
  whose manners are kept.

Public are the names of the faces ``odata3``, ``spf_vmm``, ``odata3.server`` and ``spf_vmm.emulator``, what else the pages of
reference show, and the public methods, properties and attributes of the classes among them.
"""

from __future__ import annotations

import ast
import enum
import importlib
import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

FACES = ("odata3", "spf_vmm", "odata3.server", "spf_vmm.emulator")
REFERENCE = Path(__file__).parent.parent / "docs" / "reference"
_finds_directives = re.compile(r"^\.\. auto(class|function|exception|module)::\s*(\S+)\n((?:   :.*\n)*)", re.MULTILINE).finditer
PACKAGES = ("odata3", "spf_vmm")

STOPWORDS = frozenset(
    {"the", "and", "for", "its", "this", "that", "with", "from", "are", "was", "not", "one", "has", "have", "which", "what"}
)
UNITS = {
    r"timeout|interval|delay|latency|seconds|retry_after|duration": r"second",
    r"bytes|size": r"byte|rows|entities|MiB|characters",
    r"length": r"character|item|byte",
    r"precision|scale|decimals": r"digit",
}
SOURCES = re.compile(
    r"Sources?:|\bsections?\b|\bR\d+\b|\bP\d+\b|\[MS-|\bRFC ?\d|\bPEP \d|\.NET|WCF Data Services|CSDL|GeoJSON|SQLAlchemy|IPython"
)


@dataclass(frozen=True)
class Name:
    """A public name: where it is found, what it is, the class that it belongs to."""

    path: str
    thing: Any
    owner: type | None = None

    @property
    def last(self) -> str:
        return self.path.rpartition(".")[2]


def is_ours(thing: Any) -> bool:
    return str(getattr(thing, "__module__", "")).partition(".")[0] in PACKAGES


def exported() -> Iterator[tuple[str, Any]]:
    """What the faces hand on, and what the pages of reference show beside it."""
    for face in FACES:
        module = importlib.import_module(face)
        for public in module.__all__:
            yield f"{face}.{public}", getattr(module, public)
    for page in sorted(REFERENCE.glob("*.md")):
        for directive in _finds_directives(page.read_text("utf-8")):
            kind, path, options = directive.groups()
            if kind == "module" and ":members:" not in options:
                continue
            if kind == "module":
                module = importlib.import_module(path)
                for public, thing in vars(module).items():
                    if not public.startswith("_") and getattr(thing, "__module__", "") == path:
                        yield f"{path}.{public}", thing
            else:
                home, _, public = path.rpartition(".")
                yield path, getattr(importlib.import_module(home), public)


def names() -> Iterator[Name]:
    """Every public name once: of inherited methods, and of second names for one thing, the first."""
    seen: set[int] = set()
    for path, thing in exported():
        if not (inspect.isclass(thing) or inspect.isfunction(thing)):
            continue
        for name in (Name(path, thing), *(members(path, thing) if inspect.isclass(thing) else ())):
            function = callable_of(name.thing)
            identity = id(name.thing if function is None else function)
            if identity not in seen:
                seen.add(identity)
                yield name


def members(path: str, cls: type) -> Iterator[Name]:
    """What a class and its bases of ours define in public."""
    found: dict[str, tuple[Any, type]] = {}
    for base in cls.__mro__:
        if is_ours(base):
            for name, value in vars(base).items():
                if not name.startswith("_") and callable_of(value) is not None:
                    found.setdefault(name, (value, base))
    for name, (value, base) in found.items():
        yield Name(f"{path}.{name}", value, base)


def callable_of(value: Any) -> FunctionType | None:
    """The function behind a method or property; None for plain attributes."""
    if isinstance(value, property):
        value = value.fget
    if isinstance(value, staticmethod | classmethod):
        value = value.__func__
    value = getattr(value, "func", value)  # cached_property
    return value if isinstance(value, FunctionType) else None


NAMES = sorted(names(), key=lambda name: name.path)


def doc(name: Name) -> str:
    """The docstring of the name itself; of a method that overrides one of ours, that one's."""
    if inspect.isclass(name.thing):
        return inspect.cleandoc(vars(name.thing).get("__doc__") or "")
    function = callable_of(name.thing)
    own = (function.__doc__ if function is not None else None) or ""
    if not own and name.owner is not None:
        for base in name.owner.__mro__[1:]:
            inherited = callable_of(vars(base).get(name.last)) if is_ours(base) else None
            own = own or (inherited.__doc__ if inherited is not None else None) or ""
    return inspect.cleandoc(own)


def class_docs(cls: type | None) -> str:
    return "" if cls is None else "\n".join(inspect.cleandoc(base.__doc__ or "") for base in cls.__mro__ if is_ours(base))


def module_doc(name: Name) -> str:
    home = name.owner or name.thing
    return importlib.import_module(home.__module__).__doc__ or ""


def words(text: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Za-z]{3,}", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text.replace("_", " ")))}


# --- what a name lacks ----------------------------------------------------------------------------------------------------------


def lacking_summary(name: Name) -> str | None:
    text = doc(name)
    if not text:
        return "no docstring"
    summary = re.split(r"\n\s*\n", text)[0].strip()
    if not summary.endswith((".", ":", ".)")):
        return f"the summary is no sentence: {summary!r}"
    news = words(summary) - words(name.path) - STOPWORDS
    return None if len(news) >= 2 else f"the summary says what the name says: {summary!r}"


def parameters(name: Name) -> list[str]:
    thing = name.thing
    if inspect.isclass(thing):
        if is_dataclass(thing):
            return [field.name for field in fields(thing) if field.init and not field.name.startswith("_")]
        made = vars(thing).get("__init__")
        if not isinstance(made, FunctionType) or issubclass(thing, BaseException) or getattr(thing, "_is_protocol", False):
            return []
        function: FunctionType | None = made
    elif isinstance(thing, property):
        return []
    else:
        function = callable_of(thing)
    if function is None:
        return []
    found = list(inspect.signature(function).parameters)
    return [p for p in found if not p.startswith("_") and p not in ("self", "cls")]


def lacking_parameters(name: Name) -> str | None:
    text = doc(name) if not inspect.isclass(name.thing) else class_docs(name.thing)
    missing = [
        p for p in parameters(name) if re.search(rf"\b{re.escape(p)}s?\b|\b{re.escape(p.replace('_', ' '))}s?\b", text) is None
    ]
    return f"nothing is said of {', '.join(missing)}" if missing else None


def lacking_attributes(name: Name) -> str | None:
    """Of classes: what their instances have."""
    if not inspect.isclass(name.thing):
        return None
    words_of_enum = (member.name for member in name.thing) if issubclass(name.thing, enum.Enum) else ()
    found = {*words_of_enum, *instance_attributes(name.thing)}
    text = class_docs(name.thing)
    missing = sorted(a for a in found if re.search(rf"\b{re.escape(a)}\b", text) is None)
    return f"nothing is said of the attributes {', '.join(missing)}" if missing else None


def instance_attributes(cls: type) -> Iterator[str]:
    for base in cls.__mro__:
        made = vars(base).get("__init__")
        if is_ours(base) and isinstance(made, FunctionType):
            for node in ast.walk(tree_of(made)):
                if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name):
                    known = inspect.getattr_static(cls, node.attr, None)
                    is_property = isinstance(known, property)
                    if node.value.id == "self" and not node.attr.startswith("_") and not is_property:
                        yield node.attr


def lacking_errors(name: Name) -> str | None:
    function = callable_of(name.thing)
    if inspect.isclass(name.thing):
        made = vars(name.thing).get("__init__")
        function = made if isinstance(made, FunctionType) else None
    if function is None or not is_ours(function):
        return None
    text = doc(name) + class_docs(name.owner if name.owner is not None else name.thing if inspect.isclass(name.thing) else None)
    missing = []
    for error in sorted(raised_by(function, name.owner or (name.thing if inspect.isclass(name.thing) else None))):
        found = error_class(function, error)
        if found is not None and not any(base.__name__ in text for base in found.__mro__ if base not in (object, BaseException)):
            missing.append(error)
    return f"it raises {', '.join(missing)}, and does not say so" if missing else None


def raised_by(function: FunctionType, owner: type | None) -> set[str]:
    """Names of the errors raised in a function, and in private functions of its class and module that it calls."""
    done: set[FunctionType] = set()
    pending = [function]
    found: set[str] = set()
    while pending:
        here = pending.pop()
        if here in done or not is_ours(here):
            continue
        done.add(here)
        tree = tree_of(here)
        for node in ast.walk(tree):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name):
                found.add(node.exc.func.id)
            if isinstance(node, ast.Call):
                called = node.func
                if isinstance(called, ast.Name) and called.id.startswith("_"):
                    next_one = here.__globals__.get(called.id)
                elif isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "self":
                    next_one = getattr(owner, called.attr, None) if called.attr.startswith("_") and owner is not None else None
                else:
                    continue
                if isinstance(next_one, FunctionType) and next_one.__module__ == here.__module__:
                    pending.append(next_one)
    return found


def error_class(function: FunctionType, name: str) -> type[BaseException] | None:
    found = function.__globals__.get(name) or getattr(importlib.import_module("builtins"), name, None)
    return found if inspect.isclass(found) and issubclass(found, BaseException) and found is not NotImplementedError else None


@cache
def tree_of(function: FunctionType) -> ast.AST:
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(function)))
    except OSError:  # made by dataclasses
        return ast.Module(body=[], type_ignores=[])


def lacking_units(name: Name) -> str | None:
    text = doc(name) + (class_docs(name.owner) if name.owner is not None else "")
    measured = [*parameters(name), *([name.last] if isinstance(name.thing, property) else [])]
    for measure, unit in UNITS.items():
        found = [p for p in measured if re.search(rf"(?:^|_)(?:{measure})(?:$|_)", p)]
        if found and re.search(unit, text, re.IGNORECASE) is None:
            return f"{', '.join(found)}: in which unit?"
    return None


def lacking_source(name: Name) -> str | None:
    text = doc(name) + class_docs(name.owner) + module_doc(name)
    return None if SOURCES.search(text) else "neither the name, nor its class or module, names a source"


RULES = (lacking_summary, lacking_parameters, lacking_attributes, lacking_errors, lacking_units, lacking_source)


def test_there_is_something_to_count() -> None:
    counted = {name.path for name in NAMES}
    assert len(counted) > 350
    assert {"odata3.DataServiceContext.save_changes", "odata3.DataServiceQuery.to_parquet", "spf_vmm.connect"} <= counted


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__.removeprefix("lacking_"))
def test_none_is_missing(rule: Any) -> None:
    missing = [f"{name.path}: {lack}" for name in NAMES if (lack := rule(name)) is not None]
    assert missing == [], f"{len(missing)} of {len(NAMES)} public names"


# --- the rules bite -------------------------------------------------------------------------------------------------------------


class Sample:
    """What a store of samples keeps."""

    def __init__(self) -> None:
        self.shelf = 3

    def save_sample(self, sample: object, timeout: float) -> None:
        """Save the sample."""
        self._check(sample)

    def _check(self, sample: object) -> None:
        if sample is None:
            raise ValueError("none")

    def load(self) -> None:
        pass


class Documented(Sample):
    """What a store of samples keeps (section 4): ``shelf`` is where."""

    def save_sample(self, sample: object, timeout: float) -> None:
        """Keep ``sample`` until it is asked for, for ``timeout`` seconds at most; ``ValueError`` where there is none."""
        self._check(sample)


@pytest.fixture
def as_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.PACKAGES", (*PACKAGES, __name__.partition(".")[0]))


@pytest.mark.usefixtures("as_ours")
def test_phrases_without_content_do_not_pass() -> None:
    empty, full = (Name(f"samples.{cls.__name__}.save_sample", vars(cls)["save_sample"], cls) for cls in (Sample, Documented))
    assert "says what the name says" in str(lacking_summary(empty)) and lacking_summary(full) is None
    assert lacking_summary(Name("samples.Sample.load", Sample.load, Sample)) == "no docstring"
    assert lacking_parameters(empty) == "nothing is said of timeout" and lacking_parameters(full) is None
    assert lacking_errors(empty) == "it raises ValueError, and does not say so" and lacking_errors(full) is None
    assert lacking_units(empty) == "timeout: in which unit?" and lacking_units(full) is None
    one, other = Name("samples.Sample", Sample), Name("samples.Documented", Documented)
    assert lacking_attributes(one) == "nothing is said of the attributes shelf" and lacking_attributes(other) is None
