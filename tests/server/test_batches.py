from __future__ import annotations

from collections.abc import Callable

import pytest
from server.lab import LIGHT, Answer, Plain

from odata3.wire.batch import decode_responses
from odata3.wire.messages import Response


def part(request: str, body: str = "", **headers: str) -> str:
    """One ``application/http`` part."""
    fields = {"Accept": LIGHT, "MaxDataServiceVersion": "3.0", **{n.replace("_", "-"): v for n, v in headers.items()}}
    if body:
        fields |= {"Content-Type": LIGHT, "Content-Length": str(len(body.encode()))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return (
        f"Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n{request} HTTP/1.1\r\n{lines}\r\n{body}\r\n"
    )


def change_set(*parts: str, boundary: str = "c") -> str:
    inner = "".join(f"--{boundary}\r\n{one}" for one in parts)
    return f"Content-Type: multipart/mixed; boundary={boundary}\r\n\r\n{inner}--{boundary}--\r\n"


def batch(lab: Plain, *parts: str) -> list[Response | tuple[Response, ...]]:
    body = "".join(f"--b\r\n{one}" for one in parts) + "--b--\r\n"
    answer = send(lab, body)
    assert answer.status == 202, answer.text
    return decode_responses(answer.headers["Content-Type"], answer.body)


def send(lab: Plain, body: str) -> Answer:
    return lab("POST", "$batch", body, content_type="multipart/mixed; boundary=b")


def statuses(parts: list[Response | tuple[Response, ...]]) -> list[int | tuple[int, ...]]:
    return [tuple(r.status for r in p) if isinstance(p, tuple) else p.status for p in parts]


def test_p98_urls_in_every_form(lab: Plain) -> None:
    found = batch(
        lab,
        part("GET Probes(1)"),
        part(f"GET {lab.url}Probes(2)"),
        part("GET /Probes(3)"),
        part("GET Probes?$filter=Name eq 'alpha'"),
        part("GET http://elsewhere/Probes(1)"),
        part("GET Probes(99)"),
    )
    assert statuses(found) == [200, 200, 200, 200, 400, 404]
    assert all(isinstance(one, Response) for one in found)


def test_answers_are_the_same_as_outside(lab: Plain) -> None:
    (inside,) = batch(lab, part("GET Probes(1)"))
    assert isinstance(inside, Response) and inside.body == lab.get("Probes(1)").body
    assert inside.headers["Content-Type"] == "application/json;odata=minimalmetadata;streaming=true;charset=utf-8"


def test_a_change_set_refers_to_what_it_made(lab: Plain) -> None:
    changed, read = batch(
        lab,
        change_set(
            part("POST Benches", '{"Code":"Z"}', Content_ID="1"),
            part("POST $1/Probes", '{"Id":"50"}', Content_ID="2"),
            part("MERGE $2", '{"Name":"named"}', Content_ID="3"),
            part("POST Probes", '{"Id":"51","Bench@odata.bind":"$1"}', Content_ID="4"),
            part("PUT $4/$links/Bench", '{"url":"Benches(\'N\')"}', Content_ID="5"),
        ),
        part("GET Benches('Z')?$expand=Probes&$select=Code,Probes/Name"),
    )
    assert isinstance(changed, tuple)
    assert [r.status for r in changed] == [201, 201, 204, 201, 204]
    assert [r.headers["Content-ID"] for r in changed] == ["1", "2", "3", "4", "5"]
    assert changed[1].headers["Location"] == f"{lab.url}Probes(50L)"
    assert isinstance(read, Response) and b'"Probes":[{"Name":"named"}]' in read.body
    assert lab.get("Probes(51)/Bench").json["Code"] == "N"


def test_a_reference_behind_the_root_is_one_as_well(lab: Plain) -> None:
    changed, read = batch(
        lab,
        change_set(
            part(f"POST {lab.url}Benches", '{"Code":"Z"}', Content_ID="14"),
            part(f"POST {lab.url}$14/Probes", '{"Id":"50"}', Content_ID="15"),  # as .NET writes it
        ),
        part("GET Benches('Z')/Probes/$count", Accept="*/*"),
    )
    assert isinstance(changed, tuple) and [r.status for r in changed] == [201, 201]
    assert isinstance(read, Response) and read.body == b"1"


def test_a_failed_change_set_leaves_nothing_and_has_one_answer(lab: Plain) -> None:
    found = batch(
        lab,
        change_set(
            part("MERGE Probes(1)", '{"Name":"x"}', Content_ID="1"), part("MERGE Probes(99)", '{"Name":"x"}', Content_ID="2")
        ),
        part("GET Probes(1)/Name"),
        change_set(part("MERGE Probes(1)", '{"Name":"y"}')),
    )
    assert statuses(found) == [(404,), 200, (204,)]
    failed, between = found[0], found[1]
    assert isinstance(failed, tuple) and failed[0].headers["Content-ID"] == "2"
    assert isinstance(between, Response) and b"alpha" in between.body
    assert lab.get("Probes(1)/Name").json["value"] == "y"


def test_p100_what_stands_in_the_wrong_place(lab: Plain) -> None:
    found = batch(
        lab,
        part("POST Probes", '{"Id":"60"}'),
        change_set(part("GET Probes(1)")),
        change_set(part("POST Probes", '{"Id":"61"}', Content_ID="1"), part("POST Probes", '{"Id":"62"}', Content_ID="1")),
        part("GET Probes(1)"),
    )
    assert statuses(found) == [400, (400,), (400,), 200]
    assert lab.get("Probes/$count").text == "4"


def test_etags_and_preferences_within_a_batch(lab: Plain) -> None:
    (changed,) = batch(lab, change_set(part("MERGE Benches('N')", '{"Title":"x"}', If_Match='W/"0"', Prefer="return-content")))
    assert isinstance(changed, tuple) and changed[0].status == 200 and changed[0].headers["ETag"] == 'W/"1"'
    assert statuses(batch(lab, change_set(part("MERGE Benches('N')", '{"Title":"y"}', If_Match='W/"0"')))) == [(412,)]


def test_no_change_set_sees_another_ones_ids(lab: Plain) -> None:
    found = batch(
        lab, change_set(part("POST Benches", '{"Code":"A"}', Content_ID="1")), change_set(part("POST $1/Probes", '{"Id":"70"}'))
    )
    assert statuses(found) == [(201,), (404,)]


def test_empty_batches_and_no_batches(lab: Plain) -> None:
    assert send(lab, "--b--\r\n").status == 202
    assert send(lab, "garbage").status == 400
    assert lab("POST", "$batch", "{}").status == 400
    assert lab("POST", "$batch", "--b--", content_type="multipart/mixed").status == 400
    assert lab.get("$batch").status == 405


def test_there_is_a_bound(lab: Plain) -> None:
    assert send(lab, "".join(f"--b\r\n{part('GET Probes(1)')}" for _ in range(101)) + "--b--").status == 400


@pytest.mark.parametrize("line_end", ["\n", "\r"])
def test_p95_lines_may_end_otherwise(lab: Plain, line_end: str) -> None:
    body = f"--b\r\n{part('GET Probes(1)')}--b--\r\n".replace("\r\n", line_end)
    answer = send(lab, body)
    assert answer.status == 202 and b"200 OK" in answer.body


def test_a_service_without_batches(open_lab: Callable[..., Plain]) -> None:
    assert send(open_lab(batch=False), "--b--\r\n").status == 501
