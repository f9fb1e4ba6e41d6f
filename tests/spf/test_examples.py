"""Every example runs, says what it should, and asks what the documentation shows.

Where a page shows the request of a how-to, the example is given the page's names and has to send that request: method, path,
headers and members are the documented ones, the ids being those of the emulator in place of the page's, one for one.
"""

from __future__ import annotations

import json
import re
import runpy
import sys
from pathlib import Path
from uuid import UUID

import pytest
from spf.documented import check_head, check_members, given_values, pages, place

import spf_vmm
from odata3 import DataServiceContext

EXAMPLES = Path(__file__).parents[2] / "examples"

SAYS = {
    "01": "Example machine is Running",
    "02": "Stop -> Stopped\nStart -> Running",
    "03": "left: archive01, build01, edge01, failed01, web01",
    "04": "created Before the release below",
    "05": "answered 204\nweb01 is back at Before updates",
    "06": "left: Empty, Fresh installation, Release 1.1, try, Updates installed",
    "07": "CreateFromVHDOrTemplate, RemoteConnect",
    "08": "created Fabrikam",
    "09": "works on Stamp 1, Stamp 2",
    "10": "Clouds: Contoso Cloud",
    "11": "web01 belongs to new.owner@contoso.com",
    "12": "Fresh installation\n  Before updates\n    Release 1.1, try\n    Updates installed",
    "13": "Example network on Tenant Network",
    "14": "Example subnet 192.168.10.0/24 in Front",
    "15": "adapter 1 of db01 is on Front",
    "16": "tools.iso is in the drive of db01",
    "17": "400 GB",
    "18": "tools.iso in VMMLibrary\ntools.iso has 734003200 bytes",
    "19": "Example NAT is Enabled\nWeb 25015 -> 10.0.0.169 25015",
    "20": "Branch office was read at 20",
    "21": "Example shop 2.0 has 2 machines and is Running",
    "22": "Contoso Cloud has room for 20 machines\nweb01 is at 10.0.0.",
    "23": "now: Completed w/ Info",
    "24": "Example role is a TenantAdmin with someone@contoso.com and 3 machines",
    "25": "Web-3 has 1 disk and 1 adapter\n{'Web-1': 'Running', 'Web-2': 'Running', 'Web-3': 'Running'}",
}


def values_of(page, **names):
    """The page's values under the names that the example's parameters have."""
    return {parameter: page["body"][member] for parameter, member in names.items()}


#: How-to of a page -> the example that makes the request, and what it is given of the page.
SHOWN = {
    "Create a virtual machine from a VM template": ("01", {"name": "Name", "computer": "ComputerName"}),
    "Start or stop a virtual machine (Stop)": ("02", {}),
    "Delete a virtual machine": ("03", {}),
    "Create a virtual machine checkpoint": ("04", {"name": "Name", "description": "Description"}),
    "Restore a virtual machine from a checkpoint": ("05", {}),
    "Delete a virtual machine checkpoint": ("06", {}),
    "Add a permission to a user role": ("07", {}),
    "WAP: create a checkpoint for a virtual machine": ("04", {"name": "Name", "description": "Description"}),
    "WAP: read a checkpoint": ("12", {}),
    "WAP: delete a virtual machine": ("03", {}),
    "WAP: update a virtual machine without waiting": ("11", {}),
    "WAP: create a VM network": ("13", {"name": "Name"}),
    "WAP: create a VM subnet": ("14", {"name": "Name", "cidr": "Subnet"}),
    "WAP: create a virtual DVD drive": ("16", {}),
    "WAP: mount an ISO on a virtual DVD drive": ("16", {}),
    "WAP: expand a virtual disk drive (action)": ("17", {"gigabytes": "VirtualHardDiskSizeGB"}),
    "WAP: create a NAT connection": ("19", {"name": "Name"}),
    "WAP: reset the bandwidth of a NAT connection": ("19", {"name": "Name", "description": "Description"}),
    "WAP: create a NAT rule": ("19", {"rule_name": "Name", "port": "ExternalPort", "address": "InternalIPAddress"}),
    "WAP: read guest information": ("22", {}),
    "WAP: list clouds": ("22", {}),
    "WAP: clear a job failure": ("23", {}),
    "WAP: create a cloud service (VM roles)": ("25", {"name": "Name", "label": "Label"}),
}

#: Not made by a context: no type, empty parentheses, one header.
NO_EXAMPLE = {"Blog: create a VM network with plain JSON"}

#: PUT says everything that was read; these are what the how-to is about.
PUT_IS_ABOUT = {
    "WAP: mount an ISO on a virtual DVD drive": {"ISOId", "Bus", "BusType", "ISOLinked", "Accessibility", "Enabled"},
    "WAP: reset the bandwidth of a NAT connection": {
        "Name",
        "Description",
        "MaximumBandwidthInboundKbps",
        "MaximumBandwidthOutboundKbps",
        "Status",
    },
    "WAP: clear a job failure": {"SkipLastFailedStep"},
}

GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|<drive-id>")


@pytest.fixture
def example(monkeypatch):
    """Loads an example, as ``__main__`` or for its ``main``."""
    monkeypatch.syspath_prepend(EXAMPLES)

    def load(number, run_name="example"):
        (script,) = EXAMPLES.glob(f"howto_{number}_*.py")
        return runpy.run_path(str(script), run_name=run_name)

    yield load
    sys.modules.pop("connection", None)


def connected(number, server):
    if number in ("08", "09"):
        return DataServiceContext(server.admin_url)
    if number == "24":
        return spf_vmm.connect(server.hoster_url)
    root = server.roles_url if number == "25" else server.url
    return spf_vmm.VMM(root, principal_id=server.principal_id)


def test_there_is_one_for_each_how_to():
    found = sorted(path.name.split("_")[1] for path in EXAMPLES.glob("howto_*.py"))
    assert found == sorted(SAYS) == [f"{number:02}" for number in range(1, 26)]


@pytest.mark.parametrize("number", SAYS)
def test_it_runs(number, example, server, capsys):
    with connected(number, server) as context:
        example(number)["main"](context)
    assert SAYS[number] in capsys.readouterr().out


@pytest.mark.parametrize(("number", "root"), [("18", "url"), ("08", "admin_url"), ("24", "hoster_url"), ("25", "roles_url")])
def test_the_command_line_names_the_server(number, root, example, serving, monkeypatch, capsys):
    with serving(credentials=("user", "secret")) as server:
        arguments = [getattr(server, root), "--user", "user"]
        if root in ("url", "roles_url"):
            arguments += ["--principal", server.principal_id]
        monkeypatch.setattr(sys, "argv", ["example", *arguments])
        monkeypatch.setenv("SPF_VMM_PASSWORD", "secret")
        example(number, "__main__")
    assert SAYS[number] in capsys.readouterr().out


def test_the_environment_does_too(example, server, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["example"])
    for name, value in {"SERVER": server.origin, "SUBSCRIPTION": server.subscription_id, "PRINCIPAL": "me"}.items():
        monkeypatch.setenv(f"SPF_VMM_{name}", value)
    example("14", "__main__")
    assert SAYS["14"] in capsys.readouterr().out


@pytest.mark.parametrize("number", ["09", "18"])
def test_without_a_server_it_brings_its_own(number, example, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["example"])
    monkeypatch.delenv("SPF_VMM_SERVER", raising=False)
    example(number, "__main__")
    assert SAYS[number] in capsys.readouterr().out


# -- the documented requests ----------------------------------------------------------------------------------------------------


def shown():
    found = [page["howto"] for page in pages()]
    return [f"{number}: {name}" for number, name in enumerate(found) if name not in NO_EXAMPLE] or ["none at hand"]


@pytest.mark.parametrize("name", shown())
def test_it_sends_the_documented_request(name, example, server, capsys):
    if name == "none at hand":
        pytest.skip("checks against documents that others published, which are not ours to ship (they stand in ../shared)")
    page = pages()[int(name.partition(":")[0])]
    number, members = SHOWN[page["howto"]]
    given = values_of(page, **members)
    if page["howto"] == "Add a permission to a user role":
        *had, given["added"] = page["body"]["PermissionInput"][0]["Permission"]
        grant(server, had)
    sent = []
    with connected(number, server) as context:
        context.watch(lambda request, response: sent.append(request))
        example(number)["main"](context, **given)
    request = the_one(sent, page)
    named = renamed(page, request)
    check_head(request, named)
    if named["body"] is None:
        return
    body = json.loads(request.body)
    if request.method == "PUT":
        assert named["body"].keys() - {"odata.type"} <= body.keys() | {"ID", "StampId"}
        body = {member: body[member] for member in PUT_IS_ABOUT[page["howto"]]}
    check_members(body, named)
    if request.method == "POST":
        assert given_values(named).keys() <= body.keys()


def test_every_page_has_its_example():
    found = {page["howto"] for page in pages()}
    if not found:
        pytest.skip("checks against documents that others published, which are not ours to ship (they stand in ../shared)")
    assert found == SHOWN.keys() | NO_EXAMPLE


def grant(server, permissions):
    """The permissions that the page's role had."""
    with server.emulator.store.begin() as store:
        role = store.get("UserRoles", ID=server.subscription_id)
        store.update(role, {"Permission": permissions})


def the_one(sent, page):
    """The first request of the page's form: its method, its path, and the same names in its key."""

    def form(method, url):
        path, key = place(url)
        return method, GUID.sub("*", path), frozenset(part.partition("=")[0] for part in key)

    wanted = form(page["method"], page["url"])
    for request in sent:
        if form(request.method, request.url) == wanted:
            return request
    raise AssertionError(f"no {wanted} among {[(r.method, r.url) for r in sent]}")


def renamed(page, request):
    """The page with the ids of the emulator: each id stands for one of the emulator, no two for the same, all over the page."""
    theirs, ours = ids_of(page["url"], page["body"]), ids_of(request.url, json.loads(request.body or "null"))
    names = {}
    for where in theirs.keys() & ours.keys():
        assert names.setdefault(theirs[where], ours[where]) == ours[where], where
    assert len(set(names.values())) == len(names)
    text = json.dumps({name: page[name] for name in ("method", "url", "headers", "body")})
    return json.loads(GUID.sub(lambda found: names.get(found[0], found[0]), text))


def ids_of(url, body):
    """The ids of a request, by where they stand: in the key, as a segment, or in a member of the body."""
    path, key = place(url)
    found = {("key", part.partition("=")[0]): GUID.search(part)[0] for part in key}
    found |= {("path", number): text for number, text in enumerate(GUID.findall(path))}

    def look(where, value):
        if isinstance(value, dict):
            for name, item in value.items():
                look((*where, name), item)
        elif isinstance(value, list):
            for number, item in enumerate(value):
                look((*where, number), item)
        elif isinstance(value, str) and GUID.fullmatch(value) and value != str(UUID(int=0)):
            found[where] = value

    look(("body",), body)
    return found
