"""The flags of `watchwright website` and `watchwright check`, run in this process because another starts slowly."""

import json

import pytest
from typer.testing import CliRunner, Result

from core.errors import InvalidInput, NotFound
from dashboard.command_line.app import app
from tests.sites.flaky import FlakySite

pytestmark = pytest.mark.usefixtures("own_data_dir")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_each_expectation_that_failed_has_a_line_of_its_own() -> None:
    with FlakySite() as site:
        done = run("check", site.url, "--accept", "204", "--contains", "nowhere", "--max-response-ms", "0.001")

    assert done.exit_code == 1
    lines = done.output.splitlines()
    assert lines[1] == "DOWN: The server returned status 200; expected 204."
    assert lines[2].startswith("DOWN: The body should contain 'nowhere'; it begins with")
    assert lines[3].startswith("DEGRADED: The response took")


def test_check_options_are_added_changed_shown_and_reset() -> None:
    added = run("website", "add", "example.org", "--method", "HEAD", "--header", "X-Key: hush-hush")
    changed = run("website", "change", "1", "--accept", "200,401", "--reset", "method", "--interval", "30")
    shown = run("website", "show", "example.org")
    facts = json.loads(run("website", "show", "1", "--json").output)

    assert added.exit_code == 0, added.output
    assert changed.output == "Changed example.org.\n"
    assert "Accepted status:      200,401" in shown.output
    assert "hush" not in shown.output
    assert facts["check_options"] == {"headers": {"X-Key": "[redacted]"}, "accepted_statuses": "200,401"}
    assert facts["check_interval"] == 30


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--accept", "many"), "--accept: The accepted status codes must be such as 200-299,401, not 'many'."),
        (("--reset", "colour"), "--reset: there is no flag colour; there are method, header, body,"),
    ],
)
def test_an_invalid_flag_is_named(arguments: tuple[str, ...], words: str) -> None:
    run("website", "add", "https://example.org")

    done = run("website", "change", "1", *arguments)

    assert isinstance(done.exception, InvalidInput)
    assert str(done.exception).startswith(words)


def test_regions_need_a_shared_store() -> None:
    refused = run("website", "add", "https://example.org", "--region", "eu", "--region", "us", "--quorum", "2")
    run("website", "add", "https://example.org")
    freed = run("website", "change", "1", "--anywhere")

    assert isinstance(refused.exception, InvalidInput)
    assert str(refused.exception).startswith("Regions need a database on PostgreSQL")
    assert freed.exit_code == 0, freed.output


def test_a_deletion_is_confirmed_by_name_if_the_website_exists() -> None:
    run("website", "add", "https://example.org", "--name", "Ours")
    run("website", "add", "https://127.0.0.1:9")

    asked = CliRunner().invoke(app, ("website", "remove", "1"), input="n\n")
    unknown = run("website", "remove", "99")
    found = run("website", "show", "127.0.0.1:9")
    listed = run("website", "list")

    assert asked.output.startswith("Delete Ours (https://example.org) with its checks")
    assert isinstance(unknown.exception, NotFound) and unknown.output == ""
    assert "https://127.0.0.1:9" in found.output
    assert [line.index("https") for line in listed.output.splitlines()] == [35, 35]


def test_a_bare_host_is_accepted_as_url() -> None:
    run("website", "add", "router.example")
    run("website", "add", "shop.example", "--depends-on", "router.example")
    run("website", "change", "shop.example", "--url", "www.shop.example")

    shown = run("website", "show", "www.shop.example")

    assert shown.exit_code == 0
    assert "https://www.shop.example" in shown.output and "Depends on:           https://router.example" in shown.output


def test_dependency_and_tags_can_be_reset() -> None:
    run("website", "add", "router.example")
    run("website", "add", "shop.example", "--depends-on", "router.example", "--tag", "eu", "--no-evidence")

    run("website", "change", "2", "--reset", "depends-on", "--reset", "tag", "--reset", "evidence")

    shown = run("website", "show", "2").output
    assert "Depends on:           nothing" in shown and "Tags:                 none" in shown
    assert "recorded automatically" in shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Nothing to change was given. See `watchwright website change --help`."),
        (("--anywhere", "--region", "eu"), "--anywhere takes all regions away; leave --region out."),
        (("--anywhere", "--quorum", "2"), "--anywhere takes all regions away; leave --quorum out."),
        (("--tag", "eu", "--reset", "tag"), "--reset tag takes it away; leave --tag out."),
    ],
)
def test_an_empty_or_contradictory_change_is_refused(arguments: tuple[str, ...], words: str) -> None:
    run("website", "add", "shop.example")

    refused = run("website", "change", "1", *arguments)

    assert isinstance(refused.exception, InvalidInput) and str(refused.exception) == words


def test_an_id_out_of_range_is_not_found() -> None:
    assert isinstance(run("website", "show", "9" * 30).exception, NotFound)
