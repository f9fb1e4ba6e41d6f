"""Where the examples find their service.

``SPF_VMM_SERVER`` names one, together with ``SPF_VMM_SUBSCRIPTION``, ``SPF_VMM_PRINCIPAL``, ``SPF_VMM_USER`` and
``SPF_VMM_PASSWORD``; without it each example starts an emulator of its own, and works on that.
"""

import os
from contextlib import contextmanager

import spf_vmm


@contextmanager
def tenant():
    """The tenant's service."""
    server = os.environ.get("SPF_VMM_SERVER")
    if server is None:
        with spf_vmm.emulator.run() as box, spf_vmm.connect(box.url, principal_id=box.principal_id) as vmm:
            yield vmm
    else:
        with spf_vmm.connect(
            server,
            subscription_id=os.environ.get("SPF_VMM_SUBSCRIPTION"),
            principal_id=os.environ.get("SPF_VMM_PRINCIPAL"),
            auth=credentials(),
        ) as vmm:
            yield vmm


def credentials():
    """(user, password), or None. For NTLM: ``requests_ntlm.HttpNtlmAuth(user, password)`` in their place."""
    user = os.environ.get("SPF_VMM_USER")
    return None if user is None else (user, os.environ["SPF_VMM_PASSWORD"])


@contextmanager
def root(variable, of_emulator):
    """Another root of the service: from the environment, or of an emulator."""
    found = os.environ.get(variable)
    if found is None:
        with spf_vmm.emulator.run() as box:
            yield getattr(box, of_emulator)
    else:
        yield found
