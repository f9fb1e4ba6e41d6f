"""One service in each format: what is asked gives the same context, and what is written leaves the same in the service."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import pytest

pytest.importorskip("sqlalchemy")

from client.test_same_answers import told
from server.lab import MODEL, lab_service

from odata3.client.context import DataServiceContext
from odata3.client.options import SaveChangesOptions
from odata3.server.service import Service
from odata3.wire.messages import Request, Response

ROOT = "http://lab.example/"
FORMATS = ("json", "verbosejson", "atom")


@dataclass
class Direct:
    service: Service

    def send(self, request: Request) -> Response:
        return self.service.send(request)

    def open(self, request: Request) -> Any:
        raise AssertionError("nothing is read in pieces here")

    def close(self) -> None: ...


def context(service: Service, format: str) -> DataServiceContext:
    return DataServiceContext(ROOT, transport=Direct(service), metadata=MODEL, format=format)


@pytest.fixture(scope="module")
def service() -> Any:
    service = lab_service(page_size={"Probes": 3})
    ctx = context(service, "json")
    photo = ctx.types.Photo(Id=1, Title="one")
    ctx.add_object("Photos", photo)
    ctx.set_save_stream(photo, io.BytesIO(b"\x89PNG"), True, "image/png", slug="1")
    ctx.save_changes()
    ctx.set_save_stream(photo, "Thumb", io.BytesIO(b"small"), True, "image/gif")
    ctx.save_changes()
    yield service
    service.close()


PATHS = [
    "Probes",
    "Probes(1L)",
    "Probes(4L)",
    "Probes/Lab.HotProbe",
    "Probes?$expand=Bench",
    "Benches?$expand=Probes/Bench",
    "Benches('a%2Fb%20%25''')",
    "Photos",
    "Photos(1)",
    "Notes",
    "Orders?$expand=Lines",
    "Orders(1)/Lines",
    "Lines(Number=1,Item='x')/Order",
    "Probes(3L)/Bench",
    "Probes(4L)/Lab.HotProbe/Spare",
    "Probes(1L)/Home",
    "Probes(1L)/Tags",
    "Probes(1L)/Places",
    "Probes(1L)/Taken",
    "Probes(1L)/Blob",
    "Probes(1L)/Color",
    "Probes(3L)/Name",
    "Probes?$inlinecount=allpages&$top=1",
    "Probes?$select=Id,Name",
    "Benches('N')/$links/Probes",
    "Probes(1L)/$links/Bench",
    "ByName?name='alpha'",
    "Cities",
    "Nope",
    "Probes(99L)",
]


@pytest.mark.parametrize("path", PATHS)
def test_p61_p71_what_is_asked_in_each_format(service: Service, path: str) -> None:
    light, verbose, atom = (told(context(service, format), "GET", path) for format in FORMATS)
    assert light == atom
    assert light == verbose
    if "refused" not in light and path != "Probes(3L)/Bench":
        assert light["rows"]


@pytest.mark.parametrize("path", [path for path in PATHS if "$select" not in path])
def test_p71_each_level_of_light_json(service: Service, path: str) -> None:
    said = {}
    for level in ("nometadata", "minimalmetadata", "fullmetadata"):
        ctx = context(service, "json")

        @ctx.sending_request.append
        def wish(args: Any, level: str = level) -> None:
            args.headers["Accept"] = f"application/json;odata={level}"

        said[level] = told(ctx, "GET", path)
    assert said["minimalmetadata"] == said["fullmetadata"]
    if "refused" in said["nometadata"]:
        assert said["nometadata"] == said["minimalmetadata"]
    elif not {"Probes", "Notes", "Photos"} & {path.partition("(")[0].partition("?")[0].partition("/")[0]}:
        assert said["nometadata"]["rows"] == said["minimalmetadata"]["rows"]  # derived types and streams are named nowhere
        assert said["nometadata"]["entities"].keys() == said["minimalmetadata"]["entities"].keys()


def test_p61_streams_and_operations_reach_the_descriptors(service: Service) -> None:
    for format in FORMATS:
        ctx = context(service, format)
        (photo,) = ctx.Photos.to_list()
        found = ctx.get_entity_descriptor(photo)
        assert (found.read_stream_uri, found.edit_stream_uri) == (f"{ROOT}Photos(1)/$value",) * 2
        assert found.stream_etag
        (thumb,) = found.stream_descriptors
        assert (thumb.stream_link.name, thumb.stream_link.content_type) == ("Thumb", "image/gif")
        assert thumb.stream_link.etag
        probe = ctx.Probes.first()
        (offered,) = ctx.get_entity_descriptor(probe).operation_descriptors
        assert (offered.name, offered.title) == ("Main.Recalibrate", "Recalibrate")
        assert offered.target == f"{ROOT}Probes(1L)/Recalibrate"
        links = {info.name: info for info in ctx.get_entity_descriptor(probe).link_infos}
        assert links["Bench"].association_link == f"{ROOT}Probes(1L)/$links/Bench"


@pytest.mark.parametrize("options", [SaveChangesOptions.NONE, SaveChangesOptions.BATCH])
def test_what_is_written_in_each_format(options: SaveChangesOptions) -> None:
    """The same unit of work in each format leaves the same in the service."""
    ends = []
    for format in FORMATS:
        with_data = lab_service()
        ctx = context(with_data, format)
        types = ctx.types
        first, second, third, hot = ctx.Probes.order_by("Id").to_list()
        first.Home.City, first.Home.Zip = "Malmö", None
        first.Tags.append(" blanks ")
        first.Places[0].Since = second.Taken
        first.Color = types.Color.Green
        ctx.update_object(first)
        second.Name, second.Weight, second.Blob = None, float("-inf"), b""
        ctx.update_object(second)
        hot.Limit = 10
        ctx.update_object(hot)
        ctx.delete_object(third)
        bench = types.Bench(Code="ü'/", Title="<&>\t\n", Version=3)
        ctx.add_object("Benches", bench)
        ctx.set_link(hot, "Bench", bench)
        made = types.HotProbe(Id=2**53 + 1, Name="", Limit=-1, Price="2.50", Places=[types.Address(City="x")], Flag=False)
        ctx.add_object("Probes", made)
        ctx.add_link(bench, "Probes", made)
        ctx.add_link(made, "Spare", first)
        note = types.Note(
            Id="a11cc636-5521-4f88-92b2-cad392911fe1", Text="two", Mood="odd", Score=-5
        )  # verbose JSON has no types of others
        ctx.add_object("Notes", note)
        ctx.save_changes(options)
        after = context(with_data, "json")
        ends.append([told(after, "GET", path) for path in ("Probes?$expand=Bench", "Benches?$expand=Probes", "Notes")])
        with_data.close()
    assert ends[0] == ends[1]
    assert ends[0] == ends[2]
    probes = ends[0][0]["rows"]
    assert [row[0] for row in probes] == ["Probe", "Probe", "HotProbe", "HotProbe"]
