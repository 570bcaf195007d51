"""Who saw a failure."""

from core.diagnosis.witness import agreement
from tests.core.diagnosis.facts import check, evidence, exchange, hop, look, session

FAILING = session(exchanges=(exchange("/", "document", status_code=500),))


def test_all_witnesses_are_named_in_one_sentence() -> None:
    seen = evidence(
        checks=(check("status", http_status_code=500),), look=look(hops=(hop(500),), is_good=False), session=FAILING
    )

    agreed = agreement(seen, ("status",))

    assert agreed is not None
    assert agreed.why == (
        "The check, the closer look right after it and the browser saw it, each on a connection of its own."
    )
