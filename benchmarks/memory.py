"""Memory: of entities kept, of a walk over a million that are not, and at the height of reading a large Atom feed.

What lxml and the system hold is seen from outside only, so the last two run in processes of their own and read ``/proc``.
"""

from __future__ import annotations

import json
from typing import Any

from benchmarks import data, service
from benchmarks.feeds import URL, read
from benchmarks.figures import Figure, Outcome, Scale
from benchmarks.measuring import allocated, alone, forget_peak, peak, resident, settle
from odata3.client.options import MergeOption

PER_PAGE = 1_000
_FROM_PAGE = 20


def _per_entity(scale: Scale) -> Outcome:
    """Context, descriptors and entities that nobody looked at, over the dictionaries of ``json.loads``."""
    body = data.light_feed(scale.entities)
    session = service.session({URL: service.Answer(body, service.LIGHT)})
    known = service.model()
    floor = allocated(lambda: json.loads(body))
    return Outcome(allocated(lambda: read(service.context(session, known))) / floor)


# --- a walk over pages ----------------------------------------------------------------------------------------------------------


def walk(pages: int) -> list[int]:
    """The bytes in memory at each page of a walk over ``pages`` of a thousand entities, none of them tracked."""
    body, last = data.light_feed(PER_PAGE, next_link=f"{URL}?$skiptoken=@@@"), data.light_feed(PER_PAGE)

    def answer(url: str) -> service.Answer:
        page = int(url.rpartition("=")[2]) if "=" in url else 1
        return service.Answer(body.replace(b"@@@", b"%d" % (page + 1)) if page < pages else last, service.LIGHT)

    context: Any = service.context(service.session(answer), service.model())
    context.merge_option = MergeOption.NO_TRACKING
    sizes = []
    for number, _ in enumerate(context.Machines, 1):
        if number % PER_PAGE == 0:
            sizes.append(resident())
    assert len(sizes) == pages, f"{len(sizes)} pages were walked"
    return sizes


def _walk(scale: Scale) -> Outcome:
    sizes = alone(walk, scale.pages)
    return Outcome((max(sizes[_FROM_PAGE:]) - sizes[_FROM_PAGE - 1]) / 2**20)


# --- a large Atom feed ----------------------------------------------------------------------------------------------------------


def height(megabytes: int) -> tuple[int, int]:
    """How far memory rose above what is kept in the end, in bytes, while an Atom feed was read; and its entries."""
    entries = megabytes * 2**20 // len(data.atom_entry(1).encode())
    session = service.session({URL: service.Answer(data.atom_feed(entries), service.ATOM)})
    context = service.context(session, service.model(), format="atom")
    settle()
    forget_peak()
    kept = read(context)
    most = peak()
    settle()
    over = most - resident()
    del kept
    return over, entries


def _height(scale: Scale) -> Outcome:
    over, entries = alone(height, scale.megabytes)
    return Outcome(over / entries / 1000)


FIGURES = (
    Figure("memory", "memory per tracked entity, nothing read yet", "decoded dictionaries", 1.6, 1.15, _per_entity),
    Figure("pages", "1M entities in 1,000 pages, untracked: growth after page 20", "0", 24, 8, _walk, "MiB"),
    Figure("atom-peak", "Atom feed of 50 MB: peak over the entities kept, per entry", "a tree: 37 kB", 20, 8, _height, "kB"),
)
