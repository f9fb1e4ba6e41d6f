"""The one XML parser: what it reads, what it refuses, and what it says then."""

import io

import pytest
from lxml import etree

from odata3.errors import MetadataError, PayloadError
from odata3.markup import NS, events, parse


def test_r27_text_is_whole_around_comments_instructions_and_cdata():
    root = parse(b"<a>x<!-- c -->y<?pi?>z<![CDATA[<q>]]>w</a>")
    assert root.text == "xyz<q>w"
    assert len(root) == 0


def test_a_mark_and_blanks_before_the_declaration_are_passed_over():
    for start in (b"\xef\xbb\xbf", b" \r\n", b"\xef\xbb\xbf\n"):
        assert parse(start + b'<?xml version="1.0"?><a/>').tag == "a"


def test_r26_encodings():
    text = '<?xml version="1.0" encoding="utf-16"?><a>é</a>'
    assert parse(text.encode("utf-16")).text == "é"
    assert parse(text.encode("utf-8")).text == "é"  # the declaration lies, and cannot be right
    assert parse('<?xml version="1.0" encoding="iso-8859-1"?><a>é</a>'.encode("latin-1")).text == "é"
    with pytest.raises(PayloadError):
        parse(b"<a>\xff</a>")


@pytest.mark.parametrize(
    "document",
    [
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<?xml version="1.0"?>\n<!-- hello --><!DOCTYPE a><a/>',
        b"<!DOCTYPE a SYSTEM 'http://example.invalid/a.dtd'><a/>",
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'.encode("utf-16"),
        b"<!DOCTYPE a ["
        + b"".join(b'<!ENTITY x%d "%s">' % (n, b"&x%d;" % (n - 1) * 10) for n in range(1, 12))
        + b"]><a>&x11;</a>",
    ],
)
def test_r24_any_doctype_is_refused(document):
    with pytest.raises(PayloadError, match="DOCTYPE"):
        parse(document)
    with pytest.raises(PayloadError, match="DOCTYPE"):
        list(events(io.BytesIO(document), ["a"]))


def test_an_html_page_is_named_as_such():
    with pytest.raises(PayloadError, match="HTML page"):
        parse(b"<!doctype html>\n<html><body>Sign in<br></body></html>")


def test_many_comments_before_the_root_cost_nothing():
    assert parse(b"<!-- a -->" * 5_000 + b"<a/>").tag == "a"


def test_the_caller_names_the_error_and_gets_the_line():
    with pytest.raises(MetadataError) as caught:
        parse(b"\n\n<a>\n<b></a>", error=MetadataError)
    assert caught.value.where == "line 4"
    assert "b" in str(caught.value)
    assert "column" not in str(caught.value)


@pytest.mark.parametrize(
    "document", [b"", b"  ", b"no", b"<a>&x;</a>", b"<a", b"<a/>more", b"\x00", b'<?xml version="1.0" encoding="foo"?><a/>']
)
def test_what_is_not_xml_is_refused(document):
    with pytest.raises(PayloadError):
        parse(document)
    with pytest.raises(PayloadError):
        list(events(io.BytesIO(document), ["a"]))


def test_r25_depth_and_size_are_bounded_unless_huge():
    deep = b"<a>" * 300 + b"</a>" * 300
    with pytest.raises(PayloadError, match="depth"):
        parse(deep)
    assert parse(deep, huge=True).tag == "a"
    big = b"<a>" + b"x" * 10_500_000 + b"</a>"
    with pytest.raises(PayloadError):
        parse(big)
    assert len(parse(big, huge=True).text) == 10_500_000


def test_events_give_the_root_first_and_then_what_ends():
    stream = io.BytesIO(b"\n<r z='1'><a>1</a><b><a>2</a></b></r>")
    found = events(stream, ["a", "b"])
    root = next(found)
    assert (root.tag, root.get("z")) == ("r", "1")
    assert [(e.tag, e.text) for e in found] == [("a", "1"), ("a", "2"), ("b", None)]


def test_events_deliver_what_stood_before_the_damage():
    entries = b"".join(b"<a>%d</a>" % n for n in range(50_000))
    got = []
    with pytest.raises(PayloadError, match="line 1"):
        for element in events(io.BytesIO(b"<r>" + entries + b"<broken"), ["a"]):
            got.append(element.text)
    assert got[-1] == "49999"


def test_events_without_a_match_still_show_the_root():
    assert [e.tag for e in events(io.BytesIO(b"<r/>"), ["a"])] == ["r"]
    assert [e.tag for e in events(io.BytesIO(b"<a><a/></a>"), ["a"])] == ["a", "a", "a"]


def test_events_read_as_they_go():
    class Slow(io.RawIOBase):
        def __init__(self):
            self.parts = [b"<r><a>1</a>", b"<a>2</a>", b"</r>"]

        def read(self, size=-1):
            return self.parts.pop(0) if self.parts else b""

    stream = Slow()
    found = events(stream, ["a"])
    next(found)
    assert next(found).text == "1"
    assert len(stream.parts) == 2


def test_the_names_are_the_protocol_s():
    assert NS.RELATED == "http://schemas.microsoft.com/ado/2007/08/dataservices/related/"
    assert etree.QName(f"{{{NS.M}}}null").namespace.endswith("/dataservices/metadata")
