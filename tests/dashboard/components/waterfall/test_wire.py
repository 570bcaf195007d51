"""The waterfall's messages over the socket, and their size."""

import json
from dataclasses import replace

from benchmarks.synthetic import exchanges
from core.debugging.waterfall import Exchange, Phases
from core.models import NetworkEventType
from dashboard.components.waterfall.wire import FIRST_BATCH, Wire, initiator_text, tenths


def opened(exchange: Exchange) -> Exchange:
    return replace(exchange, outcome=NetworkEventType.REQUEST, status_code=None, duration_ms=None, phases=Phases())


def test_first_batch_is_short_and_the_rest_follows() -> None:
    batches = list(Wire().batches(exchanges(FIRST_BATCH + 10)))

    assert [len(batch["o"]) for batch in batches] == [FIRST_BATCH, 10]


def test_unchanged_rows_are_not_sent_again() -> None:
    wire = Wire()
    first = list(wire.batches(exchanges(5)))

    again = list(wire.batches(exchanges(5)))

    assert len(first) == 1
    assert again == []


def test_a_response_is_sent_without_its_request() -> None:
    wire = Wire()
    exchange = exchanges(2)[1]
    list(wire.batches([opened(exchange)]))

    (batch,) = wire.batches([exchange])

    assert "o" not in batch
    assert [row[0] for row in batch["a"]] == [1]


def test_a_pending_exchange_has_no_answer() -> None:
    (batch,) = Wire().batches([opened(exchanges(1)[0])])

    assert "a" not in batch


def test_repeated_strings_are_sent_once() -> None:
    words = [word for batch in Wire().batches(exchanges(200)) for word in batch.get("t", ())]

    assert len(words) == len(set(words))


def test_redirects_refer_to_each_other_by_key() -> None:
    hop, landing = exchanges(2)
    landing = replace(landing, redirected_from=hop.exchange_id)
    wire = Wire()

    (batch,) = wire.batches([hop, landing])

    assert batch["o"][1][8] == wire.key_of(hop.exchange_id) == 1


def test_live_events_cost_at_most_60_bytes_beyond_their_own_text() -> None:
    wire = Wire()
    rows = exchanges(500)
    list(wire.batches([opened(row) for row in rows[:100]]))  # these batches fill the table of words
    list(wire.batches(rows[:100]))

    sent = [*wire.batches([opened(row) for row in rows[100:]]), *wire.batches(rows[100:])]

    size = len(json.dumps(json.dumps(sent, separators=(",", ":"))))  # encoded twice: the socket carries it as a string
    own_text = sum(len(row.url) for row in rows[100:])
    assert (size - own_text) / (2 * 400) <= 60


def test_times_are_tenths_and_unknown_numbers_minus_one() -> None:
    assert [tenths(None), tenths(0.0), tenths(0.06), tenths(12.34)] == [-1, 0, 1, 123]


def test_initiator_is_the_topmost_frame_that_has_an_address() -> None:
    frames = [{"url": "", "lineNumber": 1}, {"url": "https://a.example/app.js", "lineNumber": 9}]

    assert initiator_text({"type": "script", "stack": {"callFrames": frames}}) == "script https://a.example/app.js:10"
    assert initiator_text({"type": "script", "stack": {"callFrames": [], "parent": {"callFrames": frames}}}) == (
        "script https://a.example/app.js:10"
    )
    assert initiator_text({"type": "other"}) == "other"
    assert initiator_text(None) is None
