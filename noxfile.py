"""Everything a change must pass, each in an environment of its own: ``nox``, or ``nox -s docs``. ``nox -l`` lists the sessions.

What stands after ``--`` goes on to the tool: ``nox -s test-3.11 -- tests/uri -k folding``.
"""

from __future__ import annotations

from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.sessions = ["lint", "types", "test", "docs", "package"]
nox.options.reuse_existing_virtualenvs = True

PYTHONS = ["3.11", "3.12", "3.13"]
SITE = "docs/_build/html"


@nox.session(python=PYTHONS)
def test(session: nox.Session) -> None:
    """All tests, on every Python that is at hand."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "pytest", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Style."""
    session.install("ruff>=0.12,<1")
    session.run("ruff", "check", *session.posargs, ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Types, strictly."""
    session.install("-e", ".[dev]")
    session.run("mypy", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """The site, without a warning, and its links. ``nox -s docs -- pictures`` draws the pictures first."""
    session.install("-e", ".[docs,test]")
    if "pictures" in session.posargs:
        session.run("python", "docs/pictures.py")
    session.run("python", "-m", "sphinx", "-q", "-E", "-n", "-W", "--keep-going", "docs", SITE)
    session.run("python", "docs/links.py", SITE)
    session.log(f"open {Path(SITE, 'index.html').absolute().as_uri()}")


@nox.session
def bench(session: nox.Session) -> None:
    """What it costs, beside what it may cost. The small run; ``nox -s bench -- --rounds 5`` for the whole one."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "benchmarks", *(session.posargs or ["--reduced"]))


@nox.session
def corpus(session: nox.Session) -> None:
    """The documents of real services, from a folder: ``nox -s corpus -- FOLDER``."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "tests.corpus", *(session.posargs or ["../shared/corpus"]))


@nox.session
def package(session: nox.Session) -> None:
    """The sdist and the wheel, built twice and checked, into ``dist``."""
    session.install("build>=1.2", "check-wheel-contents>=0.6,<1", "twine>=6.1,<8")
    session.run("bash", ".ci/package", "dist", external=True, env={"PYTHON": "python"})
