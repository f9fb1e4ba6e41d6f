"""What an examination of a service says: one finding for each question, and the profile that a context takes.

Source: OData V3 digest sections 1, 2, 4 and 8, as ``odata3.client.examination`` asks about them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from odata3.client.service_profile import Profile


class Grade(Enum):
    """How a finding is to be taken: ``GOOD`` as it should be, ``NOTE`` to be known, ``PROBLEM`` in the way of reading."""

    GOOD = "ok"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to one question: its ``topic``, a ``text`` that says what was found, the ``grade``, and as ``remedy`` what to
    do, if anything is."""

    topic: str
    text: str
    grade: Grade = Grade.GOOD
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.grade.value:8}{self.topic}: {self.text}" + (f" ({self.remedy})" if self.remedy else "")

    def to_dict(self) -> dict[str, str]:
        """The same as plain texts by name, empty ones left out."""
        told = {"topic": self.topic, "grade": self.grade.value, "text": self.text, "remedy": self.remedy}
        return {name: value for name, value in told.items() if value}


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found at a service root, without user information in ``service``: the ``findings`` in the order of the questions,
    the ``profile`` that a context takes, and how many ``requests`` were sent."""

    service: str
    findings: tuple[Finding, ...]
    profile: Profile
    requests: int

    @property
    def is_usable(self) -> bool:
        """Whether nothing stands in the way of reading."""
        return all(finding.grade is not Grade.PROBLEM for finding in self.findings)

    def to_dict(self) -> dict[str, Any]:
        """The profile, and the findings with it: what ``profile=`` of a context takes."""
        return {
            "service": self.service,
            **self.profile.to_dict(),
            "found": [finding.to_dict() for finding in self.findings],
        }
