"""Where an example finds its service: ``python howto_10_list.py [SERVER] [--subscription ID] [--principal NAME] ...``.

Each option may stand in the environment instead (``SPF_VMM_SERVER``, ``SPF_VMM_SUBSCRIPTION`` ...), and the password only there
(``SPF_VMM_PASSWORD``); else it is asked for. Without a server the example starts an emulator of its own, and works on that.
"""

import argparse
import os
from getpass import getpass

import spf_vmm
from odata3 import DataServiceContext

OPTIONS = {
    "subscription": "the tenant's subscription id",
    "principal": "the user in whose name a tenant asks",
    "user": "for Basic authentication; DOMAIN\\user for NTLM",
    "cert": "a client certificate: a PEM file that holds the key, too",
    "verify": "the certificate, or its authority's, that the server has to show: a PEM file",
}


def tenant(main):
    """The tenant's VMM service. SERVER is what ``spf_vmm.connect`` takes."""
    run(main, "url", spf_vmm.connect)


def hoster(main):
    """The hoster's VMM service, of all tenants. SERVER is what ``spf_vmm.connect`` takes."""
    run(main, "hoster_url", spf_vmm.connect)


def roles(main):
    """The tenant's VM roles. SERVER is the whole root: ``https://wapserver:30006/{subscription}/``."""
    run(main, "roles_url", spf_vmm.VMM)


def administrator(main):
    """The hoster's Admin service. SERVER is the whole root: ``https://.../SC2012R2/Admin/Microsoft.Management.Odata.svc/``."""
    run(main, "admin_url", DataServiceContext)


def run(main, root, connect):
    server, access = arguments()
    if server is not None:
        with connect(server, **access) as context:
            main(context)
    else:
        with spf_vmm.emulator.run() as box:
            principal = {} if root in ("hoster_url", "admin_url") else {"principal_id": box.principal_id}
            with connect(getattr(box, root), **principal) as context:
                main(context)


def arguments():
    """The server, or None; and what ``connect`` has to know to get in."""
    parser = argparse.ArgumentParser()
    parser.add_argument("server", nargs="?", default=os.environ.get("SPF_VMM_SERVER"))
    for name, told in OPTIONS.items():
        parser.add_argument(f"--{name}", default=os.environ.get(f"SPF_VMM_{name.upper()}"), help=told)
    given = parser.parse_args()
    access = {
        "subscription_id": given.subscription,
        "principal_id": given.principal,
        "auth": given.user and credentials(given.user),
        "cert": given.cert,
        "verify": given.verify,
    }
    return given.server, {name: value for name, value in access.items() if value is not None}


def credentials(user):
    password = os.environ.get("SPF_VMM_PASSWORD") or getpass(f"Password of {user}: ")
    if "\\" in user:
        from requests_ntlm import HttpNtlmAuth  # the extra "ntlm"

        return HttpNtlmAuth(user, password)
    return user, password
