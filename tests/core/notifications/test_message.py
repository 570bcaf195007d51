"""Texts of single messages and digests."""

import pytest

from core.models import NotificationEvent
from core.notifications.digest import digest
from core.notifications.message import MessageFacts, compose, duration
from tests.factories import NOON, at

LINK = "https://watch.example/downtime/1"


def facts(event: NotificationEvent = NotificationEvent.DOWN, **overrides: object) -> MessageFacts:
    given = {
        "event": event,
        "website": "Shop",
        "url": "https://shop.example/",
        "cause": "shop.example refused the connection on port 443.",
        "since": NOON,
        "link": LINK,
        "website_id": 1,
        "window_id": 1,
    } | overrides
    return MessageFacts(**given)  # type: ignore[arg-type]


def test_a_failure_names_website_cause_time_and_link() -> None:
    message = compose(facts())

    assert message.title == "Shop is down"
    assert message.text.splitlines() == [
        "shop.example refused the connection on port 443.",
        "Down since 2026-03-01 12:00:00 UTC.",
        LINK,
    ]
    assert message.payload["website"] == {"id": 1, "name": "Shop", "url": "https://shop.example/"}


def test_right_to_left_characters_reorder_nothing_around_them() -> None:
    hostile = facts(website="Shop \u202egnp", cause="The server answered \u202eKO 002.")

    single, many = compose(hostile), digest([hostile, facts(website="Blog")], LINK)

    assert single.title == "\u2068Shop \u202egnp\u2069 is down"
    assert single.text.splitlines()[0] == "\u2068The server answered \u202eKO 002.\u2069"
    assert single.payload["website"]["name"] == "Shop \u202egnp"
    assert "• \u2068Shop \u202egnp\u2069: \u2068The server answered \u202eKO 002.\u2069" in many.text.splitlines()


def test_a_recovery_names_the_duration() -> None:
    message = compose(facts(NotificationEvent.UP, until=at(7_500)))

    assert message.title == "Shop is back"
    assert message.text.splitlines() == [
        "It was down for 2 hours 5 minutes, until 2026-03-01 14:05:00 UTC.",
        "Cause: shop.example refused the connection on port 443.",
        LINK,
    ]


def test_a_reminder_names_duration_and_cause() -> None:
    message = compose(facts(NotificationEvent.REMINDER, sent_at=at(7_500), acknowledge="https://watch.example/a"))

    assert message.title == "Shop is still down"
    assert message.text.splitlines() == [
        "It has been down for 2 hours 5 minutes, since 2026-03-01 12:00:00 UTC.",
        "shop.example refused the connection on port 443.",
        LINK,
        "Acknowledge: https://watch.example/a",
    ]
    assert (message.payload["event"], message.payload["until"]) == ("reminder", None)


def test_unsteadiness_names_the_failed_checks_and_the_cause() -> None:
    said = "7 of the last 20 checks failed, but too few in a row to count as down. The server returned status 502."
    message = compose(facts(NotificationEvent.UNSTEADY, cause=said))

    assert (message.title, message.text.splitlines()) == ("Shop fails intermittently", [said, LINK])
    assert message.payload["event"] == "unsteady"


def test_a_digest_of_reminders_names_each_duration() -> None:
    still = [facts(NotificationEvent.REMINDER, website=name, sent_at=at(3_600)) for name in ("Shop", "Mail")]

    message = digest(still, "https://watch.example/")

    assert message.title == "2 websites are still down"
    assert message.text.splitlines()[1:3] == ["• Shop, for 1 hour", "• Mail, for 1 hour"]


def test_a_custom_template_is_filled_in() -> None:
    message = compose(facts(cause="$link {{7*7}} ${website}"), "$website: $cause")

    assert message.text == "Shop: $link {{7*7}} ${website}"


def test_a_digest_names_the_common_cause() -> None:
    same = digest([facts(website=f"Site {number}") for number in range(25)], "https://watch.example/")
    different = digest([facts(), facts(cause="A timeout.")], "https://watch.example/")

    assert same.title == "25 websites are down"
    assert same.text.startswith("All report: shop.example refused the connection")
    assert "and 5 more" in same.text
    assert len(same.payload["websites"]) == 25
    assert different.text.startswith("The causes differ.")


def test_causes_that_differ_in_host_and_time_only_are_common() -> None:
    said = "The origin server of {} fails with status 503 (Service Unavailable) after {}."
    each = [("a.example", "426 ms"), ("b.example", "less than 0.1 ms"), ("c.example", "1.2 s")]

    message = digest(
        [facts(website=host, url=f"https://{host}/", cause=said.format(host, took)) for host, took in each],
        "https://watch.example/",
    )

    assert message.text.splitlines()[:2] == [
        "All report: The origin server of the host fails with status 503 (Service Unavailable).",
        "• a.example",
    ]
    assert "426 ms" in message.payload["websites"][0]["cause"]


def test_a_failure_that_has_ended_is_reported_in_the_past_tense() -> None:
    one = facts(until=at(60))
    many = [one, *(facts(website=f"Site {number}") for number in range(3))]

    alone, some = compose(one), digest(many, "https://watch.example/")
    every = digest([one, facts(website="Blog", until=at(120))], "https://watch.example/")

    assert alone.title == "Shop was down"
    assert alone.text.splitlines()[1] == "It was down for 1 minute, until 2026-03-01 12:01:00 UTC."
    assert some.title == "4 websites went down, 1 is back"
    assert "• Shop (back after 1 minute)" in some.text
    assert every.title == "2 websites were down"


def test_a_digest_compares_check_errors_while_evidence_is_incomplete() -> None:
    symptom = "The server returned status 503."
    found = facts(website="Shop 1", cause="The origin server fails with status 503.", symptom=symptom)
    not_yet = [facts(website=f"Shop {number}", cause=symptom, symptom=symptom) for number in (2, 3)]

    message = digest([found, *not_yet], "https://watch.example/")

    assert message.text.splitlines()[:2] == ["All report: The server returned status 503.", "• Shop 1"]


def test_the_cause_of_most_websites_is_named_once_after_the_exceptions() -> None:
    many = [facts(website=f"Shop {number}", cause="It burns.") for number in range(3)]

    message = digest([*many, facts(website="Blog", cause="A timeout.")], "https://watch.example/")

    assert message.text.splitlines()[:3] == ["3 of them report: It burns.", "• Blog: A timeout.", "• Shop 0"]


def test_a_digest_of_recoveries_names_each_duration() -> None:
    back = [facts(NotificationEvent.UP, website=f"Site {minutes}", until=at(60 * minutes)) for minutes in (1, 2)]

    message = digest(back, "https://watch.example/")

    assert message.title == "2 websites are back"
    assert message.text.splitlines() == [
        "• Site 1: down for 1 minute",
        "• Site 2: down for 2 minutes",
        "https://watch.example/",
    ]
    assert message.payload["event"] == "up"
    assert [one["website"]["name"] for one in message.payload["websites"]] == ["Site 1", "Site 2"]


def test_a_digest_omits_the_common_cause_and_distinguishes_equal_names() -> None:
    hosts = [facts(website="shop.example", url=f"https://shop.example/{path}") for path in ("cart", "pay")]
    twins = [facts(website="Twin", url=f"https://{host}.example/") for host in ("a", "b")]

    message = digest([*hosts, *twins, facts()], "https://watch.example/")

    assert message.text.splitlines() == [
        "All report: shop.example refused the connection on port 443.",
        "• shop.example/cart",
        "• shop.example/pay",
        "• Twin (https://a.example/)",
        "• Twin (https://b.example/)",
        "• Shop",
        "https://watch.example/",
    ]


@pytest.mark.parametrize(
    ("url", "title"),
    [
        ("https://shop.example/", "shop.example is down"),
        ("http://shop.example:8080/cart", "shop.example:8080/cart is down"),
    ],
    ids=["all of its host", "a page of it"],
)
def test_a_website_named_like_its_host_is_shown_by_its_address(url: str, title: str) -> None:
    assert compose(facts(website="shop.example", url=url)).title == title


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "less than a second"), (61, "1 minute 1 second"), (90_061, "1 day 1 hour"), (3_600, "1 hour")],
)
def test_durations_are_written_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words
