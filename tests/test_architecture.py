"""The plan of the house: which room may import which.

Floors, from the ground up; a module imports only from floors below its own, and inside its folder only from the rooms
listed before it here. A new file that is not listed fails, so that its place is decided and not found by accident.
"""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

FLOORS: list[tuple[str, list[str]]] = [
    ("odata3", ["faces", "spellings", "errors", "secrecy", "markup", "hypertext"]),
    (
        "odata3.wire",
        ["messages", "batch", "origins", "codings", "uploads", "sessions", "arguments", "preparation", "failures", "transport"],
    ),
    (
        "odata3.edm",
        [
            "spatial",
            "dates",
            "primitive_type",
            "numeric_types",
            "primitives",
            "members",
            "model",
            "moments",
            "annotations",
            "facets",
            "csdl_frame",
            "csdl_document",
            "csdl_types",
            "csdl_containers",
            "csdl_reader",
            "csdl_writer",
            "csdl",
            "differences",
            "operation_differences",
            "comparison",
        ],
    ),
    ("odata3.diagram", ["scene", "layers", "layout", "svg", "mermaid"]),
    (
        "odata3.uri",
        [
            "symbols",
            "literals",
            "functions",
            "expressions",
            "bytecode",
            "folding",
            "lambdas",
            "rows",
            "parser",
            "selections",
            "evaluation",
            "translation",
            "predicate_text",
            "options",
            "paths",
            "segments",
        ],
    ),
    (
        "odata3.formats",
        [
            "documents",
            "gml",
            "json_text",
            "json_members",
            "links",
            "annotation_groups",
            "faults",
            "fragments",
            "projection",
            "encoders",
            "value_codecs",
            "conventions",
            "json_properties",
            "feed_mappings",
            "atom_text",
            "atom_values",
            "atom_entries",
            "atom_reader",
            "atom_writer",
            "atom_answers",
            "atom",
            "json_verbose_reader",
            "json_verbose_writer",
            "json_verbose",
            "json_light_reader",
            "json_light_writer",
            "json_light",
            "negotiation",
        ],
    ),
    (
        "odata3.entities",
        [
            "names",
            "streams",
            "properties",
            "structure",
            "changes",
            "exact",
            "displays",
            "entity",
            "values",
            "documentation",
            "classes",
            "mapping",
        ],
    ),
    ("odata3.tabular", ["files", "records", "columns", "delimited", "instants", "frames", "fields", "arrow", "exports"]),
    (
        "odata3.client",
        [
            "options",
            "service_profile",
            "findings",
            "displays",
            "events",
            "pipelines",
            "refusals",
            "journal",
            "known_service",
            "channel",
            "descriptors",
            "links",
            "tracker",
            "responses",
            "sets",
            "addresses",
            "changes",
            "entity_changes",
            "link_changes",
            "planning",
            "questions",
            "loading",
            "paging",
            "watch",
            "batching",
            "streams",
            "outcomes",
            "conflicts",
            "saving",
            "pending_file",
            "pending_log",
            "preview",
            "vocabulary",
            "query",
            "resources",
            "operations",
            "attributes",
            "configuration",
            "context",
            "collection",
            "examination",
        ],
    ),
    ("odata3.bindings", ["spelling", "signatures", "stubs", "modules", "runtime"]),
    (
        "odata3.server",
        [
            "refusal",
            "wording",
            "geometry",
            "functions",
            "columns",
            "tables",
            "database",
            "terms",
            "sql",
            "records",
            "selections",
            "streams",
            "store",
            "versions",
            "acceptance",
            "projection",
            "responses",
            "answers",
            "hooks",
            "sites",
            "task",
            "resources",
            "reading",
            "incoming",
            "linking",
            "changing",
            "parts",
            "operations",
            "batches",
            "service",
            "seeding",
            "doors",
            "wsgi",
        ],
    ),
    ("odata3.console", ["terminal", "listening", "connections", "completion", "access", "output"]),
]

#: What a floor may not import although it lies above it.
CLOSED: dict[str, tuple[str, ...]] = {
    "odata3.edm": ("odata3.wire",),
    "odata3.uri": ("odata3.wire",),
    "odata3.formats": ("odata3.wire",),
    "odata3.server": ("odata3.bindings", "odata3.client", "odata3.entities", "odata3.tabular"),
    "odata3.client": ("odata3.server",),
}

#: The roof may import everything below; within it, only what stands before.
ROOF = {
    "odata3": ["commands", "cli"],
    "spf_vmm": [
        "metadata",
        "entities",
        "service",
        "fixtures",
        "emulator",
        "transcript",
        "drawings",
        "waiting",
        "demo",
        "commands",
        "cli",
    ],
}

FACES = {"odata3", "odata3.commands", "spf_vmm", "spf_vmm.commands", "spf_vmm.emulator", *(folder for folder, _ in FLOORS)}
OPTIONAL = {
    "pandas",
    "pyarrow",
    "click",
    "rich",
    "sqlalchemy",
    "cheroot",
    "keyring",
    "requests_ntlm",
    "requests_kerberos",
    "spnego",
}
HOMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "compat", "base", "manager", "tools"}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {module_name(path): path for package in ("odata3", "spf_vmm") for path in sorted((ROOT / package).rglob("*.py"))}
ROOMS = {name: path for name, path in SOURCES.items() if name not in FACES and not name.endswith("__main__")}


def rank(name: str) -> tuple[int, int] | None:
    """(floor, place on it); None for what is not on the plan."""
    for floor, (folder, rooms) in enumerate(FLOORS):
        for place, room in enumerate(rooms):
            if name == f"{folder}.{room}":
                return floor, place
    for package, rooms in ROOF.items():
        for place, room in enumerate(rooms):
            if name == f"{package}.{room}" or name.startswith(f"{package}.{room}."):
                return len(FLOORS) + (package == "spf_vmm"), place
    return None


def folder_of(name: str) -> str:
    return name.rpartition(".")[0]


def imports(tree: ast.AST) -> Iterator[tuple[ast.stmt, str]]:
    """Every import of our own packages, as the module it names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: name the package, no relative import"
            assert node.module is not None
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield node, whole if whole in SOURCES else node.module


@cache
def tree_of(name: str) -> ast.Module:
    return ast.parse(SOURCES[name].read_text("utf-8"))


def test_every_file_has_its_place_on_the_plan() -> None:
    assert [name for name in ROOMS if rank(name) is None] == []


@pytest.mark.parametrize("name", sorted(ROOMS))
def test_imports_point_down(name: str) -> None:
    here = rank(name)
    assert here is not None, f"{name} has no place on the plan"
    for node, target in imports(tree_of(name)):
        if target.split(".")[0] not in ("odata3", "spf_vmm"):
            continue
        assert target not in FACES, f"{name}, line {node.lineno}: import the file, not the face {target}"
        there = rank(target)
        assert there is not None, f"{name}, line {node.lineno}: {target} is not on the plan"
        inside_one_room = here == there and here[0] >= len(FLOORS)
        assert there < here or inside_one_room, f"{name}, line {node.lineno}: {target} lies above or beside it"
        for closed in CLOSED.get(folder_of(name), ()):
            assert not target.startswith(closed), f"{name}, line {node.lineno}: {closed} is closed to it"


def test_there_are_no_circles() -> None:
    """Also not inside one room of the roof, where the plan does not order the files."""
    edges = {name: {t for _, t in imports(tree_of(name)) if t in ROOMS} for name in ROOMS}
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join((*path, name))
        if name not in done:
            for target in edges[name]:
                visit(target, (*path, name))
            done.add(name)

    for name in edges:
        visit(name, ())


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_imports_stand_at_the_top_save_those_of_optional_packages(name: str) -> None:
    for function in ast.walk(tree_of(name)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            for node, target in imports(function):
                outside = target.split(".")[0] in OPTIONAL
                entry_point = name.endswith("__main__")
                assert outside or entry_point or name == "spf_vmm", f"{name}, line {node.lineno}: import {target} at the top"


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_file_names(name: str) -> None:
    import sys

    last = name.rpartition(".")[2]
    assert last not in HOMELESS
    assert not last.startswith("_") or last == "__main__"
    assert last not in sys.stdlib_module_names or last == "__main__", f"{name} would shadow a module of the standard library"


@pytest.mark.parametrize("name", sorted(FACES))
def test_faces_only_hand_names_on(name: str) -> None:
    """``odata3`` and ``spf_vmm`` when first asked for (PEP 562); type checkers see plain imports."""
    for node in tree_of(name).body:
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        handed_on = isinstance(node, ast.Import | ast.ImportFrom)
        listed = isinstance(node, ast.Assign) and all(
            isinstance(t, ast.Name) and t.id in ("__all__", "__version__") for t in node.targets
        )
        late = name in ("odata3", "spf_vmm") and is_late(node)
        assert docstring or handed_on or listed or late, f"{name}, line {node.lineno}: a face holds no code"


def is_late(node: ast.stmt) -> bool:
    """What a face needs to hand names on late; ``spf_vmm`` does so itself with its emulator, which needs the extra ``server``."""
    if isinstance(node, ast.If):
        seen = all(isinstance(inner, ast.ImportFrom) for inner in node.body)
        return ast.unparse(node.test) == "TYPE_CHECKING" and seen and all(map(is_late, node.orelse))
    if isinstance(node, ast.Assign):
        return isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "_late"
    return isinstance(node, ast.FunctionDef) and node.name == "__getattr__"


@pytest.mark.parametrize("name", ["odata3", "spf_vmm"])
def test_all_is_true(name: str) -> None:
    """(That it is sorted, the linter holds.)"""
    face = importlib.import_module(name)
    assert all(hasattr(face, public) for public in face.__all__)
    checked = next(node for node in tree_of(name).body if isinstance(node, ast.If))
    seen = {alias.name: node.module or "" for node in checked.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert seen.keys() == set(face.__all__) - {"__version__"}
    seen.pop("emulator", None)
    for public, room in seen.items():  # what checkers see is what is handed on
        assert getattr(face, public) is getattr(importlib.import_module(room), public)


def test_importing_the_faces_imports_no_room() -> None:
    program = "import sys, odata3, spf_vmm; print([name for name in sys.modules if name.startswith(('odata3.', 'spf_vmm.'))])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "['odata3.faces']"


@pytest.mark.parametrize(
    ("package", "homes"),
    [
        ("requests", {f"odata3.wire.{room}" for room in ("arguments", "failures", "preparation", "sessions", "transport")}),
        ("urllib3", {"odata3.wire.failures", "odata3.wire.transport", "odata3.wire.sessions"}),
        ("dateutil", {"odata3.edm.dates"}),
        ("sqlalchemy", {"odata3.server"}),
        ("cheroot", {"odata3.server.wsgi"}),
    ],
)
def test_a_package_has_one_home(package: str, homes: set[str]) -> None:
    users = {n for n in SOURCES for _, t in imports(tree_of(n)) if t.split(".")[0] == package}
    assert {n for n in users if n not in homes and folder_of(n) not in homes} == set()


def test_markup_makes_the_only_xml_parser() -> None:
    makers = {"XMLParser", "XMLPullParser", "iterparse", "fromstring", "HTMLParser", "XML"}
    for name in SOURCES:
        if name != "odata3.markup":
            used = (n for n in ast.walk(tree_of(name)) if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name))
            made = {n.attr for n in used if n.value.id == "etree"} & makers
            assert not made, f"{name} makes an XML parser of its own: {made}"
