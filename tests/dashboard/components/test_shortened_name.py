"""Names beside a chart fit their space and remain distinguishable."""

import pytest

from dashboard.components.shortened_name import shortened_name

ROOM = 9.5


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Payments API", "Payments API"),
        ("Zahlungsverkehrsüberwachung 72", "Zahlungsv…ng 72"),
        ("A" * 180, "AAAAAAA…AAAA"),
        ("日本語の監視対象サイト（本番環境）", "日本語の監…境）"),
        ("https://very.example/a/b/canary", "https://very…anary"),
    ],
    ids=["short", "long", "capitals", "squares", "address"],
)
def test_a_long_name_is_shortened_in_the_middle(name: str, shown: str) -> None:
    assert shortened_name(name, ROOM) == shown


def test_a_part_does_not_begin_with_a_combining_accent() -> None:
    shown = shortened_name("x" * 40 + "e\u0301" * 6, 5.0)

    assert "…\u0301" not in shown
