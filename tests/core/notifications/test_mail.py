"""A mail is one, however often it is sent, and belongs to the failure that it follows."""

from core.notifications.mail import compose
from core.notifications.message import compose as message_of
from core.schemas.notification_channel import EmailAddress
from tests.core.notifications.test_message import facts

ADDRESS = EmailAddress(host="mail.example.org", sender="watch@example.org", recipients=["ada@example.org"])


def test_a_mail_keeps_its_id_and_a_later_one_is_in_its_thread() -> None:
    failure = compose(ADDRESS, message_of(facts()), "1:7:down:3")
    again = compose(ADDRESS, message_of(facts()), "1:7:down:3")
    later = compose(ADDRESS, message_of(facts(follows="1:7:down:3")), "1:7:evidence:3")

    assert failure["Message-ID"] == again["Message-ID"] == "<1.7.down.3@watchwright.example.org>"
    assert failure["In-Reply-To"] is None
    assert later["In-Reply-To"] == later["References"] == failure["Message-ID"]
