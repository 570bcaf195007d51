"""Applying a configuration changes the store, keeps what it does not manage, and refuses conflicts."""

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.accounts import passwords
from core.configuration import contents
from core.configuration.apply import Applied, apply
from core.configuration.export import document
from core.errors import InvalidInput, UnusableConfiguration
from core.models import NotificationRule, Website
from core.schemas.configuration import read_configuration
from core.sealing import Sealer
from core.services import (
    MonthlyReportCRUD,
    NotificationChannelCRUD,
    NotificationRuleCRUD,
    StatusPageCRUD,
    StatusSubscriberCRUD,
    TagCRUD,
    WebsiteCRUD,
    status_groups,
)
from tests.factories import NOON, make_website

SEALER = Sealer(b"a key of tests that is long enough")
SECRET = "whsec_" + "QUJD" * 8
DOCUMENT: dict[str, Any] = {
    "version": 1,
    "name": "shop",
    "tags": ["spare"],
    "websites": [
        {
            "url": "https://shop.example",
            "tags": ["shop"],
            "check_interval": 30,
            "check_options": {"bearer_token": "hush", "headers": {"X-Key": "hush"}},
            "session_defaults": {"extra_headers": {"X-Key": "hush"}},
        },
        {"url": "https://ada:hush@api.example/health"},
    ],
    "channels": [
        {"name": "Hook", "kind": "WEBHOOK", "address": {"url": "https://hook.example/x", "secret": SECRET}},
        {
            "name": "Mail",
            "kind": "EMAIL",
            "address": {
                "host": "smtp.example",
                "sender": "a@b.example",
                "recipients": ["c@d.example"],
                "username": "a",
                "password": "hush",
            },
        },
    ],
    "maintenance": [
        {"name": "Deploy", "tag": "shop", "starts_at": "2026-01-01T02:00:00Z", "duration_seconds": 600},
        {"name": "Deploy", "starts_at": "2026-02-01T02:00:00Z", "duration_seconds": 600},
    ],
    "rules": [
        {"name": "All", "channel": "Hook", "quiet_from": "22:00", "quiet_until": "07:00"},
        {"name": "Shop", "channel": "Mail", "website": "https://shop.example/", "events": ["DOWN"]},
        {"name": "Tag", "channel": "Mail", "tag": "new"},
    ],
    "monthly_reports": [
        {"tag": "shop", "channel": "Mail", "recipients": ["client@shop.example"], "timezone": "Europe/Berlin"},
        {"channel": "Mail", "recipients": ["ada@example.org"]},
        {"channel": "Mail", "recipients": ["bob@example.org"], "is_enabled": False},
    ],
    "status_pages": [
        {
            "slug": "our-shop",
            "title": "Our shop",
            "channel": "Mail",
            "password": "hush",
            "domain": "status.shop.example",
            "groups": [
                {"name": "Shop", "websites": ["https://shop.example"], "tags": ["Shop", "later"]},
                {"name": "Nothing"},
                {"websites": ["https://ada:hush@api.example/health"]},
            ],
        }
    ],
}


def applied(db: Session, given: dict[str, Any], *, is_pruned: bool = False, is_dry_run: bool = False) -> Applied:
    return apply(db, read_configuration(given), SEALER, is_pruned=is_pruned, is_dry_run=is_dry_run)


def actions(done: Applied) -> list[tuple[str, str, str]]:
    return [(step.action, step.kind, step.name) for step in done.steps]


def changed(given: dict[str, Any], section: str, number: int, **fields: Any) -> dict[str, Any]:
    other = deepcopy(given)
    other[section][number] |= fields
    return other


def test_applying_twice_changes_nothing(store: Session) -> None:
    first = applied(store, DOCUMENT)
    store.expire_all()
    second = applied(store, DOCUMENT)

    assert len(first.steps) == 14 and {step.action for step in first.steps} == {"add"}
    assert second.steps == []
    shop = WebsiteCRUD.get_by_url(store, "https://shop.example")
    assert shop is not None and shop.managed_by == "shop" and TagCRUD.names_of(store, shop.id) == ["shop"]
    rules = {rule.name: rule for rule in NotificationRuleCRUD.get_all(store)[0]}
    assert rules["Shop"].website_id == shop.id
    assert rules["Tag"].tag_id is not None
    page = StatusPageCRUD.get_by_slug(store, "our-shop")
    assert page is not None and page.managed_by == "shop" and page.channel_id == rules["Shop"].channel_id
    assert passwords.verifies("hush", page.password_hash)
    groups = status_groups.stored(store, [page.id])[page.id]
    assert [(group.name, len(group.website_ids), group.tags) for group in groups] == [
        ("Shop", 1, ["shop", "later"]),
        ("", 1, []),
    ]


def test_a_dry_run_changes_nothing(db: Session) -> None:
    tried = applied(db, DOCUMENT, is_dry_run=True)

    assert len(tried.steps) == 14 and tried.done == []
    assert WebsiteCRUD.get_all(db)[1] == 0


def test_applying_an_export_changes_nothing_and_reveals_no_secret(store: Session) -> None:
    applied(store, DOCUMENT)
    store.expire_all()

    exported = document(contents.read(store, SEALER), "shop")

    assert "hush" not in str(exported) and SECRET not in str(exported)
    assert exported["websites"][0]["check_options"]["bearer_token"] == "[redacted]"
    (page,) = exported["status_pages"]
    assert list(page)[:2] == ["slug", "title"] and page["password"] == "[redacted]"
    assert page["groups"][0] == {"name": "Shop", "websites": ["https://shop.example/"], "tags": ["shop", "later"]}
    assert applied(store, exported).steps == []


def test_differences_are_listed_by_field_without_secrets(db: Session) -> None:
    applied(db, DOCUMENT)
    other = changed(DOCUMENT, "websites", 0, check_interval=60, check_options={"bearer_token": "another"})

    steps = applied(db, other).steps

    told = {field.name: (field.before, field.after) for field in steps[0].shown.fields}
    assert told["check_interval"] == (30, 60)
    assert "hush" not in str(told) and "another" not in str(told).replace("another (a secret)", "")
    assert applied(db, other).steps == []


def test_objects_missing_in_the_file_are_deleted_only_when_pruning(db: Session) -> None:
    make_website(db, url="https://ours.example/")
    applied(db, DOCUMENT)
    less = DOCUMENT | {"rules": [], "websites": DOCUMENT["websites"][:1]}

    kept, pruned = applied(db, less), applied(db, less, is_pruned=True)

    gone = [("rule", "All"), ("rule", "Shop"), ("rule", "Tag"), ("website", "https://ada:redacted@api.example/health")]
    assert actions(kept) == [("keep", *one) for one in gone]
    assert actions(pruned) == [("remove", *one) for one in gone]
    assert {website.url for website in WebsiteCRUD.get_all(db)[0]} == {"https://ours.example/", "https://shop.example"}
    assert db.query(NotificationRule).count() == 0


def test_unmanaged_objects_become_managed_and_foreign_ones_are_refused(db: Session) -> None:
    ours = make_website(db, url="https://shop.example/", name="Shop of old")

    taken = applied(db, {"name": "shop", "websites": [{"url": "https://shop.example/"}]})

    assert [field.name for field in taken.steps[0].shown.fields] == ["name", "managed_by"]
    assert ours.managed_by == "shop"
    with pytest.raises(UnusableConfiguration, match="managed by the configuration shop"):
        applied(db, {"name": "other", "websites": [{"url": "https://shop.example/"}]})


def test_a_channel_of_a_foreign_rule_is_not_pruned(store: Session) -> None:
    applied(store, {"name": "shop", "channels": DOCUMENT["channels"][:1]})
    applied(store, {"name": "other", "rules": [{"name": "By hand", "channel": "Hook"}]})

    with pytest.raises(UnusableConfiguration) as refused:
        applied(store, {"name": "shop"}, is_pruned=True)

    sentence = "The rule By hand, which is not in this file, uses the channel Hook. "
    assert refused.value.problems == [(("channels",), f"{sentence}Add the channel here, or change the rule.")]
    applied(store, {"name": "other"}, is_pruned=True)
    assert actions(applied(store, {"name": "shop"}, is_pruned=True)) == [("remove", "channel", "Hook")]


def test_every_problem_is_reported_with_its_path(db: Session) -> None:
    given = {
        "websites": [{"url": "https://a.example/"}, {"url": "https://a.example"}],
        "channels": [{"name": "Hook", "kind": "APPRISE", "address": {"url": "[redacted]"}}],
        "rules": [{"name": "R", "channel": "Nobody", "website": "https://b.example/"}],
    }

    with pytest.raises(UnusableConfiguration) as refused:
        applied(db, given)

    assert refused.value.problems == [
        (("websites", 1, "url"), "This file contains https://a.example/ twice."),
        (("channels", 0), "[redacted] stands for a stored url, but none is stored. Give it as {env: NAME}."),
        (("rules", 0, "website"), "There is no website https://b.example/ in the database or in this file."),
        (("rules", 0, "channel"), "There is no channel Nobody in the database or in this file."),
    ]


def test_a_misspelt_field_is_reported_with_its_path() -> None:
    with pytest.raises(UnusableConfiguration) as refused:
        read_configuration({"websites": [{"url": "https://a.example/", "intervall": 30}], "rules": [{"name": "x"}]})

    assert refused.value.problems == [
        (("websites", 0, "intervall"), "There is no field intervall. Did you mean check_interval?"),
        (("rules", 0, "channel"), "This is required."),
    ]


def test_a_changed_password_is_not_revealed(db: Session) -> None:
    applied(db, DOCUMENT)
    other = changed(DOCUMENT, "websites", 1, url="https://ada:other@api.example/health")

    steps = applied(db, other).steps

    assert actions(Applied(steps=steps, done=[])) == [("change", "website", "https://ada:redacted@api.example/health")]
    assert "other" not in str(steps[0].shown.fields[0].after).replace("another", "")
    assert "https://ada:other@api.example/health" in {website.url for website in db.query(Website)}


def test_an_unreadable_channel_address_is_replaced(db: Session) -> None:
    applied(db, DOCUMENT)
    other = Sealer(b"another key of tests, long enough too")

    apply(db, read_configuration(DOCUMENT), other, is_pruned=False, is_dry_run=False)

    channels, _total = NotificationChannelCRUD.get_all(db)
    assert SECRET in other.open(channels[0].sealed_address)


def test_regions_are_applied_on_postgresql_and_refused_on_sqlite(
    store: Session,
) -> None:
    named = read_configuration(
        {"websites": [{"url": "https://shop.example", "regions": ["eu", "us", "ap"], "quorum": 2}]}
    )
    if store.get_bind().dialect.name == "sqlite":
        with pytest.raises(InvalidInput, match="Regions need a database on PostgreSQL"):
            apply(store, named, SEALER, is_pruned=False, is_dry_run=True)
        return

    apply(store, named, SEALER, is_pruned=False, is_dry_run=False)
    again = apply(store, named, SEALER, is_pruned=False, is_dry_run=False)
    (website,), _total = WebsiteCRUD.get_all(store)
    written = document(contents.read(store, SEALER))["websites"][0]
    there = (website.regions, website.quorum)
    without = read_configuration({"websites": [{"url": "https://shop.example"}]})
    apply(store, without, SEALER, is_pruned=False, is_dry_run=False)

    assert (there, again.steps) == ((["eu", "us", "ap"], 2), [])
    assert (written["regions"], written["quorum"]) == (["eu", "us", "ap"], 2)
    assert (website.regions, website.quorum) == (None, None)


def test_circular_dependencies_are_refused(db: Session) -> None:
    make_website(db, url="https://router.example", depends_on="https://shop.example")
    one_behind_the_other = [
        {"url": "https://shop.example", "depends_on": "https://api.example"},
        {"url": "https://api.example", "depends_on": "https://db.example"},
        {"url": "https://db.example"},
    ]
    ring = [*one_behind_the_other[:2], {"url": "https://db.example/", "depends_on": "https://router.example"}]
    alone = {"url": "https://alone.example", "depends_on": "https://alone.example/"}

    fine = applied(db, {"websites": one_behind_the_other}, is_dry_run=True)
    with pytest.raises(UnusableConfiguration) as refused:
        applied(db, {"websites": [*ring, alone]})

    assert len(fine.steps) == 3
    assert refused.value.problems == [
        (("websites", 0, "depends_on"), "https://shop.example/ would depend on itself."),
        (("websites", 1, "depends_on"), "https://api.example/ would depend on itself."),
        (("websites", 2, "depends_on"), "https://db.example/ would depend on itself."),
        (("websites", 3, "depends_on"), "https://alone.example/ would depend on itself."),
    ]


def test_a_changed_status_page_keeps_its_subscribers(store: Session) -> None:
    applied(store, DOCUMENT)
    page = StatusPageCRUD.get_by_slug(store, "our-shop")
    assert page is not None
    StatusSubscriberCRUD.ask(store, page.id, "eve@example.org", NOON, again_after=timedelta())
    other = changed(DOCUMENT, "status_pages", 0, password="another", channel=None, groups=[{"tags": ["shop"]}])

    done = applied(store, other)

    told = {field.name: (field.before, field.after) for field in done.steps[0].shown.fields}
    assert actions(done) == [("change", "status_page", "our-shop")]
    assert told["password"] == ("(a secret)", "another (a secret)") and told["channel"] == ("Mail", None)
    assert passwords.verifies("another", page.password_hash) and page.channel_id is None
    assert StatusSubscriberCRUD.get_by_page(store, page.id, 0, 10)[1] == 1
    assert applied(store, other).steps == []
    assert applied(store, DOCUMENT | {"status_pages": []}, is_pruned=True).steps[0].action == "remove"
    assert StatusPageCRUD.get_by_slug(store, "our-shop") is None


def test_status_pages_can_exchange_their_domains(store: Session) -> None:
    names = ("a.example", "b.example", "c.example")
    pages = [{"slug": f"page-{name[0]}", "title": name, "domain": name} for name in names]
    applied(store, DOCUMENT | {"status_pages": pages})

    others = [
        page | {"domain": name} for page, name in zip(pages, ("b.example", "c.example", "a.example"), strict=True)
    ]
    done = applied(store, DOCUMENT | {"status_pages": others})

    assert actions(done) == [("change", "status_page", f"page-{name[0]}") for name in names]
    assert {page.slug: page.domain for page in StatusPageCRUD.get_all(store)[0]} == {
        "page-a": "b.example",
        "page-b": "c.example",
        "page-c": "a.example",
    }


def test_a_renamed_status_page_keeps_its_domain(store: Session) -> None:
    applied(store, DOCUMENT)

    applied(store, changed(DOCUMENT, "status_pages", 0, slug="the-shop"), is_pruned=True)

    page = StatusPageCRUD.get_by_slug(store, "the-shop")
    assert page is not None and page.domain == "status.shop.example"
    assert StatusPageCRUD.get_by_slug(store, "our-shop") is None


def test_problems_of_a_status_page_have_a_path(db: Session) -> None:
    page = {"slug": "a", "title": "A"}
    given = {
        "status_pages": [
            page | {"groups": [{"websites": ["https://x.example/"]}], "channel": "Nobody"},
            page,
            page | {"slug": "b", "password": "[redacted]"},
            page | {"slug": "c", "groups": [{"tags": ["x"]}, {"name": "again", "tags": ["X"]}]},
            page | {"slug": "d", "channel": "Hook", "domain": "status.example.org"},
            page | {"slug": "e", "groups": [{"websites": [f"https://{one}.example/" for one in range(501)]}]},
            page | {"slug": "f", "domain": "status.example.org"},
        ],
        "monthly_reports": [{"channel": "Hook", "recipients": ["ada@example.org"]}],
        "channels": DOCUMENT["channels"][:1],
    }

    with pytest.raises(UnusableConfiguration) as refused:
        applied(db, given)

    assert refused.value.problems == [
        (("status_pages", 1, "slug"), "Another status page in this file has the slug a."),
        (
            ("status_pages", 2),
            "[redacted] stands for a stored password, but none is stored. Give it as {env: NAME}.",
        ),
        (("status_pages", 3), "This status page contains x twice."),
        (("status_pages", 5), "A status page shows at most 500 websites."),
        (("status_pages", 6, "domain"), "Another status page in this file has the domain status.example.org."),
        (("status_pages", 0, "channel"), "There is no channel Nobody in the database or in this file."),
        (
            ("monthly_reports", 0, "channel"),
            "A monthly report is sent by e-mail, but Hook is not an e-mail channel.",
        ),
        (
            ("status_pages", 4, "channel"),
            "Subscribers are notified by e-mail, but Hook is not an e-mail channel.",
        ),
        (("status_pages", 0, "groups"), "There is no website https://x.example/ in the database or in this file."),
    ]


def test_a_changed_monthly_report_keeps_its_deliveries(store: Session) -> None:
    applied(store, DOCUMENT)
    (of_shop, _of_all, _other), _total = MonthlyReportCRUD.get_all(store)
    sent, of_shop.month = of_shop.month, of_shop.month.replace(year=2025)
    other = changed(DOCUMENT, "monthly_reports", 0, recipients=["eve@shop.example"], timezone="UTC")
    other["monthly_reports"].pop(1)

    done = applied(store, other, is_pruned=True)
    store.expire_all()

    assert sent.day == 1
    assert actions(done) == [
        ("change", "report", "shop"),
        ("remove", "report", "all websites (2)"),
    ]
    left, _total = MonthlyReportCRUD.get_all(store)
    assert [(one.tag, one.recipients, one.is_enabled, one.managed_by) for one in left] == [
        ("shop", ["eve@shop.example"], True, "shop"),
        (None, ["bob@example.org"], False, "shop"),
    ]
    assert left[0].month.year == 2025
    assert applied(store, other).steps == []
