"""Maintenance occurs once or repeatedly, by the wall clock of its time zone, for its websites."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import BaseModel, ValidationError
from sqlalchemy.orm import Session

from core.errors import InvalidInput, NotFound
from core.models import MaintenanceWindow
from core.schemas import MaintenanceWindowCreate, MaintenanceWindowUpdate, explain
from core.services import MaintenanceWindowCRUD, TagCRUD
from core.services.maintenance_window import (
    in_maintenance,
    maintenance,
    next_occurrences,
    occurrences,
    planned,
    running,
)
from tests.factories import NOON, at, make_maintenance, make_website

HOUR = 3600


def _starts(window: MaintenanceWindow, since: datetime, until: datetime) -> list[datetime]:
    return [datetime.fromtimestamp(first, UTC) for first, _last in occurrences(window, since=since, until=until)]


def test_a_window_is_stored_changed_and_deleted(store: Session) -> None:
    window = make_maintenance(store, name="Deploy")

    assert MaintenanceWindowCRUD.get_all(store) == ([window], 1)
    MaintenanceWindowCRUD.update(store, window.id, MaintenanceWindowUpdate(name="Release", recurrence="FREQ=DAILY"))
    assert (window.name, window.recurrence, window.duration_seconds) == ("Release", "FREQ=DAILY", HOUR)
    with pytest.raises(NotFound, match="There is no maintenance window 4711"):
        MaintenanceWindowCRUD.update(store, 4711, MaintenanceWindowUpdate(name="x"))
    assert MaintenanceWindowCRUD.delete(store, window.id) is True
    assert MaintenanceWindowCRUD.delete(store, window.id) is False


@pytest.mark.parametrize(
    ("name", "value"),
    [("recurrence", "FREQ=OFTEN"), ("recurrence", "x"), ("timezone", "Atlantis/")],
    ids=["a frequency", "a word", "a time zone"],
)
def test_invalid_maintenance_in_the_database_is_ignored_with_one_warning(
    store: Session, caplog: pytest.LogCaptureFixture, name: str, value: str
) -> None:
    website = make_website(store)
    window = make_maintenance(store, recurrence="FREQ=DAILY")
    make_maintenance(store)
    setattr(window, name, value + store.get_bind().dialect.name)  # each test's own, because each is reported once
    store.flush()

    assert [running(store, at(10)) for _ in range(2)] == [{website.id}] * 2  # by the other window
    assert next_occurrences(window, after=at(0), count=2) == []
    assert [record.message for record in caplog.records] == ["maintenance with an invalid rule or time zone is ignored"]


def test_a_time_zone_that_is_a_folder_is_ignored(store: Session) -> None:
    window = make_maintenance(store, recurrence="FREQ=DAILY")
    window.timezone = "Europe"

    assert next_occurrences(window, after=at(0), count=2) == []


def test_a_single_window_is_found_while_it_lasts(store: Session) -> None:
    website = make_website(store)
    make_maintenance(store, website_id=website.id)

    for moment, is_in in ((at(-1), False), (at(0), True), (at(HOUR - 1), True), (at(HOUR), False)):
        assert in_maintenance(store, [website.id], moment) == ({website.id} if is_in else set())


def test_a_window_applies_to_a_website_to_a_tag_or_to_all(store: Session) -> None:
    one, tagged, other = (make_website(store) for _ in range(3))
    (tag,) = TagCRUD.set_for_website(store, tagged.id, ["shop"])
    ids = [one.id, tagged.id, other.id]

    make_maintenance(store, website_id=one.id)
    make_maintenance(store, tag_id=tag.id, starts_at=at(2 * HOUR))
    make_maintenance(store, starts_at=at(4 * HOUR))

    assert in_maintenance(store, ids, at(10)) == {one.id}
    assert in_maintenance(store, ids, at(2 * HOUR)) == {tagged.id}
    assert in_maintenance(store, ids, at(4 * HOUR)) == set(ids)


def test_websites_in_maintenance_at_a_moment_are_found(store: Session) -> None:
    one, tagged, other = (make_website(store) for _ in range(3))
    (tag,) = TagCRUD.set_for_website(store, tagged.id, ["shop"])
    make_maintenance(store, website_id=one.id, recurrence="FREQ=DAILY")
    make_maintenance(store, tag_id=tag.id, starts_at=at(2 * HOUR))
    make_maintenance(store, starts_at=at(4 * HOUR))

    found = [running(store, at(hours * HOUR)) for hours in (-1, 0, 1, 2, 4, 24)]

    assert found == [set(), {one.id}, set(), {tagged.id}, {one.id, tagged.id, other.id}, {one.id}]


def test_past_maintenance_is_not_read(store: Session) -> None:
    website = make_website(store)
    begin = at(0) + timedelta(microseconds=5)
    once = make_maintenance(store, website_id=website.id, starts_at=begin, ended_early=["no instant"])
    store.flush()

    assert running(store, at(-1)) == running(store, begin + timedelta(seconds=HOUR)) == set()

    once.ended_early = [at(HOUR).isoformat()]
    ends = (begin, at(HOUR) - timedelta(microseconds=1), at(HOUR))
    assert [running(store, moment) for moment in ends] == [{website.id}, {website.id}, set()]


def test_a_recurring_window_keeps_its_local_time_in_summer_and_winter(store: Session) -> None:
    # Berlin: summer time begins on 29 March 2026 at 02:00, so that 04:00 is 03:00 UTC before and 02:00 UTC after.
    first = datetime(2026, 3, 22, 3, tzinfo=UTC)
    window = make_maintenance(store, starts_at=first, recurrence="FREQ=WEEKLY;BYDAY=SU", timezone="Europe/Berlin")

    found = _starts(window, datetime(2026, 3, 20, tzinfo=UTC), datetime(2026, 4, 7, tzinfo=UTC))

    assert found == [first, datetime(2026, 3, 29, 2, tzinfo=UTC), datetime(2026, 4, 5, 2, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("recurrence", "starts_at", "hours"),
    [
        pytest.param("FREQ=HOURLY", datetime(2026, 3, 28, 23, tzinfo=UTC), [23, 24, 25, 26], id="none strikes twice"),
        pytest.param("FREQ=HOURLY", datetime(2026, 10, 24, 23, tzinfo=UTC), [23, 24, 25, 26], id="02:00 twice"),
        pytest.param("FREQ=DAILY", datetime(2026, 10, 25, 1, tzinfo=UTC), [1, 25], id="begun when 02:00 came again"),
        pytest.param("FREQ=DAILY", datetime(2026, 10, 24, 0, tzinfo=UTC), [0, 24, 49], id="a day has one"),
    ],
)
def test_an_occurrence_happens_once_when_clocks_change(
    store: Session, recurrence: str, starts_at: datetime, hours: list[int]
) -> None:
    window = make_maintenance(
        store, starts_at=starts_at, recurrence=recurrence, duration_seconds=600, timezone="Europe/Berlin"
    )

    found = next_occurrences(window, after=starts_at, count=len(hours))

    midnight = datetime(starts_at.year, starts_at.month, starts_at.day, tzinfo=UTC).timestamp()
    assert [(start - midnight) / 3_600 for start, _end in found] == hours


@pytest.mark.parametrize(
    ("recurrence", "starts_at", "hours"),
    [
        pytest.param("FREQ=HOURLY;COUNT=4", datetime(2026, 10, 24, 23, tzinfo=UTC), [0, 1, 2, 3], id="02:00 twice"),
        pytest.param("FREQ=HOURLY;COUNT=4", datetime(2026, 3, 28, 23, tzinfo=UTC), [0, 1, 2, 3], id="no 02:00"),
        pytest.param("FREQ=HOURLY;COUNT=1", datetime(2026, 10, 25, 0, tzinfo=UTC), [0], id="once, and not again"),
        pytest.param("FREQ=DAILY;COUNT=2", datetime(2026, 10, 24, 0, tzinfo=UTC), [0, 24], id="a day has one"),
    ],
)
def test_a_rule_with_a_count_has_that_many_occurrences_when_clocks_change(
    store: Session, recurrence: str, starts_at: datetime, hours: list[int]
) -> None:
    window = make_maintenance(
        store, starts_at=starts_at, recurrence=recurrence, duration_seconds=600, timezone="Europe/Berlin"
    )

    found = _starts(window, starts_at - timedelta(days=2), starts_at + timedelta(days=9))

    assert found == [starts_at + timedelta(hours=hour) for hour in hours]
    assert _starts(window, found[-1], starts_at + timedelta(days=9)) == found[-1:]


@pytest.mark.parametrize(
    ("until", "days"),
    [
        pytest.param("20260301T120000Z", [0], id="at the very start of one"),
        pytest.param("20260302T115959Z", [0], id="a second before the second"),
        pytest.param("20260302T120000Z", [0, 1], id="at the second"),
        pytest.param("20260302T210000", [0, 1], id="by the clocks of its zone"),
    ],
)
def test_the_end_of_a_rule_in_utc_is_observed(store: Session, until: str, days: list[int]) -> None:
    window = make_maintenance(store, recurrence=f"FREQ=DAILY;UNTIL={until}", timezone="Asia/Tokyo")

    found = next_occurrences(window, after=NOON, count=5)

    assert [start for start, _end in found] == [at(day * 86_400).timestamp() for day in days]


def test_a_window_that_began_before_the_span_counts_in_it(store: Session) -> None:
    window = make_maintenance(store, recurrence="FREQ=DAILY;COUNT=2", duration_seconds=2 * HOUR)

    assert _starts(window, at(HOUR), at(86_400)) == [NOON]
    assert _starts(window, at(2 * HOUR), at(86_400)) == []
    assert _starts(window, at(2 * HOUR), at(86_401)) == [at(86_400)]
    assert _starts(window, at(3 * 86_400), at(9 * 86_400)) == []


def test_overlapping_windows_are_merged(store: Session) -> None:
    website = make_website(store)
    make_maintenance(store, website_id=website.id)
    make_maintenance(store, starts_at=at(HOUR / 2))

    found = maintenance(store, [website.id], since=at(-HOUR), until=at(9 * HOUR))

    assert found == {website.id: [(at(0).timestamp(), at(1.5 * HOUR).timestamp())]}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"recurrence": "every sunday"}, "not an RRULE of RFC 5545"),
        ({"recurrence": "FREQ=SECONDLY"}, "hourly at most"),
        ({"recurrence": "FREQ=DAILY\nEXDATE:20260301"}, "one RRULE without DTSTART"),
        ({"timezone": "Mars/Olympus"}, "time zone Mars/Olympus is not known"),
        ({"timezone": "../../etc/passwd"}, "is not known"),
        ({"duration_seconds": 0}, "duration_seconds: must be 60 or more."),
        ({"website_id": 1, "tag_id": 1}, "for one website or for one tag, not for both"),
    ],
)
def test_an_invalid_window_is_refused_with_one_sentence(given: dict[str, object], says: str) -> None:
    facts = {"name": "n", "starts_at": NOON, "duration_seconds": HOUR}

    with pytest.raises(ValidationError) as refused:
        MaintenanceWindowCreate.model_validate(facts | given)

    assert says in explain(refused.value)


def test_an_update_cannot_set_both_a_website_and_a_tag(store: Session) -> None:
    website = make_website(store)
    (tag,) = TagCRUD.set_for_website(store, website.id, ["shop"])
    window = make_maintenance(store, website_id=website.id)

    with pytest.raises(InvalidInput, match="not for both"):
        MaintenanceWindowCRUD.update(store, window.id, MaintenanceWindowUpdate(tag_id=tag.id))


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3", "never occurs"),
        ("FREQ=WEEKLY;BYDAY=MO;BYSETPOS=5", "never occurs"),
        (
            "FREQ=WEEKLY;INTERVAL=0",
            "INTERVAL must be a whole number from 1 to 1,000",
        ),  # it would be looked for without an end
        ("FREQ=DAILY;INTERVAL=-1", "INTERVAL must be a whole number from 1 to 1,000"),
        ("FREQ=DAILY;INTERVAL=99999999999", "INTERVAL must be a whole number from 1 to 1,000"),  # beyond the calendar
        ("FREQ=HOURLY;COUNT=10001", "COUNT must be a whole number from 1 to 10,000"),  # all are calculated
        ("FREQ=DAILY;COUNT=0", "COUNT must be a whole number from 1 to 10,000"),
        ("FREQ=DAILY;FREQ=WEEKLY", "must not contain a part twice"),
        ("FREQ=HOURLY;BYHOUR=25", "is not an RRULE"),
        ("FREQ=DAILY;UNTIL=99999999999999999999", "is not an RRULE"),
        ("FREQ=MONTHLY;BYDAY=+99MO", "is not an RRULE"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "BYMONTHDAY needs"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=MO", "an INTERVAL needs"),
        ("FREQ=DAILY;BYHOUR=1,2;BYMINUTE=1,2,3", "must not contain BYMINUTE"),
    ],
)
def test_a_rule_that_never_occurs_is_refused(rule: str, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        MaintenanceWindowCreate(name="x", starts_at=NOON, duration_seconds=3600, recurrence=rule)


@pytest.mark.parametrize("schema", [MaintenanceWindowCreate, MaintenanceWindowUpdate])
def test_a_start_outside_the_supported_years_is_refused(schema: type[BaseModel]) -> None:
    nothing = "0001-01-01T00:00:00Z"  # as programs in Go write it

    with pytest.raises(ValidationError, match="from the years 1900 to 9000"):
        schema.model_validate({"name": "x", "starts_at": nothing, "duration_seconds": 60, "recurrence": "FREQ=DAILY"})


@pytest.mark.parametrize(
    "rule", ["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "FREQ=MONTHLY;BYDAY=-1SU", "FREQ=DAILY;COUNT=3", "FREQ=HOURLY"]
)
def test_a_rule_that_occurs_rarely_is_accepted(rule: str) -> None:
    assert MaintenanceWindowCreate(name="x", starts_at=NOON, duration_seconds=60, recurrence=rule).recurrence == rule


def test_ending_early_only_shortens_the_running_occurrence(store: Session) -> None:
    window = make_maintenance(store, recurrence="FREQ=DAILY")

    MaintenanceWindowCRUD.end_now(store, window.id, NOON + timedelta(days=1, minutes=20))
    store.expire_all()

    days = occurrences(window, since=NOON, until=NOON + timedelta(days=3))
    assert [end - start for start, end in days] == [3600, 1200, 3600]


def test_maintenance_that_is_not_running_cannot_be_ended(store: Session) -> None:
    window = make_maintenance(store)

    with pytest.raises(InvalidInput, match="not in progress"):
        MaintenanceWindowCRUD.end_now(store, window.id, NOON - timedelta(seconds=1))

    with pytest.raises(NotFound):
        MaintenanceWindowCRUD.end_now(store, 999, NOON)


def test_the_next_occurrences_begin_with_the_running_one(db: Session) -> None:
    window = make_maintenance(db, recurrence="FREQ=YEARLY")

    spans = next_occurrences(window, after=NOON + timedelta(minutes=5), count=3)

    years = [datetime.fromtimestamp(start, UTC).year for start, _end in spans]
    assert years == [NOON.year, NOON.year + 1, NOON.year + 2]


def test_a_single_occurrence_is_next_until_it_ends(db: Session) -> None:
    window = make_maintenance(db)

    assert len(next_occurrences(window, after=NOON - timedelta(days=400), count=5)) == 1
    assert next_occurrences(window, after=NOON + timedelta(hours=1), count=5) == []


def test_planned_returns_the_maintenance_of_a_website(store: Session) -> None:
    website, other = make_website(store), make_website(store)
    tag = TagCRUD.set_for_website(store, website.id, ["shop"])[0]
    make_maintenance(store, name="All")
    make_maintenance(store, name="Tagged", tag_id=tag.id, starts_at=NOON + timedelta(minutes=1))
    make_maintenance(store, name="Other", website_id=other.id)

    found = planned(store, [website.id], since=NOON, until=NOON + timedelta(hours=1))[website.id]

    assert [one.name for one in found] == ["All", "Tagged"]
