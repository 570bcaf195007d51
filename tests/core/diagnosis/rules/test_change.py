"""Deploys are recognised by renamed files."""

from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.rules.change import change
from tests.core.diagnosis.facts import evidence, exchange, failed, session, thrown

CHUNKS = ("/_nuxt/BS0FNl7Q.js", "/_nuxt/C2D32sqd.js")


def test_a_file_that_is_requested_again_is_not_renamed() -> None:
    entry, chunk = (exchange(path) for path in CHUNKS)
    again = exchange(CHUNKS[1], exchange_id="2", started_ms=9.0)

    now = session(chunk, again, failed("/_nuxt/CWKVPd6-.js", "status 404"))

    assert list(change(evidence(session=now, good_session=session(entry, chunk)))) == []


def test_a_file_in_another_folder_is_named_by_its_path() -> None:
    good = session(exchange("/chunk-NRJSORP7.js"), exchange("/chunk-OV3Q3JJJ.js"))
    now = session(exchange("/shop/chunk-NRJSORP7.js", status_code=404))

    (one,) = change(evidence(session=now, good_session=good))

    assert (one.kind, one.confidence) == (Kind.DEPLOY, Confidence.HIGH)
    assert "(/chunk-NRJSORP7.js → /shop/chunk-NRJSORP7.js)" in one.sentence
    assert "below /shop/, and asked below / before: the build may have another base path" in one.why
    assert "fingerprints" not in one.why


def test_the_failed_request_is_named_and_not_the_error_that_follows() -> None:
    good = session(exchange("/app.1a2b3c.js"), exchange("/api/items", "fetch"))
    error = thrown("Uncaught (in promise) TypeError: Failed to fetch", url="https://shop.example/app.9f8e7d.js")
    call = failed("https://staging.example/api/items", "Nothing listens there.", "fetch")

    (one,) = change(evidence(session=session(exchange("/app.9f8e7d.js"), call, console=(error,)), good_session=good))

    assert one.confidence is Confidence.HIGH
    assert "https://staging.example/api/items fails with Nothing listens there" in one.sentence


def test_a_repeated_failure_is_named_once() -> None:
    good = session(exchange("/app.1a2b3c.js"), exchange("/api/items", "fetch"))
    calls = [exchange("/api/items", "fetch", status_code=500, exchange_id=str(n)) for n in range(3)]

    (one,) = change(evidence(session=session(exchange("/app.9f8e7d.js"), *calls), good_session=good))

    assert one.sentence.endswith("and /api/items fails with status 500.")


def test_a_thrown_error_number_is_explained() -> None:
    error = thrown("Uncaught Error: Minified React error #418; visit https://react.dev/errors/418", line_number=1)
    now = session(exchange("/app.9f8e7d.js"), console=(error,))

    (one,) = change(evidence(session=now, good_session=session(exchange("/app.1a2b3c.js"))))

    assert "This React error means that the server-rendered HTML differs from what the browser renders" in one.sentence
