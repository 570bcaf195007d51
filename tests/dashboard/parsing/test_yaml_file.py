"""Parsing YAML files, and reporting errors with their line."""

import pytest

from core.errors import InvalidInput
from dashboard.parsing.yaml_file import read_yaml

TEXT = """\
rules:
  - name: on
    quiet_from: 22:30
    starts_at: 2026-01-01
    is_enabled: true
    share: 0.5
    secret: {env: TOKEN}
    number: 010
"""


def test_strings_stay_strings_and_env_is_replaced() -> None:
    file = read_yaml(TEXT, "w.yaml", {"TOKEN": "hush"})

    assert file.value["rules"] == [
        {
            "name": "on",
            "quiet_from": "22:30",
            "starts_at": "2026-01-01",
            "is_enabled": True,
            "share": 0.5,
            "secret": "hush",
            "number": 8,
        }
    ]
    assert file.where(["rules", 0, "quiet_from"]) == "w.yaml:3"
    assert file.where(["rules", "0", "not", "there"]) == "w.yaml:2"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: 1\nb: [", "w.yaml:2: this is no YAML"),
        ("a: 1\na: 2", "w.yaml:2: a is said twice; leave one out."),
        ("a:\n  b: {env: NONE}", "w.yaml:2: the environment variable NONE is not set; set it."),
        ("a: !!python/object:os.system x", "w.yaml:1: 'x' cannot be read"),
        ("a: 1\nb: !!timestamp soon\n", r"w.yaml:2: 'soon' cannot be read"),
        ("a: 1\nb: !!bool soon\n", r"w.yaml:2: 'soon' cannot be read"),
        ("a: 1\nb: !!int ''\n", r"w.yaml:2: '' cannot be read"),
    ],
)
def test_errors_name_their_line(text: str, words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_yaml(text, "w.yaml", {})

    assert str(refused.value).startswith(words)


def test_expanding_aliases_are_limited() -> None:
    text = "a: &a [1,1,1,1,1,1,1,1,1,1]\n" + "\n".join(
        f"{name}: &{name} [{','.join(['*' + before] * 10)}]"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )

    with pytest.raises(InvalidInput, match="more than"):
        read_yaml(text, "w.yaml", {})


@pytest.mark.parametrize("text", ["a: &a [*a]\n", "[" * 5_000])
def test_an_alias_inside_itself_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="nested too deeply"):
        read_yaml(text, "file.yaml", {})


MERGED = """\
usual: &usual
  interval: 30s
  group: core
more: &more {group: more, client: {timeout: 5s}}
shop:
  interval: 1m
  <<: [*more, *usual]
  url: 5
"""


def test_own_keys_override_merged_ones() -> None:
    file = read_yaml(MERGED, "w.yaml", {})

    assert file.value["shop"] == {"interval": "1m", "group": "more", "client": {"timeout": "5s"}, "url": 5}
    assert file.where(["shop", "interval"]) == "w.yaml:6"
    assert file.where(["shop", "group"]) == "w.yaml:4"


def test_invalid_merges_are_reported() -> None:
    with pytest.raises(InvalidInput, match="^w.yaml:2: << takes over names with values, and these are none.$"):
        read_yaml("a: &a 1\nb: {<<: *a}", "w.yaml", {})
