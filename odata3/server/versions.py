"""Which protocol version a request was written by, and which its answer may have.

::

    DataServiceVersion: 3.0;NetFx       the rules of the request            absent: the ceiling
    MaxDataServiceVersion: 2.0          the ceiling of the answer           absent: the service's own
    MinDataServiceVersion: 2.0          the floor of the answer

Every feature asks for a version: of the request by :meth:`Versions.need_request`, of the answer by
:meth:`Versions.raise_response`, and where it is not to be had the request is refused in the words of WCF Data Services.
Source: digest section 1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from odata3.server.refusal import Refusal

#: These compare as texts; what a request may say, 10.0, does not.
KNOWN = ("1.0", "2.0", "3.0")

_is_version = re.compile(r"\s*(\d{1,4}\.\d{1,4})\s*(?:;.*)?", re.ASCII | re.DOTALL).fullmatch


class Versions:
    """The versions of one exchange. ``response`` rises with what the answer holds."""

    def __init__(self, headers: Mapping[str, str], maximum: str = "3.0") -> None:
        asked = _read(headers, "MaxDataServiceVersion")
        given = _read(headers, "DataServiceVersion")
        floor = _read(headers, "MinDataServiceVersion")
        self.maximum = maximum
        self.ceiling = asked if asked is not None and float(asked) < float(maximum) else maximum
        if given is not None and float(given) > float(maximum):
            raise Refusal(
                400,
                f"Request version '{given}' is too high for the server. "
                f"Please specify a request version less than or equal to '{maximum}'.",
            )
        if given is not None and given not in KNOWN:
            raise _invalid("DataServiceVersion", given)
        self.request = given if given is not None else self.ceiling
        self.response = "1.0"
        if floor is not None:
            self.raise_response(floor)

    def need_request(self, version: str) -> None:
        """The request uses what only ``version`` knows."""
        if self.request < version:
            raise Refusal(
                400,
                f"The DataServiceVersion '{self.request}' is too low for the request. "
                f"The lowest supported version is '{version}'.",
            )

    def raise_response(self, version: str) -> None:
        """The answer holds what only ``version`` knows."""
        if version > self.ceiling:
            raise Refusal(
                400,
                f"The MaxDataServiceVersion '{self.ceiling}' is too low for the response. "
                f"The lowest supported version is '{version}'.",
            )
        self.response = max(self.response, version)


def _read(headers: Mapping[str, str], name: str) -> str | None:
    value = headers.get(name)
    if value is None:
        return None
    found = _is_version(value)
    if found is None:
        raise _invalid(name, value)
    return found[1]


def _invalid(name: str, value: str) -> Refusal:
    return Refusal(
        400, f"Request version '{value[:40]}' specified for header '{name}' is not valid. Please specify a valid version value."
    )
