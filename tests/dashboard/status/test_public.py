"""Status pages as the public sees them."""

import re
from datetime import timedelta
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest
from sqlalchemy.orm import Session

from core import database
from core.accounts.actor import COMMAND_LINE
from core.clock import utc_now
from core.database import in_session
from core.models import DowntimeWindow, MonitorStatus, StatusMail, StatusSubscriber
from core.schemas import WebsiteUpdate
from core.schemas.notification_channel import NotificationChannelCreate
from core.sealing import Sealer
from core.services import NotificationChannelCRUD, StatusSubscriberCRUD, WebsiteCRUD, coverage, status_groups
from core.services.statistics import DayUptime
from dashboard.actions import downtime_notes, status_pages
from dashboard.current_actor import acting_as
from dashboard.status import cache as cache_module
from dashboard.status import subscribing, view
from tests.factories import make_check, make_maintenance, make_website, make_window

MAIL = {"host": "smtp.example", "sender": "a@b.example", "recipients": ["c@d.example"]}


def seed(db: Session) -> dict[str, int]:
    """One website that has been down for ten minutes and one that is up, an ended window, and maintenance tomorrow."""
    now = utc_now()
    shop, api = make_website(db, name="<b>Shop</b>"), make_website(db, name="API")
    ago = now - timedelta(minutes=10)
    checks = [make_check(db, shop, status=MonitorStatus.DOWN, checked_at=ago), make_check(db, api, checked_at=ago)]
    coverage.fold(db, checks)
    window = make_window(db, shop, started_at=ago)
    make_window(db, api, started_at=now - timedelta(days=2), ended_at=now - timedelta(days=2, minutes=-30))
    make_maintenance(db, name="Move", website_id=api.id, starts_at=now + timedelta(days=1), recurrence="FREQ=DAILY")
    channel = NotificationChannelCRUD.create(
        db, NotificationChannelCreate(name="Mail", kind="EMAIL", address=MAIL), Sealer(b"a key that is long enough")
    )
    return {"shop": shop.id, "api": api.id, "window": window.id, "channel": channel.id}


async def make_page(**given: Any) -> dict[str, int]:
    ids = await in_session(seed)
    usual = {
        "slug": "ours",
        "title": "Ours & theirs",
        "groups": [{"name": "Core", "website_ids": [ids["shop"]]}, {"name": "Rest", "website_ids": [ids["api"]]}],
    }
    with acting_as(COMMAND_LINE):
        page = await status_pages.add(usual | given)
    return ids | {"page": page.id}


async def test_a_page_states_how_many_websites_it_leaves_out(
    anybody: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_page()
    whole = (await anybody.get("/status/ours")).text
    monkeypatch.setattr(status_groups, "MAX_WEBSITES", 1)
    cache_module.cache.forget()

    cut, document = (await anybody.get("/status/ours")).text, (await anybody.get("/status/ours/status.json")).json()

    words = "1 more website is not shown, because the page is full. Its status does not affect this page."
    assert words in cut and "the page is full" not in whole
    assert document["left_out"] == 1


async def test_a_page_shows_groups_bars_open_and_past_windows_and_maintenance(anybody: httpx.AsyncClient) -> None:
    ids = await make_page()
    with acting_as(COMMAND_LINE):
        await downtime_notes.write_update(ids["window"], {"stage": "identified", "text": "The <disk> is full."})

    answer = await anybody.get("/status/ours")

    assert answer.status_code == 200
    assert "<b>&lt;b&gt;Shop&lt;/b&gt;</b> is down" in answer.text and "Ours &amp; theirs" in answer.text
    assert "&lt;b&gt;Shop&lt;/b&gt; is down" in answer.text and "<b>Shop" not in answer.text
    assert "The &lt;disk&gt; is full." in answer.text
    assert "is down, since" in " ".join(re.sub("<[^>]+>", "", answer.text).split())  # as a screen reader reads it
    assert "<b>API</b> was down" in answer.text and "30 min" in answer.text
    assert answer.text.count("Planned maintenance: Move") == 1  # its next occurrence, after current downtime
    assert answer.text.index("is down<span") < answer.text.index("Planned maintenance: Move")
    levels = [int(level) for level in re.findall(r"<h(\d)", answer.text)]
    assert all(below <= above + 1 for above, below in pairwise(levels))  # no level is skipped
    assert len(re.findall(r'<i class="(?:none|up|up-2|up-3|down)"', answer.text)) == 180
    assert "<script" not in answer.text and "default-src 'none'" in answer.headers["content-security-policy"]


async def test_a_paused_website_is_not_shown_as_down(anybody: httpx.AsyncClient) -> None:
    ids = await make_page()

    await in_session(WebsiteCRUD.update, ids["shop"], WebsiteUpdate(is_active=False))
    answer = await anybody.get("/status/ours")

    feed = await anybody.get("/status/ours/feed.atom")
    assert "is down" not in answer.text and "<b>API</b> was down" in answer.text
    assert "It was paused at" in feed.text


async def test_the_current_day_weighs_its_elapsed_time(anybody: httpx.AsyncClient) -> None:
    ids = await make_page()
    today = utc_now().date()
    before = DayUptime(day=today - timedelta(days=1), share=1.0, coverage=1.0, known_seconds=86_400.0, down_seconds=0.0)
    begun = DayUptime(day=today, share=0.0, coverage=1.0, known_seconds=600.0, down_seconds=600.0)

    page = await in_session(view.load, "ours", utc_now(), bars={ids["shop"]: [before, begun]})

    assert page is not None
    assert page.groups[0][1][0].share == 86_400 / 87_000


async def test_an_unchanged_page_is_not_sent_again(anybody: httpx.AsyncClient) -> None:
    await make_page()
    first = await anybody.get("/status/ours")

    again = await anybody.get("/status/ours", headers={"If-None-Match": f'"x", W/{first.headers["etag"]}'})
    other = await anybody.get("/status/ours", headers={"If-None-Match": '"x"'})

    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200 and "max-age" in other.headers["cache-control"]


async def test_json_and_feed_have_the_pages_content(anybody: httpx.AsyncClient) -> None:
    await make_page()

    document = (await anybody.get("/status/ours/status.json")).json()
    feed = ET.fromstring((await anybody.get("/status/ours/feed.atom")).content)

    assert document["status"] == "DOWN" and document["groups"][0]["websites"][0]["status"] == "DOWN"
    assert len(document["groups"][1]["websites"][0]["days"]) == 90
    titles = [one.text for one in feed.iter("{http://www.w3.org/2005/Atom}title")]
    assert titles == ["Ours & theirs", "<b>Shop</b> is down", "API was down"]


async def test_characters_forbidden_in_xml_are_replaced_in_the_feed(anybody: httpx.AsyncClient) -> None:
    await make_page(title="Ours\x0b, pasted\uffff")

    feed = ET.fromstring((await anybody.get("/status/ours/feed.atom")).content)

    assert feed.findtext("{http://www.w3.org/2005/Atom}title") == "Ours\ufffd, pasted\ufffd"


@pytest.mark.parametrize("given", [{"is_published": False}, {"slug": "other"}])
async def test_an_unpublished_page_is_a_404(anybody: httpx.AsyncClient, given: dict[str, Any]) -> None:
    await make_page(**given)

    for below in ("", "/confirm", "/unsubscribe"):
        answer = await anybody.get(f"/status/ours{below}")

        assert answer.status_code == 404 and "Status page not found" in answer.text


async def test_a_page_can_need_a_password(anybody: httpx.AsyncClient) -> None:
    await make_page(password="open sesame")

    closed = await anybody.get("/status/ours/status.json")
    wrong = await anybody.post("/status/ours/enter", data={"password": "open barley"})
    right = await anybody.post("/status/ours/enter", data={"password": "open sesame"})
    inside = await anybody.get("/status/ours")
    leaving = await anybody.get("/status/ours/unsubscribe?token=x")

    assert "no more e-mails from this status page" in leaving.text  # without the title, which the password protects
    assert closed.status_code == 401 and "Shop" not in closed.text
    assert wrong.status_code == 403 and "Incorrect password" in wrong.text
    assert right.status_code == 303
    assert inside.status_code == 200 and inside.headers["cache-control"] == "private, no-cache"


async def test_a_subscriber_must_confirm_first(anybody: httpx.AsyncClient) -> None:
    ids = await make_page()
    with acting_as(COMMAND_LINE):
        await status_pages.change(ids["page"], {"channel_id": ids["channel"]})
        asked = await anybody.post("/status/ours/subscribe", data={"email": "Eve@Example.org"})
        await anybody.post("/status/ours/subscribe", data={"email": "eve@example.org"})
        await downtime_notes.write_update(ids["window"], {"text": "Not confirmed yet."})
        before = await in_session(_mails)
        token = await in_session(lambda db: db.query(StatusSubscriber).one().token)
        looked = await anybody.get(f"/status/ours/confirm?token={token}")
        counts = [await in_session(StatusSubscriberCRUD.count_confirmed, ids["page"])]
        confirmed = await anybody.post("/status/ours/confirm", data={"token": token})
        await downtime_notes.write_update(ids["window"], {"text": "Confirmed."})
    after = await in_session(_mails)
    counts.append(await in_session(StatusSubscriberCRUD.count_confirmed, ids["page"]))
    by_mailbox = {"List-Unsubscribe": "One-Click"}  # RFC 8058: the token is in the address
    await anybody.post(f"/status/ours/unsubscribe?token={token}", data=by_mailbox)

    assert counts == [0, 1]
    assert "you will get an e-mail" in asked.text
    assert [mail.subject for mail in before] == ["Ours & theirs: confirm your subscription"]
    assert token in before[0].text and "{root}/status/ours/confirm" in before[0].text
    assert "Confirm subscription" in looked.text and "a website on Ours &amp; theirs goes down" in looked.text
    assert "You will get updates" in confirmed.text
    assert [mail.subject for mail in after[1:]] == ["Ours & theirs: <b>Shop</b>, investigating"]
    assert "Confirmed." in after[1].text and "unsubscribe?token=" in after[1].text
    assert await in_session(_mails) == []


@pytest.mark.parametrize("email", ["nobody", "", "a@b@c d"])
async def test_an_invalid_address_is_refused(anybody: httpx.AsyncClient, email: str) -> None:
    ids = await make_page()
    with acting_as(COMMAND_LINE):
        await status_pages.change(ids["page"], {"channel_id": ids["channel"]})

    answer = await anybody.post("/status/ours/subscribe", data={"email": email})

    assert answer.status_code == 422 and "not an e-mail address" in answer.text


async def test_an_own_domain_serves_only_its_page(anybody: httpx.AsyncClient) -> None:
    await make_page(domain="status.example.com")

    root = await anybody.get("/", headers={"Host": "status.example.com"})
    feed = await anybody.get("/feed.atom", headers={"Host": "status.example.com"})
    other = await anybody.get("/badge/1/status.svg", headers={"Host": "status.example.com"})
    stranger = await anybody.get("/status/ours", headers={"Host": "evil.example.com"})

    assert root.status_code == 200 and "is down" in root.text
    assert feed.headers["content-type"].startswith("application/atom+xml")
    assert (other.status_code, stranger.status_code) == (404, 403)


def _mails(db: Session) -> list[StatusMail]:
    return db.query(StatusMail).order_by(StatusMail.id).all()


async def test_subscribers_get_one_mail_per_change(anybody: httpx.AsyncClient) -> None:
    from core.notifications.status_mail import announce_window

    ids = await make_page()
    with acting_as(COMMAND_LINE):
        await status_pages.change(ids["page"], {"channel_id": ids["channel"]})
    await subscribing.subscribe("ours", "eve@example.org")
    token = await in_session(lambda db: db.query(StatusSubscriber).one().token)
    await subscribing.confirm("ours", token)
    for _time in range(2):
        for is_over in (False, True):
            await in_session(announce_window, ids["shop"], ids["window"], is_over=is_over, now=utc_now())

    subjects = [mail.subject for mail in await in_session(_mails)][1:]

    assert subjects == ["Ours & theirs: <b>Shop</b> is down", "Ours & theirs: <b>Shop</b> is back"]
    assert await in_session(lambda db: db.query(DowntimeWindow).count()) == 2


async def test_a_cached_page_is_served_while_the_store_is_unavailable(
    anybody: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_page()
    before = await anybody.get("/status/ours")
    monkeypatch.setattr("dashboard.status.cache.FRESH_SECONDS", 0)
    away = database.make_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    database.bind(away)

    meanwhile = await anybody.get("/status/ours")

    assert meanwhile.status_code == 200
    assert meanwhile.text == before.text
    away.dispose()


async def test_a_website_without_success_is_unknown_until_confirmed_down(
    anybody: httpx.AsyncClient,
) -> None:
    def fail(db: Session) -> int:
        website = make_website(db, name="New", check_interval=60, is_public=True)
        checks = [
            make_check(db, website, status=MonitorStatus.DOWN, checked_at=utc_now() - timedelta(seconds=ago))
            for ago in (10, 5)
        ]
        coverage.fold(db, checks)
        return website.id

    website_id = await in_session(fail)
    with acting_as(COMMAND_LINE):
        await status_pages.add({"slug": "new", "title": "New", "groups": [{"website_ids": [website_id]}]})

    page = (await anybody.get("/status/new/status.json")).json()
    badge = await anybody.get(f"/badge/{website_id}/status.svg")

    (website,) = page["groups"][0]["websites"]
    assert (page["status"], website["status"], website["uptime_percentage"]) == ("UNKNOWN", "UNKNOWN", None)
    assert "New: unknown" in badge.text


async def test_a_newly_tagged_website_appears_with_its_days(
    anybody: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = await make_page()
    await in_session(WebsiteCRUD.update, ids["shop"], WebsiteUpdate(tags=["acme"]))
    with acting_as(COMMAND_LINE):
        await status_pages.change(ids["page"], {"groups": [{"name": "Acme", "tags": ["acme"]}]})
    monkeypatch.setattr(cache_module, "FRESH_SECONDS", 0.0)
    first = (await anybody.get("/status/ours/status.json")).json()

    await in_session(WebsiteCRUD.update, ids["api"], WebsiteUpdate(tags=["acme"]))
    then = (await anybody.get("/status/ours/status.json")).json()

    assert [site["name"] for site in first["groups"][0]["websites"]] == ["<b>Shop</b>"]
    assert [(site["name"], len(site["days"])) for site in then["groups"][0]["websites"]] == [
        ("<b>Shop</b>", 90),
        ("API", 90),
    ]
