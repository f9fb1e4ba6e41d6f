"""The server wing: a small reference service over any database, and what an emulator is built of. Needs the extra ``server``."""

from odata3.server.doors import Basic, Door, Ntlm
from odata3.server.hooks import Call, Change, ChangeKind, Exchange, LinkChange, LinkKind, Query
from odata3.server.refusal import Refusal
from odata3.server.seeding import seed
from odata3.server.service import Service
from odata3.server.sites import Site
from odata3.server.store import DuplicateKeyError, Record, Store, Transaction
from odata3.server.wsgi import RunningServer, application, serve

__all__ = [
    "Basic",
    "Call",
    "Change",
    "ChangeKind",
    "Door",
    "DuplicateKeyError",
    "Exchange",
    "LinkChange",
    "LinkKind",
    "Ntlm",
    "Query",
    "Record",
    "Refusal",
    "RunningServer",
    "Service",
    "Site",
    "Store",
    "Transaction",
    "application",
    "seed",
    "serve",
]
