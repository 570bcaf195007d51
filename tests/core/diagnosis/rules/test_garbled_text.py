"""Letters in the wrong encoding."""

from time import process_time

import pytest

from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.rules.garbled_text import garbled_text
from tests.core.diagnosis.facts import evidence, session

GOOD = session(text="<p>Frische Brötchen für Köln – 3 €", headers={"content-type": "text/html; charset=utf-8"})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<p>Frische BrÃ¶tchen fÃ¼r KÃ¶ln", "“BrÃ¶tchen” in place of “Brötchen”"),
        ("<p>Frische Br\ufffdtchen f\ufffdr K\ufffdln", "“Br\ufffdtchen” in place of “Brötchen”"),
        ("<p>Br\u00c3\u00b6tchen: 3 â‚¬", "“â‚¬” in place of “€”"),
    ],
    ids=["UTF-8 as Windows-1252", "Latin-1 as UTF-8", "a sign"],
)
def test_a_garbled_word_of_the_good_page_is_reported(text: str, words: str) -> None:
    (one,) = garbled_text(evidence(session=session(text=text), good_session=GOOD))

    assert (one.kind, one.confidence) == (Kind.CONTENT_CHANGED, Confidence.HIGH)
    assert words in one.sentence


@pytest.mark.parametrize(
    "text", ["<p>CHÂTEAU À LA CARTE", "<p>“MAÇÔ, MÃE, Ã", "<p>Käse für Köln", "<p>a lone \ufffd", "<p>BrÃ¼he"]
)
def test_other_letters_are_not_reported(text: str) -> None:
    assert [*garbled_text(evidence(session=session(text=text), good_session=GOOD))] == []


def test_a_changed_header_is_the_reason() -> None:
    now = session(text="<p>fÃ¼r", headers={"content-type": "text/html; charset=iso-8859-1"})

    (one,) = garbled_text(evidence(session=now, good_session=GOOD))

    assert one.why.startswith("The header Content-Type is “text/html; charset=iso-8859-1”, and was “text/html; char")


@pytest.mark.parametrize(
    ("now", "before", "why"),
    [
        (None, "text/html", "The header Content-Type is missing, and was “text/html” in the last good session."),
        ("text/html", None, "The header Content-Type is “text/html”, and was missing in the last good session."),
    ],
)
def test_a_missing_header_is_called_missing(now: str | None, before: str | None, why: str) -> None:
    shown, meant = ({"content-type": value} if value else {} for value in (now, before))

    (one,) = garbled_text(
        evidence(session=session(text="<p>fÃ¼r", headers=shown), good_session=session(text="<p>für", headers=meant))
    )

    assert one.why == why


def test_a_hostile_page_is_read_quickly() -> None:
    good = session(text=" ".join(f"w{number}ü" for number in range(3_000)))
    now = session(text=" ".join(f"w\ufffdx{number}" for number in range(3_000)))
    began = process_time()

    assert [*garbled_text(evidence(session=now, good_session=good))] == []
    assert process_time() - began < 2.0  # seconds; every word against every other takes several times as long
