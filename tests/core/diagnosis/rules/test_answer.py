"""Failing responses."""

from core.diagnosis.rules.answer import answer
from tests.core.diagnosis.facts import evidence, exchange, session


def test_the_text_of_an_error_response_is_quoted() -> None:
    def told(text: str) -> str:
        gone = exchange("/", "document", status_code=404)
        (one,) = answer(evidence(session=session(exchanges=(gone,), text=text)))
        return one.why

    assert told("<Error><Code>NoSuchBucket</Code></Error>").endswith(" The response says: “NoSuchBucket”.")
    assert "The response says" not in told("<script>var a</script>")
    assert told("<title>502 Bad Gateway</title><h1>502 Bad Gateway</h1>nginx").endswith("“502 Bad Gateway nginx”.")
    assert told("<title>Oops!</title><h1>Oops</h1>").endswith("“Oops! Oops”.")
    assert len(told("gone " * 10_000)) < 500


def test_an_error_of_a_proxy_names_the_website() -> None:
    failing = exchange("/", "document", status_code=502)

    (one,) = answer(evidence(session=session(exchanges=(failing,))))

    assert "returned status 502 (Bad Gateway) for shop.example" in one.sentence
