"""R16 to R19 and R52: what is repeated, what is not, and what becomes of the connections."""

from __future__ import annotations

import socket

import pytest
import requests
from faults.server import FaultServer, answer, chunked, redirect, then_close, then_reset, then_silence
from urllib3.util.retry import Retry

from odata3.errors import ArgumentError, DataServiceTransportException
from odata3.wire.messages import Request
from odata3.wire.transport import RequestsTransport

CHANGES = ["POST", "PUT", "MERGE", "PATCH", "DELETE"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_r16_a_read_is_repeated_after_a_lost_connection(method):
    with FaultServer(then_reset(), then_close(b""), answer(b"{}" if method == "GET" else b"")) as server:
        transport = RequestsTransport(server.url, retry=Retry(3, backoff_factor=0))
        assert transport.send(Request(method, server.url)).status == 200
        assert len(server.requests) == 3


def test_r16_a_few_repeats_are_the_default():
    with FaultServer(then_reset(), answer(b"{}")) as server:
        assert RequestsTransport(server.url).send(Request("GET", server.url)).status == 200


@pytest.mark.parametrize("method", CHANGES)
@pytest.mark.parametrize(
    "retry", [5, Retry(5, backoff_factor=0), Retry(5, allowed_methods=None, status_forcelist=[503], backoff_factor=0)]
)
@pytest.mark.parametrize(
    "fault", [then_reset(), then_close(b""), then_close(b"HTTP/1.1 20"), answer(status="503 Busy", Retry_After="0")]
)
def test_r16_a_change_is_never_repeated(method, retry, fault):
    with FaultServer(fault) as server:
        transport = RequestsTransport(server.url, retry=retry)
        if isinstance(fault, bytes):
            assert transport.send(Request(method, server.url, body=b"{}")).status == 503
        else:
            with pytest.raises(DataServiceTransportException) as caught:
                transport.send(Request(method, server.url, body=b"{}"))
            assert caught.value.outcome_unknown is True
        assert len(server.requests) == 1


def test_r16_a_retry_of_the_users_own_kind_is_kept():
    class Patient(Retry):
        waited = 0

        def sleep(self, response=None):
            Patient.waited += 1

    retry = Patient(2, status_forcelist=[503], allowed_methods=["GET", "POST"])
    with FaultServer(answer(status="503 Busy")) as server:
        transport = RequestsTransport(server.url, retry=retry)
        assert transport.send(Request("GET", server.url)).status == 503
        assert len(server.requests) == 3
        assert transport.send(Request("POST", server.url)).status == 503
        assert len(server.requests) == 4
    assert Patient.waited == 2
    assert retry.allowed_methods == ["GET", "POST"] and type(retry) is Patient, "the caller's object stays as it was"


@pytest.mark.parametrize("retry", [None, 0])
def test_r16_none_repeats_nothing(retry):
    with FaultServer(then_reset()) as server:
        with pytest.raises(DataServiceTransportException):
            RequestsTransport(server.url, retry=retry).send(Request("GET", server.url))
        assert len(server.requests) == 1


def test_r16_a_time_out_is_not_repeated():
    with FaultServer(then_silence(b"")) as server:
        with pytest.raises(DataServiceTransportException, match="no answer within"):
            RequestsTransport(server.url, timeout=0.1, retry=3).send(Request("GET", server.url))
        assert len(server.requests) == 1


@pytest.mark.parametrize("retry", [True, -1, 1.5, "3"])
def test_retry_is_a_count_or_a_retry(retry):
    with pytest.raises(ArgumentError, match="retry"):
        RequestsTransport("http://127.0.0.1/", retry=retry)


def test_r16_an_idle_connection_that_closed_is_replaced():
    with FaultServer(then_close(answer(b"1")), answer(b"2")) as server:
        transport = RequestsTransport(server.url, retry=1)
        assert transport.send(Request("GET", server.url)).body == b"1"
        assert transport.send(Request("GET", server.url)).body == b"2"
        assert len(server.requests) == 2


@pytest.mark.parametrize("method", ["GET", *CHANGES])
def test_r17_a_refused_connection_changed_nothing(method):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        with pytest.raises(DataServiceTransportException, match="connection refused") as caught:
            RequestsTransport(url, retry=None).send(Request(method, url, body=b"{}"))
    assert caught.value.outcome_unknown is False
    assert caught.value.method == method and caught.value.url == url


def test_r18_a_busy_service_is_an_answer():
    with FaultServer(answer(b"wait", "429 Too Many", Retry_After="7")) as server:
        response = RequestsTransport(server.url).send(Request("GET", server.url))
        assert (response.status, response.headers["retry-after"], response.body) == (429, "7", b"wait")
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "interim", [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", b"HTTP/1.1 102 P\r\n\r\n"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_r19_interim_answers_are_passed_over(interim, method):
    with FaultServer(interim * 2 + answer(b"done")) as server:
        response = RequestsTransport(server.url).send(Request(method, server.url))
    assert response.body == b"done"
    assert "Link" not in response.headers


def test_r19_in_a_callers_session_an_interim_answer_is_an_error_at_least():
    early = b"HTTP/1.1 103 Early Hints\r\n\r\n" + answer(b"done")
    with requests.Session() as session, FaultServer(early) as server:
        transport = RequestsTransport(server.url, session=session)
        with pytest.raises(DataServiceTransportException, match="interim"):
            transport.send(Request("GET", server.url))


FAULTS = [
    answer(b"x" * 100, Content_Length="200"),
    answer(b"x" * 100, Content_Length="50"),
    chunked(b"abc", end=b"zz\r\n"),
    answer(b"not gzip", Content_Encoding="gzip"),
    redirect("http://evil.example/"),
    answer(b"x" * 5000),
    redirect("/"),
]


def test_r52_failing_reads_leave_no_more_open_than_the_pool():
    faults = [then_close(FAULTS[0]), *FAULTS[1:]]
    with FaultServer(*(fault for _ in range(12) for fault in faults)) as server:
        transport = RequestsTransport(server.url, retry=None, max_response_bytes=1000)
        for _ in range(80):
            with pytest.raises(DataServiceTransportException):
                transport.send(Request("GET", server.url))
        assert server.open_now <= 10
        transport.close()


def test_r52_refusals_keep_their_connection():
    with FaultServer(answer(b"no", "404 Not Found")) as server:
        transport = RequestsTransport(server.url)
        for _ in range(20):
            assert transport.send(Request("GET", server.url)).status == 404
        assert server.opened == 1


def test_r54_no_global_traces():
    import gc
    import logging
    import warnings

    def state():
        return socket.getdefaulttimeout(), gc.isenabled(), list(warnings.filters), list(logging.getLogger().handlers)

    before = state()
    with FaultServer(then_reset()) as server, pytest.raises(DataServiceTransportException):
        RequestsTransport(server.url, retry=None).send(Request("GET", server.url))
    assert state() == before


@pytest.mark.parametrize(("method", "asked"), [("GET", 3), ("POST", 0), ("MERGE", 0), ("DELETE", 0)])
def test_r16_nobody_is_asked_whether_to_repeat_a_change(method, asked):
    """Not even one that cannot have arrived: the user's own Retry never hears of it."""
    heard = []

    class Counting(Retry):
        def increment(self, *arguments, **keywords):
            heard.append(arguments)
            return super().increment(*arguments, **keywords)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    transport = RequestsTransport(f"http://127.0.0.1:{port}/", retry=Counting(2, backoff_factor=0))
    with pytest.raises(DataServiceTransportException, match="refused"):
        transport.send(Request(method, f"http://127.0.0.1:{port}/"))
    assert len(heard) == asked
