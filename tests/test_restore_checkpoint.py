"""The README's story: a checkpoint is found, restored, and what went over the wire is the documented request, byte for byte.

Against the emulator over a real socket; only the server's address is not that of the guide.
"""

from __future__ import annotations

import json
import socket
import threading
from uuid import UUID

import pytest

import spf_vmm
from spf_vmm import emulator

CHECKPOINT = UUID("a11cc636-5521-4f88-92b2-cad392911fe0")
SUBSCRIPTION = "BA4146FA-FB41-41B6-A7C0-2B4FF4C3F7E3"

DOCUMENTED_PATH = (
    "/BA4146FA-FB41-41B6-A7C0-2B4FF4C3F7E3/services/systemcenter/vmm/VMCheckPoints("
    "ID=guid'a11cc636-5521-4f88-92b2-cad392911fe0',StampId=guid'ba4146fa-fb41-4f59-a193-ad00c52a138c')"
)
DOCUMENTED_HEADERS = {
    "DataServiceVersion": "3.0;NetFx",
    "MaxDataServiceVersion": "3.0;NetFx",
    "Accept": "application/json;odata=minimalmetadata",
    "Accept-Charset": "UTF-8",
    "DataServiceUrlConventions": "KeyAsSegment",
    "x-ms-principal-id": "user@contoso.com",
    "Content-Type": "application/json;odata=minimalmetadata",
}
DOCUMENTED_BODY = {"VMCheckPointAction": "Restore", "odata.type": "VMM.VMCheckPoint"}


class Tap:
    """Stands between client and server and keeps every byte that the client sends."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.sent = b""
        self._ends: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            self._ends += [client, server]
            threading.Thread(target=self._pass_on, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self._pass_on, args=(server, client, False), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, keep: bool) -> None:
        try:
            while data := source.recv(65536):
                if keep:
                    self.sent += data
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def close(self) -> None:
        for end in (self._listener, *self._ends):
            end.close()

    def requests(self) -> list[tuple[str, str, dict[str, str], bytes]]:
        """(method, path, headers, body) of each request."""
        found, rest = [], self.sent
        while rest:
            head, _, rest = rest.partition(b"\r\n\r\n")
            line, *fields = head.decode("latin-1").split("\r\n")
            method, path, _ = line.split(" ")
            headers = dict(field.split(": ", 1) for field in fields)
            length = int(headers.get("Content-Length", "0"))
            found.append((method, path, headers, rest[:length]))
            rest = rest[length:]
        return found


@pytest.fixture
def server():
    with emulator.run() as running:
        yield running


@pytest.fixture
def tap(server):
    tap = Tap(int(server.origin.rpartition(":")[2]))
    yield tap
    tap.close()


def connected(tap):
    return spf_vmm.connect(
        f"http://127.0.0.1:{tap.port}", subscription_id=SUBSCRIPTION, principal_id="user@contoso.com", auth=("user", "secret")
    )


def restore(vmm):
    checkpoint = (
        vmm.VMCheckPoints
           .where(lambda cp: cp.ID == UUID("a11cc636-5521-4f88-92b2-cad392911fe0"))
           .first_or_default()
    )  # fmt: skip
    if checkpoint is not None:
        checkpoint.VMCheckPointAction = "Restore"
        vmm.update_object(checkpoint)
        vmm.save_changes()
    return checkpoint


def test_the_request_is_the_documented_one(tap):
    with connected(tap) as vmm:
        assert restore(vmm) is not None
    look_up, merge = tap.requests()
    assert look_up[0] == "GET"
    assert look_up[1] == (
        f"/{SUBSCRIPTION}/services/systemcenter/vmm/VMCheckPoints"
        "?$filter=ID%20eq%20guid'a11cc636-5521-4f88-92b2-cad392911fe0'&$top=1"
    )
    method, path, headers, body = merge
    assert method == "MERGE"
    assert path == DOCUMENTED_PATH
    assert {name: headers.get(name) for name in DOCUMENTED_HEADERS} == DOCUMENTED_HEADERS
    assert json.loads(body) == DOCUMENTED_BODY
    assert len(json.loads(body)) == 2


def test_every_request_carries_the_headers_of_the_guide(tap):
    with connected(tap) as vmm:
        restore(vmm)
    for method, _, headers, _ in tap.requests():
        for name, value in DOCUMENTED_HEADERS.items():
            if name != "Content-Type" or method == "MERGE":
                assert headers[name] == value


def test_the_machine_comes_back(server):
    with spf_vmm.connect(server.url, principal_id=server.principal_id) as vmm:
        machine = vmm.VirtualMachines.where(lambda vm: vm.Name == "web01").first()
        before = (machine.Status, machine.StatusString, machine.VirtualMachineState, machine.Description, machine.Memory)
        machine.Operation = "Stop"
        vmm.update_object(machine)
        vmm.save_changes()
        machine.Description, machine.Memory = "changed", 512
        vmm.update_object(machine)
        vmm.save_changes()
        restore(vmm)
    with spf_vmm.connect(server.url, principal_id=server.principal_id) as vmm:
        machine = vmm.VirtualMachines.where(lambda vm: vm.Name == "web01").first()
        assert (machine.Status, machine.StatusString, machine.VirtualMachineState, machine.Description, machine.Memory) == before
        assert machine.LastRestoredCheckpointId == CHECKPOINT


def test_a_second_restore_of_the_same_object_sends_the_same_body_again(tap):
    with connected(tap) as vmm:
        checkpoint = restore(vmm)
        checkpoint.VMCheckPointAction = "Restore"
        vmm.update_object(checkpoint)
        vmm.save_changes()
    merges = [request for request in tap.requests() if request[0] == "MERGE"]
    assert len(merges) == 2
    assert merges[0] == merges[1]


def test_an_unknown_checkpoint_is_none(server):
    with spf_vmm.connect(server.url, principal_id=server.principal_id) as vmm:
        assert vmm.VMCheckPoints.where(lambda cp: cp.ID == UUID(int=1)).first_or_default() is None
