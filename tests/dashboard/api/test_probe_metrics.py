"""Checks as Prometheus metrics, under the names of blackbox_exporter."""

from prometheus_client.parser import text_string_to_metric_families as parse
from sqlalchemy.orm import Session

from core.models import HTTPMethod, MonitorStatus, Region, RegionState
from core.monitoring.verdict import Expectation
from core.services.metrics import latest_of_all, tallies
from dashboard.api.probe_metrics import of_regions, of_websites
from tests.conftest import Queries
from tests.factories import NOON, at, make_check, make_website


def samples(db: Session) -> dict[tuple[str, ...], float]:
    """Every sample by its name and label values, except for the website's own labels."""
    families = parse("".join(gauge.written() for gauge in of_websites(latest_of_all(db))))
    return {
        (sample.name, *(value for name, value in sample.labels.items() if name in ("website", "phase", "status"))): (
            sample.value
        )
        for family in families
        for sample in family.samples
    }


def test_a_check_has_the_metrics_of_blackbox_exporter(store: Session) -> None:
    shop = make_website(store, url="https://shop.example/", name="Shop")
    make_check(
        store,
        shop,
        http_status_code=200,
        http_method=HTTPMethod.GET,
        response_time_ms=250,
        dns_time_ms=10,
        connect_time_ms=20,
        tls_time_ms=30,
        ttfb_ms=140,
        download_time_ms=50,
        redirect_count=1,
        http_version="h2",
        remote_address="[::1]:443",
        body_bytes=1024,
        lag_ms=3,
    )

    found = samples(store)

    assert found["probe_success", "Shop"] == 1
    assert found["probe_duration_seconds", "Shop"] == 0.25
    assert found["probe_http_status_code", "Shop"] == 200
    assert [found["probe_http_duration_seconds", "Shop", phase] for phase in ("resolve", "connect", "tls")] == [
        0.01,
        0.02,
        0.03,
    ]
    assert [found["probe_http_duration_seconds", "Shop", phase] for phase in ("processing", "transfer")] == [0.14, 0.05]
    assert (found["probe_http_version", "Shop"], found["probe_ip_protocol", "Shop"]) == (2, 6)
    assert (found["probe_http_ssl", "Shop"], found["probe_http_redirects", "Shop"]) == (1, 1)
    assert found["probe_http_content_length", "Shop"] == 1024
    assert found["watchwright_check_lag_seconds", "Shop"] == 0.003
    assert found["watchwright_last_check_timestamp_seconds", "Shop"] == NOON.timestamp()


def test_a_failed_check_has_no_metrics_of_unreached_phases(db: Session) -> None:
    make_check(db, make_website(db, name="Shop"), status=MonitorStatus.DOWN, dns_time_ms=10)

    found = samples(db)

    assert found["probe_success", "Shop"] == 0
    assert found["watchwright_website_status", "Shop", "down"] == 1
    assert found["watchwright_website_status", "Shop", "up"] == 0
    assert ("probe_http_duration_seconds", "Shop", "connect") not in found


def test_unknown_is_neither_success_nor_failure(db: Session) -> None:
    make_website(db, name="Never checked")
    make_check(db, make_website(db, name="Unseen"), status=MonitorStatus.UNKNOWN)
    make_check(db, make_website(db, name="Paused", is_active=False))

    names = {key[1] for key in samples(db) if key[0] == "probe_success"}

    assert names == set()


def test_an_unexpected_body_has_its_own_metric(db: Session) -> None:
    shop = make_website(db, name="Shop")
    make_check(db, shop, status=MonitorStatus.DOWN, error_kind=Expectation.BODY)

    assert samples(db)["probe_failed_due_to_regex", "Shop"] == 1


def test_names_are_escaped_in_labels(db: Session) -> None:
    name = 'The "\\new" shop\\'
    make_check(db, make_website(db, name=name))

    assert samples(db)["probe_success", name] == 1


def test_regions_have_counts_by_status_and_disagreement(db: Session) -> None:
    shop, blog = make_website(db, name="Shop", regions=["eu", "us"]), make_website(db, name="Blog", regions=["eu"])
    for website in (shop, blog):
        make_check(db, website)
    seen = {"status": MonitorStatus.UP, "is_down": False, "checked_at": NOON}
    db.add_all([RegionState(website_id=one.id, region="eu", **seen) for one in (shop, blog)])
    db.add(RegionState(website_id=shop.id, region="us", **seen | {"status": MonitorStatus.DOWN, "is_down": True}))
    db.flush()

    families = of_regions([Region(name="eu", heard_at=NOON), Region(name="us", silent_since=NOON)], tallies(db))
    found = {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}

    assert found == {
        ("watchwright_region_silent", "eu"): 0,
        ("watchwright_region_silent", "us"): 1,
        ("watchwright_region_heard_timestamp_seconds", "eu"): NOON.timestamp(),
        ("watchwright_region_websites", "eu", "up"): 2,
        ("watchwright_region_websites", "us", "down"): 1,
        ("watchwright_region_disagreements", "eu"): 0,
        ("watchwright_region_disagreements", "us"): 1,
    }


def test_the_number_of_queries_does_not_grow_with_the_websites(db: Session, query_counter: Queries) -> None:
    for number in range(20):
        make_check(db, make_website(db), checked_at=at(number))
    db.flush()
    db.expire_all()

    with query_counter.counted(db.get_bind()) as queries:  # type: ignore[arg-type]
        latest_of_all(db)

    assert len(queries) == 1
