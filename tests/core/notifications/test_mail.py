"""Mails keep their id when retried, and follow the mail about their failure."""

from core.notifications.mail import compose
from core.notifications.message import Message
from core.notifications.message import compose as message_of
from core.schemas.notification_channel import EmailAddress
from tests.core.notifications.test_message import facts

ADDRESS = EmailAddress(host="mail.example.org", sender="watch@example.org", recipients=["ada@example.org"])


def test_a_mail_keeps_its_id_and_a_later_mail_is_in_its_thread() -> None:
    failure = compose(ADDRESS, message_of(facts()), "1:7:down:3")
    again = compose(ADDRESS, message_of(facts()), "1:7:down:3")
    later = compose(ADDRESS, message_of(facts(follows="1:7:down:3")), "1:7:evidence:3")

    assert failure["Message-ID"] == again["Message-ID"] == "<1.7.down.3@watchwright.example.org>"
    assert failure["In-Reply-To"] is None
    assert later["In-Reply-To"] == later["References"] == failure["Message-ID"]


def test_the_unsubscribe_header_is_not_encoded() -> None:
    unsubscribe_url = f"https://status.a-rather-long-name.example.org/status/our-shop/unsubscribe?token={'t' * 43}"

    mail = compose(
        ADDRESS, Message(title="Shop is down", text="It is.", payload={}, unsubscribe_url=unsubscribe_url), "status:1"
    )

    lines = bytes(mail).splitlines()
    assert f"List-Unsubscribe: <{unsubscribe_url}>".encode() in lines
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines


def test_only_https_offers_one_click_unsubscribing() -> None:
    alarm = compose(ADDRESS, message_of(facts()), "1:7:down:3")
    plain = compose(
        ADDRESS, Message(title="Down", text="It is.", payload={}, unsubscribe_url="http://127.0.0.1/"), "status:1"
    )

    assert "List-Unsubscribe" not in alarm
    assert "List-Unsubscribe" in plain and "List-Unsubscribe-Post" not in plain


def test_long_links_are_shown_shortened() -> None:
    ticket = "t" * 90
    text = f"Confirm it here:\nhttps://watch.example/confirm?token={ticket}\nAcknowledge: https://watch.example/up?t={ticket}"

    html = compose(ADDRESS, Message(title="Shop", text=text, payload={}), "status:1").get_body(("html",))

    assert html is not None
    content = html.get_content()
    assert f'<a href="https://watch.example/up?t={ticket}">Acknowledge</a>' in content
    assert f'<a href="https://watch.example/confirm?token={ticket}">https://watch.example/confirm?token=ttt' in content
    assert f">https://watch.example/confirm?token={ticket}<" not in content


def test_many_websites_are_shown_as_a_list() -> None:
    text = "All report: Refused.\n• Shop <1>\n• Blog\nand 3 more\nhttps://watch.example/"

    html = compose(ADDRESS, Message(title="5 websites are down", text=text, payload={}), "1").get_body(("html",))

    assert html is not None
    content = html.get_content()
    assert "<li>Shop &lt;1&gt;</li><li>Blog</li></ul><p>and 3 more</p>" in content
    assert "<p>All report: Refused.</p><ul" in content and "•" not in content
