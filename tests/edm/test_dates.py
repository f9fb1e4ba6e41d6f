"""Moments and durations: the shapes that are read, those that are not, and what is written."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odata3.edm.dates import (
    check_datetime,
    check_offset,
    read_datetime,
    read_duration,
    read_offset,
    write_datetime,
    write_duration,
    write_json_datetime,
    write_json_offset,
)


def zone(hours, minutes=0):
    return timezone(timedelta(hours=hours, minutes=minutes))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2013-08-19T22:13:09", datetime(2013, 8, 19, 22, 13, 9)),
        ("2013-08-19T22:13", datetime(2013, 8, 19, 22, 13)),
        ("2013-08-19T22:13:09.1", datetime(2013, 8, 19, 22, 13, 9, 100_000)),
        ("2013-08-19T22:13:09.1234567", datetime(2013, 8, 19, 22, 13, 9, 123_456)),
        ("2013-08-19T22:13:09.9999999", datetime(2013, 8, 19, 22, 13, 9, 999_999)),
        ("0001-01-01T00:00:00", datetime.min),
        ("9999-12-31T23:59:59.9999999", datetime.max),
        ("2013-08-19T22:13:09Z", datetime(2013, 8, 19, 22, 13, 9, tzinfo=UTC)),
        ("2013-08-19T22:13:09.1234567-07:00", datetime(2013, 8, 19, 22, 13, 9, 123_456, tzinfo=zone(-7))),
        ("2013-08-19T22:13+14:00", datetime(2013, 8, 19, 22, 13, tzinfo=zone(14))),
        (" 2013-08-19T22:13:09\r\n", datetime(2013, 8, 19, 22, 13, 9)),
    ],
)
def test_p31_r33_datetimes_are_aware_where_the_text_is(text, moment):
    found = read_datetime(text)
    assert found == moment
    assert found.utcoffset() == moment.utcoffset()


def test_p33_24_00_is_the_next_midnight():
    assert read_datetime("2013-12-31T24:00:00") == datetime(2014, 1, 1)
    assert read_datetime("2013-12-31T24:00") == datetime(2014, 1, 1)
    assert read_offset("2013-12-31T24:00:00.000Z") == datetime(2014, 1, 1, tzinfo=UTC)
    for text in ("2013-12-31T24:00:01", "2013-12-31T24:01", "9999-12-31T24:00:00"):
        with pytest.raises(ValueError, match=r"not an Edm\.DateTime"):
            read_datetime(text)


def test_a_leap_second_is_read_as_the_end_of_its_minute():
    assert read_datetime("2012-06-30T23:59:60Z") == datetime(2012, 6, 30, 23, 59, 59, 999_999, tzinfo=UTC)
    assert read_datetime("2012-06-30T23:59:60.5") == datetime(2012, 6, 30, 23, 59, 59, 999_999)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2013",
        "10",
        "2013-08-19",
        "20130819T221309",
        "2013-W33-1T10:00:00",
        "2013-231T10:00:00",
        "2013-08-19 22:13:09",
        "2013-08-19T22",
        "2013-08-19T22:13:09,5",
        "2013-08-19T22:13:09.",
        "2013-08-19T22:13:09+24:00",
        "2013-08-19T22:13:09-24:00",
        "2013-08-19T22:13:09+14:01",
        "2013-08-19T22:13:09+02:00:30",
        "2013-08-19T22:13:09+0200",
        "2013-08-19T25:13:09",
        "2013-08-19T22:60:09",
        "2013-08-19T22:13:61",
        "2013-02-30T00:00:00",
        "2013-13-01T00:00:00",
        "0000-01-01T00:00:00",
        "0000-00-00T00:00:00",
        "-2013-08-19T22:13:09",
        "12013-08-19T22:13:09",
        "\u0662013-08-19T22:13:09",
        "2013-08-19T22:13:09z",
        "/Date()/",
        "/Date(x)/",
        "/Date(1)/ ?",
        "/Date(253402300800000)/",
        "/Date(-62135596800001)/",
        "/Date(99999999999999999999)/",
        "/Date(0+0841)/",
        5,
        None,
        b"2013-08-19T22:13:09",
    ],
)
def test_r33_what_is_no_datetime(text):
    with pytest.raises(ValueError, match=r"not an Edm\.DateTime: "):
        read_datetime(text)


def test_p30_json_dates_are_clock_time_at_their_offset():
    assert read_datetime("/Date(3600000+0060)/") == datetime(1970, 1, 1, 1, tzinfo=zone(1))
    assert read_datetime("/Date(3600000+0060)/").hour == 1
    assert read_offset("/Date(3600000-0090)/") == datetime(1970, 1, 1, 1, tzinfo=zone(-1, -30))
    assert read_datetime("/Date(0)/") == datetime(1970, 1, 1)
    assert read_datetime("/Date(-1)/") == datetime(1969, 12, 31, 23, 59, 59, 999_000)
    assert read_offset("/Date(0)/") == datetime(1970, 1, 1, tzinfo=UTC)
    assert read_datetime("/Date(-62135596800000)/") == datetime.min
    assert read_datetime("/Date(253402300799999)/") == datetime(9999, 12, 31, 23, 59, 59, 999_000)


def test_offsets_are_required_of_a_datetimeoffset():
    assert read_offset("2013-08-19T22:13:09.5Z") == datetime(2013, 8, 19, 22, 13, 9, 500_000, tzinfo=UTC)
    with pytest.raises(ValueError, match="no offset"):
        read_offset("2013-08-19T22:13:09")


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("2013-08-19T22:13:09+0200", zone(2)),
        ("2013-08-19T22:13:09-07", zone(-7)),
        ("2013-08-19t22:13:09z", UTC),
        ("2013-08-19T22:13:09,0000009Z", UTC),
    ],
)
def test_odd_offsets_are_read_by_their_one_meaning(text, offset):
    found = read_offset(text)
    assert found == datetime(2013, 8, 19, 22, 13, 9, tzinfo=offset)
    assert type(found.tzinfo) is timezone


@pytest.mark.parametrize(
    "text", ["2013-08-19T22:13:09+15:00", "20130819T221309Z", "2013-W33-1T10:00Z", "10", "2013-02-30T10:00+02"]
)
def test_r33_what_is_no_datetimeoffset(text):
    with pytest.raises(ValueError, match=r"not an Edm\.DateTimeOffset"):
        read_offset(text)


def test_fractions_are_written_short_and_zones_as_dotnet_does():
    assert write_datetime(datetime(2013, 8, 19, 22, 13)) == "2013-08-19T22:13:00"
    assert write_datetime(datetime(2013, 8, 19, 22, 13, 9, 120_000, tzinfo=zone(2))) == "2013-08-19T22:13:09.12+02:00"
    assert write_datetime(datetime(1, 1, 1, tzinfo=UTC)) == "0001-01-01T00:00:00Z"
    with pytest.raises(ValueError, match="whole number of minutes"):
        write_datetime(datetime(2013, 8, 19, tzinfo=timezone(timedelta(seconds=30))))


def test_json_dates_are_cut_to_milliseconds_never_rounded_up():
    assert write_json_datetime(datetime(1970, 1, 1, 0, 0, 0, 1_999)) == "/Date(1)/"
    assert write_json_datetime(datetime(1969, 12, 31, 23, 59, 59, 999_999)) == "/Date(-1)/"
    assert write_json_datetime(datetime(1970, 1, 1, 2, tzinfo=zone(2))) == "/Date(0)/"
    assert write_json_datetime(datetime(1, 1, 1, tzinfo=zone(14))) == "/Date(-62135647200000)/"
    assert write_json_offset(datetime(1970, 1, 1, 1, tzinfo=zone(1))) == "/Date(3600000+0060)/"
    assert write_json_offset(datetime(1970, 1, 1, tzinfo=zone(-1, -30))) == "/Date(0-0090)/"


@given(st.datetimes().map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)), st.integers(-840, 840))
def test_p30_json_dates_round_trip(moment, minutes):
    assert read_datetime(write_json_datetime(moment)) == moment
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert read_offset(write_json_offset(aware)).isoformat() == aware.isoformat()


def test_subclasses_become_plain_datetimes():
    class Stamp(datetime):
        pass

    found = check_datetime(Stamp(2013, 8, 19, 22, 13, 9, 5, tzinfo=UTC))
    assert type(found) is datetime
    assert found == datetime(2013, 8, 19, 22, 13, 9, 5, tzinfo=UTC)
    with pytest.raises(ValueError, match="without offset; give it one"):
        check_offset(Stamp(2013, 8, 19))


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("PT13H20M", timedelta(hours=13, minutes=20)),
        ("PT36H", timedelta(hours=36)),
        ("-P1DT2H3.5S", -timedelta(days=1, hours=2, seconds=3.5)),
        ("P10D", timedelta(days=10)),
        ("PT0S", timedelta(0)),
        ("PT0.0000019S", timedelta(microseconds=1)),
        ("-PT0.0000019S", timedelta(microseconds=-1)),
        ("PT90M", timedelta(minutes=90)),
        ("PT19H02M01S", timedelta(hours=19, minutes=2, seconds=1)),
        ("-P10675199DT2H48M5.4775808S", -timedelta(days=10675199, hours=2, minutes=48, seconds=5, microseconds=477_580)),
        ("P10675199DT2H48M5.4775807S", timedelta(days=10675199, hours=2, minutes=48, seconds=5, microseconds=477_580)),
        ("13:20:00", timedelta(hours=13, minutes=20)),
        ("-1.02:03:04.5", -timedelta(days=1, hours=2, minutes=3, seconds=4.5)),
        (" PT1H ", timedelta(hours=1)),
    ],
)
def test_p34_durations(text, length):
    assert read_duration(text) == length


@pytest.mark.parametrize("text", ["P1Y", "P1M", "P1Y2M3DT4H", "P2W", "-P1M"])
def test_p34_years_and_months_say_why_they_are_refused(text):
    with pytest.raises(ValueError, match="no fixed length"):
        read_duration(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "PT",
        "P1DT",
        "-",
        "1D",
        "PT1S2M",
        "PT.5S",
        "PT1.S",
        "PT1,5S",
        "P1.5D",
        "P-1D",
        "PT-1H",
        "+PT1H",
        "pt1h",
        "PT1H ?",
        "25:61:00",
        "P10675199DT2H48M5.4775808S",
        "-P10675199DT2H48M5.4775809S",
        "P999999999D",
        "PT" + "9" * 5000 + "S",
        "PT\u0661S",
        5,
        None,
    ],
)
def test_r34_what_is_no_duration(text):
    with pytest.raises(ValueError, match=r"not an Edm\.Time"):
        read_duration(text)


def test_durations_are_written_with_what_is_not_zero():
    assert write_duration(timedelta(days=1, hours=2, minutes=3, seconds=4, milliseconds=5)) == "P1DT2H3M4.005S"
    assert write_duration(timedelta(hours=-1)) == "-PT1H"
    assert write_duration(timedelta(days=-2)) == "-P2D"
    assert write_duration(timedelta(microseconds=-1)) == "-PT0.000001S"
    assert write_duration(timedelta(0)) == "PT0S"


@given(st.timedeltas(timedelta(days=-10675198), timedelta(days=10675198)))
def test_durations_round_trip(length):
    assert read_duration(write_duration(length)) == length


@pytest.mark.parametrize("place", [4, 7, 10, 13, 16, 19])
@pytest.mark.parametrize("mark", "-:.T ,/W+0")
def test_the_form_that_net_writes_has_its_marks(place: int, mark: str) -> None:
    """``fromisoformat`` by itself takes ``22-13:09`` for a time, and blanks for the T."""
    text = "2013-08-19T22:13:09.1234567"
    if text[place] == mark:
        assert read_datetime(text).microsecond == 123456
    else:
        with pytest.raises(ValueError, match=r"Edm\.DateTime"):
            read_datetime(text[:place] + mark + text[place + 1 :])


@pytest.mark.parametrize("raw", [{}, [], 5, None, b"2013-08-19T22:13:09.1", ".", "2013-08-19T22:13:09."])
def test_what_is_no_text_of_a_moment_is_a_value_error(raw: object) -> None:
    for read in (read_datetime, read_offset):
        with pytest.raises(ValueError):
            read(raw)
