"""Reload loops, hanging pages and responses without a page."""

import pytest

from core.debugging.waterfall import Exchange
from core.diagnosis.diagnose import diagnose
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.rules.visit import visit
from core.models import Interruption, NetworkEventType
from tests.core.diagnosis.facts import check, evidence, exchange, session, thrown


def test_a_reload_loop_is_reported() -> None:
    rounds = [exchange("/", "document", exchange_id=str(each), started_ms=each * 100.0) for each in range(5)]

    (one,) = visit(evidence(session=session(exchanges=tuple(rounds))))

    assert (one.kind, "/ came 5 times" in one.sentence) == (Kind.REDIRECT_LOOP, True)


def test_a_reload_loop_names_the_missing_script() -> None:
    def opened(each: int) -> Exchange:
        return exchange("/", "document", exchange_id=str(each), started_ms=each * 100.0)

    def chunk(each: int, status: int) -> Exchange:
        return exchange("/cart.js", status_code=status, exchange_id=f"chunk {each}", started_ms=each * 100.0 + 50)

    now = [one for each in range(5) for one in (opened(each), chunk(each, 404))]
    good = session(chunk(0, 200))

    (one,) = visit(evidence(session=session(exchanges=tuple(now)), good_session=good))

    assert one.sentence.endswith("within 400 ms; each time /cart.js fails (status 404).")
    assert one.rows[0].id == "chunk 0"


def test_a_redirect_loop_is_no_reload_loop() -> None:
    hops = [
        exchange(
            "/",
            "document",
            exchange_id=str(each),
            status_code=302,
            outcome=NetworkEventType.REDIRECT,
            redirected_from=str(each - 1) if each else None,
        )
        for each in range(20)
    ]

    assert list(visit(evidence(session=session(exchanges=tuple(hops))))) == []


def test_a_script_that_newly_repeats_a_request_endlessly_is_reported() -> None:
    def asks(count: int) -> tuple[Exchange, ...]:
        return tuple(
            exchange(f"/cart?at=0.{each}731", "fetch", exchange_id=str(each), started_ms=each * 20.0)
            for each in range(count)
        )

    (one,) = visit(evidence(session=session(*asks(400)), good_session=session(*asks(2))))

    assert (one.kind, one.confidence) == (Kind.PAGE_ERROR, Confidence.LIKELY)
    assert one.sentence == "A script requests /cart repeatedly: 400 times within 8.0 s."
    assert "it requested it 2 times" in one.why
    assert list(visit(evidence(session=session(*asks(60)), good_session=session(*asks(9))))) == []
    assert list(visit(evidence(session=session(*asks(400)), good_session=session()))) == []


def test_status_204_is_a_failure_if_a_page_came_before_and_else_a_note() -> None:
    empty = session(exchanges=(exchange("/", "document", status_code=204, mime_type=None),))

    (first,) = visit(evidence(session=empty))
    (sure,) = visit(evidence(session=empty, good_session=session()))

    assert (first.kind, first.confidence, sure.confidence) == (Kind.BROKEN_ANSWER, Confidence.NOTE, Confidence.HIGH)


def test_a_page_that_became_a_download_is_reported() -> None:
    saved = session(headers={"content-disposition": 'Attachment; filename="index.html"'})

    (one,) = visit(evidence(session=saved, good_session=session()))

    assert (one.kind, one.confidence) == (Kind.CONTENT_CHANGED, Confidence.HIGH)
    assert "the document is a download, by its header “Content-Disposition: attachment”" in one.sentence
    assert [*visit(evidence(session=saved, good_session=saved)), *visit(evidence(session=saved))] == []


def test_a_redirect_without_a_target_is_a_broken_response() -> None:
    lost = session(exchanges=(exchange("/", "document", status_code=302),))
    hop = exchange("/", "document", status_code=302, outcome=NetworkEventType.REDIRECT)

    (first,) = visit(evidence(session=lost))
    (sure,) = visit(evidence(session=lost, good_session=session()))

    assert "without a Location header" in first.sentence
    assert (first.kind, first.confidence, sure.confidence) == (Kind.BROKEN_ANSWER, Confidence.LIKELY, Confidence.HIGH)
    assert list(visit(evidence(session=session(exchanges=(hop,))))) == []


@pytest.mark.parametrize(
    ("status", "accepted", "words"),
    [
        (302, "200-399", "shop.example returns status 302 (Found): a redirect without a Location header."),
        (304, "200-399", "shop.example returns status 304 (Not Modified): the client has no copy of the page."),
        (302, "200", "shop.example returns status 302 (Found): expected another one."),
    ],
)
def test_a_status_that_the_check_reports_is_not_reported_again(status: int, accepted: str, words: str) -> None:
    lost = session(exchanges=(exchange("/", "document", status_code=status),))
    failed = check("status", http_status_code=status)

    (told,) = diagnose(evidence(checks=(failed,), session=lost, accepted_statuses=accepted))

    assert (told.kind, told.sentence) == (Kind.BROKEN_ANSWER, words)
    assert told.why.startswith("The check and the browser saw it")


def test_status_304_without_a_cached_copy_is_a_broken_response() -> None:
    lost = exchange("/", "document", status_code=304, outcome=NetworkEventType.ERROR, error_message="Aborted.")
    revalidated = exchange("/", "document", status_code=304)

    (sure,) = visit(evidence(session=session(exchanges=(lost,)), good_session=session()))

    assert (sure.kind, sure.confidence) == (Kind.BROKEN_ANSWER, Confidence.HIGH)
    assert list(visit(evidence(session=session(exchanges=(revalidated,))))) == []


def test_an_empty_document_is_a_failure_if_it_had_content() -> None:
    empty = session(exchanges=(exchange("/", "document", decoded_bytes=0),))
    good = session(exchanges=(exchange("/", "document", decoded_bytes=4_096),))

    (one,) = visit(evidence(session=empty, good_session=good))

    assert (one.kind, one.confidence) == (Kind.BROKEN_ANSWER, Confidence.HIGH)
    assert one.sentence == "shop.example returns status 200 with an empty response, so the page is blank."
    assert [finding.confidence for finding in diagnose(evidence(session=empty))] == [Confidence.NOTE]
    assert [*visit(evidence(session=empty, good_session=empty))] == []


def test_a_document_that_became_another_type_is_quoted() -> None:
    told = '{"message": "no connection to Redis"}'
    now = session(exchanges=(exchange("/", "document", mime_type="application/json"),), text=told)

    (one,) = visit(evidence(session=now, good_session=session()))

    assert one.sentence.endswith(f"save it as a file; it begins with “{told}”.")


def test_a_page_is_not_hanging_while_a_video_arrives() -> None:
    message = "The page had not loaded after 30 s."
    arriving = exchange("/film.mp4", "media", interruption=Interruption.SESSION_END)

    stuck = list(visit(evidence(session=session(milestones={}, error_message=message), good_session=session())))
    streaming = list(visit(evidence(session=session(arriving, milestones={}, error_message=message))))

    assert [(one.kind, one.confidence) for one in stuck] == [(Kind.PAGE_ERROR, Confidence.LIKELY)]
    assert not streaming


def test_a_script_that_changes_the_address_endlessly_is_a_loop() -> None:
    words = "Throttling navigation to prevent the browser from hanging. See https://crbug.com/1038223."
    looping = session(console=(thrown(words, level="warning", source="javascript"),))

    (sure,) = visit(evidence(session=looping, good_session=session()))
    (likely,) = visit(evidence(session=looping))

    assert (sure.kind, sure.confidence) == (Kind.REDIRECT_LOOP, Confidence.HIGH)
    assert likely.confidence is Confidence.LIKELY
    assert not list(visit(evidence(session=looping, good_session=looping)))
