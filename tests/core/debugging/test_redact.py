"""Redaction masks every secret and leaves all other text unchanged."""

import base64
import gzip
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import utc_now
from core.debugging.redact import (
    MARK,
    RedactionPolicy,
    redact_body,
    redact_event,
    redact_headers,
    redact_message,
    redact_text,
    redact_url,
    redact_value,
)
from core.models import NetworkEventType
from core.schemas.network_event import NetworkEventCreate

PLAIN = RedactionPolicy()
KEYED = RedactionPolicy(key=b"the key of this store")
ENCODED_JSON = base64.urlsafe_b64encode(b'{"back": "/", "csrf_token": "SECRET"}').decode().rstrip("=")
PADDED = base64.b64encode(b'{"csrf_token": "SECRETS"}').decode()
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJlLXBhcnQ"


def event(**overrides: Any) -> NetworkEventCreate:
    values: dict[str, Any] = {
        "debug_session_id": 1,
        "event_type": NetworkEventType.REQUEST,
        "url": "https://example.test/",
        "timestamp": utc_now(),
    }
    return NetworkEventCreate(**values | overrides)


def test_the_mark_is_the_start_of_the_secrets_sha256() -> None:
    assert PLAIN.mark("hunter2") == "[redacted:f52fbd32]"  # printf hunter2 | sha256sum


def test_equal_secrets_have_equal_marks_and_others_have_others() -> None:
    assert KEYED.mark("one") == KEYED.mark("one") != KEYED.mark("two")


def test_a_pin_cannot_be_found_by_hashing_all_pins_without_the_key() -> None:
    marks = {PLAIN.mark(f"{pin:04}") for pin in range(10_000)}

    assert KEYED.mark("1234") not in marks


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("Refresh", "5;url=/x?token=SECRET", "5;url=/x?token="),
        ("Authorization", "Bearer abc.def", "Bearer "),
        ("authorization", "abcdef", ""),
        ("Proxy-Authorization", "Basic YWRhOmxvdmVsYWNl", "Basic "),
        ("X-Api-Key", "k-123", ""),
        ("X-Auth-Token", "t-123", ""),
        ("X-CSRF-Token", "c-123", ""),
        ("X-Session", "s-123", ""),
        ("X-Amz-Security-Token", "a-123", ""),
        ("Sec-WebSocket-Protocol", "a" * 40, ""),
    ],
)
def test_secret_headers_are_masked_except_their_scheme(name: str, value: str, kept: str) -> None:
    redacted = redact_headers({name: value}, PLAIN)

    assert redacted is not None
    assert redacted[name].startswith(kept) and MARK.fullmatch(redacted[name].removeprefix(kept))


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/html; charset=utf-8", "Content-Length": "12"},
        {"Access-Control-Allow-Headers": "Authorization, X-Api-Key"},
        {"Sec-WebSocket-Protocol": "graphql-transport-ws, json"},
        {"Cache-Control": "max-age=3600", "ETag": '"4111111111111112"'},
        {"Content-Security-Policy": "default-src 'self'; script-src 'nonce-abc'"},
    ],
)
def test_headers_without_a_secret_are_unchanged(headers: dict[str, str]) -> None:
    assert redact_headers(headers, PLAIN) == headers


def test_cookies_keep_their_names_and_attributes() -> None:
    sent = redact_headers({"Cookie": "sid=abc; theme=dark"}, PLAIN)
    received = redact_headers({"Set-Cookie": "sid=abc; Path=/; HttpOnly\nb=2; Secure"}, PLAIN)

    assert sent == {"Cookie": f"sid={PLAIN.mark('abc')}; theme={PLAIN.mark('dark')}"}
    assert received == {"Set-Cookie": f"sid={PLAIN.mark('abc')}; Path=/; HttpOnly\nb={PLAIN.mark('2')}; Secure"}


@pytest.mark.parametrize(
    "url",
    [
        "https://a.test/?access_token=SECRET&page=2",
        "https://a.test/?page=2&password=SECRET#top",
        "https://a.test/#id_token=SECRET&state=1",
        "https://ada:SECRET@a.test/",
        "https://SECRET@a.test/",
        "https://a.test/callback?code=SECRET",
        "https://a.test/callback?Code=SECRET",
        "https://a.test/callback?state=1&code=SECRET",
        "https://a.test/?user%5Bpassword%5D=SECRET",
        "https://a.test/?X-Amz-Signature=SECRET",
        f"https://a.test/reset/{JWT}",
        "wss://a.test/socket?apiKey=SECRET",
        "https://a.test/maps?key=SECRET1a2b3c4d5e6f&page=2",
        "https://a.test/cas?ticket=ST-956-SECRET0BdLkg9W17bXS",
        "https://a.test/account/reset/SECRET1a2b3c4d5e6f",
        "https://a.test/password-reset/MQ/c8a7x2-SECRET1a2b3c4d5e6f/",
        "https://a.test/invite/SECRET1a2b3c4d5e6f/accept?page=2",
        "https://a.test/verify_email/SECRET1a2b3c4d5e6f",
        "https://hooks.slack.test/services/T00000000/B00000000/SECRETa1b2c3d4e5f6g7h8",
        "https://api.telegram.test/bot123456789:SECRETa1b2c3d4e5f6g7h8i9j0/getMe",
        f"https://a.test/callback?state={ENCODED_JSON}",
        "https://a.test/pay?card=4111+1111+1111+1111",
        "https://a.test/pay?number=4111%201111%201111%201111",
    ],
)
def test_secrets_in_urls_are_masked(url: str) -> None:
    redacted = redact_url(url, PLAIN)

    assert not any(secret in redacted for secret in ("SECRET", JWT, ENCODED_JSON, "1111"))
    assert MARK.search(redacted)
    assert redacted.startswith(url[:6])


@pytest.mark.parametrize(
    "url",
    [
        "https://a.test/?page=2&q=token",
        "https://a.test/tokens/list?max_tokens=100",
        "https://a.test/order/1234567890123456",
        "https://a.test:8443/a@b/c?time=1732417658123",
        "data:image/png;base64,iVBORw0KGgo=",
        "https://a.test/error?code=404",
        "https://a.test/list?sort=asc&key=price",
        "https://a.test/list?key=2024-01-31&key=iPhone15Pro&ticket=12345",
        "https://a.test/reset/password",
        "https://a.test/invite/colleagues/123456789012",
        "https://a.test/confirm/order-2024-000123",
        "https://a.test/verify/1a2b3c4d5e6f7a8b/main.js",
        "https://a.test/verify/main.1a2b3c4d5e6f7a8b.js",
        "https://a.test/shop?code=DE&page=2",
        "https://a.test/?token=undefined",
    ],
)
def test_urls_without_a_secret_are_unchanged(url: str) -> None:
    assert redact_url(url, PLAIN) == url


@pytest.mark.parametrize(
    "body",
    [
        '{"user": "ada", "password": "SECRET"}',
        '{"login": {"client_secret": "SECRET"}}',
        '{"credentials": {"a": ["SECRET", {"b": "SECRET"}]}}',
        '{"\\u0070assword": "SECRET"}',
        '{"inner": "{\\"token\\": \\"SECRET\\"}"}',
        '{"list": [1, 2], "api_key": "SECRET", "cut": "he',
        '{"inner": "{\\"token\\": \\"SECRET\\"}", "cut": "he',
        '{"password": "SECRET',
        "user=ada&password=SECRET&page=1",
        "grant_type=password&client_secret=SECRET",
        '--x\r\nContent-Disposition: form-data; name="password"\r\n\r\nSECRET\r\n--x--',
        "<login><user>ada</user><password>SECRET</password></login>",
        '<s:Envelope><wsse:Password Type="text">SECRET</wsse:Password></s:Envelope>',
        '<input type="hidden" name="csrf_token" value="SECRET">',
        '<meta content="SECRET" name="csrf-token">',
        "<input name=password value=SECRET>",
        """<input name="password" value="it's SECRET">""",
        '<input name="password" value="a<b>SECRET">',
        '<input type="password" name="field7" value="SECRET">',
        """<div data-config='{"apiToken": "SECRET"}'></div>""",
        '<div data-config="{&quot;apiToken&quot;:&quot;SECRET&quot;}"></div>',
        """fetch("/login", {body: '{"password": "SECRET"}'});""",
        'const config = {apiKey: "SECRET", url: "/"};',
        "window.sessionToken = 'SECRET';",
        "Authorization: Bearer SECRET1234",
        "-----BEGIN RSA PRIVATE KEY-----\nSECRET\n-----END RSA PRIVATE KEY-----",
        "postgresql://ada:SECRET@db/shop",
        '[{"name": "user", "value": "ada"}, {"name": "password", "value": "SECRET"}]',
        '{"fields": [{"value": "SECRET", "key": "apiToken"}]}',
        '[["user", "ada"], ["password", "SECRET"]]',
        '[{"name": "user", "value": "ada"}, {"name": "password", "type": "text", "value": "SECRET"}, {"cut": "he',
        "const field = {id: 'login', name: 'password', value: 'SECRET'};",
        "form.append('password', 'SECRET');",
        'localStorage.setItem("authToken","SECRET")',
        "new Map([['session', 'SECRET']])",
        "config['password'] = 'SECRET';",
        "if (password === 'SECRET') enter();",
        "const password = `SECRET`;",
        "headers.set(`X-Api-Key`, `SECRET`)",
        '<textarea name="api_token" rows=2>SECRET</textarea>',
        '{"tokens": ["SECRET1a2b3c4d5e6f"]}',
        '{"tokens": {"access": "SECRET1a2b3c4d5e6f", "kind": "bearer"}}',
        '{"tokens": ["SECRET1a2b3c4d5e6f"], "cut": "he',
        '{"secrets": ["SECRET", "one"], "cut": "he',
        '{"query": "mutation L($p: String!) {login(password: $p)}", "variables": {"p": "SECRET"}}',
        '<a href="/reset/SECRET1a2b3c4d5e6f">Set a password</a>',
        "login('ada', 'SECRET1')",
        'auth.signInWithPassword(form.email, "SECRET-1");',
        "grant_type=authorization_code&code=SECRET",
        '{"grant_type": "authorization_code", "code": "SECRET"}',
        "[db]\nuser = ada\npassword = SECRET-1\n",
        "database:\n  user: ada\n  password: SECRET-1\n",
        "- token: 2SECRET",
        "db.password = 2SECRET\r\n",
        "headers: {'X-Session': 'SECRET', 'Accept': '*/*'}",
    ],
)
def test_secrets_in_bodies_are_masked(body: str) -> None:
    redacted = redact_body(body, PLAIN)

    assert "SECRET" not in redacted
    assert MARK.search(redacted)


@pytest.mark.parametrize(
    "body",
    [
        'form.append("password", "SECRET-1")',
        '[["token", "SECRET-1"]]',
        '{name: "password", value: "SECRET-1"}',
        "const token = `SECRET-1`;",
        "config['password'] = 'SECRET-1', other",
        "&quot;password&quot;: &quot;SECRET-1&quot;, &quot;user&quot;",
        r"{\"password\": \"SECRET-1\"}",
        "<user>ada</user><password>SECRET-1</password>",
        "<textarea name=token rows=2>SECRET-1</textarea>",
        '<input type=password value="SECRET-1" name=a>',
        'login("ada", "SECRET-1")',
        "p%61ssword=SECRET-1&page=1",
        """<div data-config='{"apiToken": "SECRET-1"}' class="a">""",
        'link = "/x?password=SECRET-1&page=1"',
    ],
)
def test_only_the_secret_is_masked_and_not_the_text_around_it(body: str) -> None:
    before, after = body.split("SECRET-1")

    assert redact_text(body, PLAIN) == before + PLAIN.mark("SECRET-1") + after


@pytest.mark.parametrize(
    "secret",
    [
        JWT,
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_" + "a1B2" * 9,
        "sk_live_" + "a1B2c3D4",
        "SG.a1B2c3D4e5F6g7H8.a1B2c3D4e5F6g7H8",
        "sk-proj-a1B2c3D4e5F6g7H8i9J0",
        "ya29.a1B2c3D4e5F6g7H8i9J0",
        "npm_" + "a1B2c3D4e5" * 3,
        "shpat_" + "0a1b" * 8,
        "4111 1111 1111 1111",
        "378282246310005",
    ],
)
def test_secrets_are_recognised_by_their_shape(secret: str) -> None:
    assert redact_text(f"before {secret} after", PLAIN) == f"before {PLAIN.mark(secret)} after"


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112",
        "1732417658123456",
        "the token is missing, a basic mistake; see the bearer documentation",
        "order 4444 4444 4444 4444",
        '{"a":  1,\n "b": [true, null, 1.50]}',
        "h1 { color: teal } /* pass: 3 */",
        "if (a == b && token_count < 3) return;",
        "<p>Your password was changed.</p>",
        '{"name": "How to reset your password", "value": "Ask us."}',
        '{"error": "expired", "code": "E1042"}',
        '{"accessToken": null, "password": "undefined"}',
        "Basic Authentication is off",
        '{"tokens": 1200, "usage": {"tokens": [12, 33]}}',
        '{"tokens": ["the", "quick"], "colours": {"tokens": {"brand": "--brand-500"}}}',
        '{"key": "user.name", "value": "Bob"}',
        "login('/home', 'Sign in')",
        "t.login(e, t)",
        "signIn('google', 'popup')",
        "track.login('button', 'click')",
        "this.token=new Token(s.id=7),r.tokenize=read,a.onToken=function(e){}",
        "interface Login {\n  user: string\n  password: string\n}",
        "  password = form.password\n  token = read(form)\n",
        base64.b64encode(b'{"version": 3, "sources": ["a.js"]}').decode(),
    ],
)
def test_text_without_a_secret_is_unchanged(text: str) -> None:
    assert redact_body(text, PLAIN) == text


@pytest.mark.parametrize(
    "text",
    [
        "logged in with token=SECRET",
        "{user: ada, password: SECRET}",
        "Uncaught Error: refused: Bearer SECRET1234\n at https://a.test/?access_token=SECRET:3:1",
        "password:SECRET",
        "Error: password: SECRET",
        "password: SECRET: not right",
        "password SECRET1",
        "Token= SECRET",
        "token => SECRET1",
        "token -> SECRET1 (30 days)",
        "the password is SECRET1",
        "[token, SECRET1]",
        "Map(1) {'password' => 'SECRET and more'}",
    ],
)
def test_secrets_in_console_messages_are_masked(text: str) -> None:
    assert "SECRET" not in redact_message(text, PLAIN)


@pytest.mark.parametrize(
    "text",
    [
        "the token is expired",
        "Token expired, password required.",
        "Token Invalid",
        "The access token expired.",
        '{"message": "CSRF token mismatch."}',
        "SyntaxError: Unexpected token '<', \"<!DOCTYPE \"... is not valid JSON",
        "Unexpected token < in JSON at position 0",
        "auth /login answered 401",
        "token: undefined",
        "csrf https://a.test/token.js",
    ],
)
def test_console_messages_that_only_mention_secrets_are_unchanged(text: str) -> None:
    assert redact_message(text, PLAIN) == text


@pytest.mark.parametrize("value", ["undefined", "null"])
def test_placeholders_for_a_missing_secret_are_unchanged(value: str) -> None:
    assert redact_headers({"Authorization": f"Bearer {value}"}, PLAIN) == {"Authorization": f"Bearer {value}"}


def test_secrets_in_frames_of_a_websocket_are_masked() -> None:
    details = {"messages": [{"direction": "sent", "payload": '{"token": "SECRET"}', "opcode": 1}]}

    redacted = redact_event(event(details=details), PLAIN)

    assert redacted.details is not None
    frame = redacted.details["messages"][0]
    assert json.loads(frame["payload"]) == {"token": PLAIN.mark("SECRET")} and frame["opcode"] == 1


def test_secrets_in_text_fields_beside_an_upload_are_masked() -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="password"\r\n\r\nSECRET\r\n--x\r\n'
    body += b'Content-Disposition: form-data; name="file"; filename="f"\r\n\r\n\x00\xff\x80\r\n--x--'
    encoded = base64.b64encode(body).decode()

    redacted = redact_event(event(request_payload=encoded, request_payload_encoding="base64"), PLAIN)

    assert redacted.request_payload is not None
    assert base64.b64decode(redacted.request_payload) == body.replace(b"SECRET", PLAIN.mark("SECRET").encode())


@pytest.mark.parametrize(
    "body",
    [
        "name=J\xfcrgen&password=SECRET".encode("latin-1"),
        '{"name": "J\xfcrgen", "password": "SECRET"}'.encode("latin-1"),
    ],
    ids=["form", "json"],
)
def test_secrets_in_text_of_another_charset_are_masked_and_its_bytes_kept(body: bytes) -> None:
    encoded = base64.b64encode(body).decode()

    redacted = redact_event(event(request_payload=encoded, request_payload_encoding="base64"), PLAIN)

    assert redacted.request_payload is not None
    assert base64.b64decode(redacted.request_payload) == body.replace(b"SECRET", PLAIN.mark("SECRET").encode())


def test_secrets_in_a_compressed_body_are_masked() -> None:
    encoded = [
        base64.b64encode(gzip.compress(body)).decode() for body in (b'{"password": "SECRET"}', b'{"user": "ada"}')
    ]

    secret, harmless = (
        redact_event(event(request_payload=one, request_payload_encoding="base64"), PLAIN).request_payload
        for one in encoded
    )

    assert secret is not None
    assert gzip.decompress(base64.b64decode(secret)).decode() == f'{{"password": "{PLAIN.mark("SECRET")}"}}'
    assert harmless == encoded[1]


@pytest.mark.parametrize("secret", [JWT, PADDED, f"ghp_{'a1' * 12}"], ids=["JWT", "JSON", "key"])
@pytest.mark.parametrize("before", ["%22", "%3D", "%3d", "x=%22"])
def test_a_token_after_an_encoded_character_has_its_usual_mask(before: str, secret: str) -> None:
    encoded = secret.replace("=", "%3D")

    assert (
        redact_text(f"https://a.test/{before}{encoded}%22", PLAIN) == f"https://a.test/{before}{PLAIN.mark(secret)}%22"
    )
    assert redact_text(f"say {secret}", PLAIN) == f"say {PLAIN.mark(secret)}"


@pytest.mark.parametrize(
    ("line", "clean"),
    [
        ("password:\thunter2", "password:\t{}"),
        ("password\t=\thunter2", "password\t=\t{}"),
        ("password: hunter2 # of the shop", "password: {} # of the shop"),
        ("password = hunter2\t# 1, 2", "password = {}\t# 1, 2"),
    ],
)
def test_a_line_of_a_settings_file_is_masked_with_tabs_and_comments(line: str, clean: str) -> None:
    text = "[shop]\n{}\n# end\n"

    assert redact_text(text.format(line), PLAIN) == text.format(clean.format(PLAIN.mark("hunter2")))


def test_secrets_in_text_of_a_binary_frame_are_masked() -> None:
    frame = {"payload": base64.b64encode(b'{"token": "SECRET"}').decode(), "opcode": 2, "encoding": "base64"}

    redacted = redact_event(event(details={"messages": [frame]}), PLAIN)

    assert redacted.details is not None
    payload = base64.b64decode(redacted.details["messages"][0]["payload"])
    assert json.loads(payload) == {"token": PLAIN.mark("SECRET")}


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("/a?input=%7B%22password%22%3A%22SECRET%22%7D&page=2", "/a?input=%7B%22password%22:%22{}%22%7D&page=2"),
        ("/a?next=%2Fb%3Ftoken%3DSECRET%26page%3D2", "/a?next=%2Fb%3Ftoken%3D{}%26page%3D2"),
        ("/a?next=%2Fb%3Fthen%3D%252Fc%253Ftoken%253DSECRET", "/a?next=%2Fb%3Fthen%3D%252Fc%253Ftoken%253D{}"),
        (
            "/a?next=http%3A%2F%2Fada%3ASECRET%40b.test%2F",
            "/a?next=http:%2F%2F" + PLAIN.mark("ada:SECRET") + "%40b.test%2F",
        ),
        ("/a?next=/b?token=SECRET&page=2", "/a?next=/b?token={}&page=2"),
        ("/a?x=password%253DSECRET", "/a?x=password%253D{}"),
        ("/a?q=50%25&name=J%C3%BCrgen%20", "/a?q=50%25&name=J%C3%BCrgen%20"),
    ],
    ids=["json", "url", "url in a url", "user information", "url as it is", "encoded twice", "none"],
)
def test_secrets_nested_in_a_parameter_are_masked(url: str, clean: str) -> None:
    masked = redact_url(url, PLAIN)

    assert masked.replace("%5Bredacted:", "[redacted:").replace("%5D", "]") == clean.format(PLAIN.mark("SECRET"))


def test_the_passcode_of_a_text_frame_is_masked() -> None:
    frame = {"direction": "sent", "payload": "CONNECT\nlogin:ada\npasscode:SECRET\n\n", "encoding": None}

    redacted = redact_event(event(details={"messages": [frame]}), PLAIN)

    assert redacted.details is not None
    assert redacted.details["messages"][0]["payload"] == f"CONNECT\nlogin:ada\npasscode:{PLAIN.mark('SECRET')}\n\n"


def test_a_token_among_the_subprotocols_of_a_websocket_is_masked() -> None:
    headers = {"Sec-WebSocket-Protocol": "graphql-transport-ws, bearer, SECRET"}

    assert redact_headers(headers, PLAIN) == {
        "Sec-WebSocket-Protocol": f"graphql-transport-ws, bearer, {PLAIN.mark('SECRET')}"
    }


def test_binary_bodies_are_unchanged() -> None:
    encoded = base64.b64encode(bytes(range(256))).decode()

    redacted = redact_event(event(response_payload=encoded, response_payload_encoding="base64"), PLAIN)

    assert redacted.response_payload == encoded


def test_a_well_known_token_in_a_binary_message_is_masked() -> None:
    message = b"\x00\x00\x00\x00\x91\x0a" + JWT.encode() + b"\x12\x02\xff\x80"
    encoded = base64.b64encode(message).decode()

    redacted = redact_event(event(response_payload=encoded, response_payload_encoding="base64"), PLAIN)

    assert redacted.response_payload is not None
    assert base64.b64decode(redacted.response_payload) == message.replace(JWT.encode(), PLAIN.mark(JWT).encode())


def test_oauth_codes_in_any_header_are_masked() -> None:
    headers = {"X-Redirect-Url": "https://a.test/?code=SECRET&state=1", "X-Kind": "code=404"}

    assert redact_headers(headers, PLAIN) == headers | {
        "X-Redirect-Url": f"https://a.test/?code={PLAIN.mark('SECRET')}&state=1"
    }


def test_secrets_in_the_stack_of_the_initiator_are_masked() -> None:
    stack = {"callFrames": [{"url": "https://a.test/app.js?token=SECRET", "lineNumber": 3}]}

    redacted = redact_event(event(initiator={"type": "script", "stack": stack}), PLAIN)

    assert "SECRET" not in str(redacted.initiator) and redacted.initiator is not None
    assert redacted.initiator["stack"]["callFrames"][0]["lineNumber"] == 3


def test_booleans_are_never_secrets() -> None:
    facts = {"password": True, "tokens": [False, None], "secret": {"set": True}}

    assert redact_value(facts, PLAIN) == facts


@pytest.mark.parametrize(
    "name", ["user_pass", "userPwd", "pwd1", "newPass", "user[pass]", "authCode", "mfa_code", "oobCode", "SAMLResponse"]
)
def test_secret_names_are_recognised_inside_longer_names(name: str) -> None:
    assert PLAIN.hides(name)


@pytest.mark.parametrize("name", ["compass", "bypass", "passenger", "spin", "opinion", "code", "country_code"])
def test_names_that_only_resemble_secret_names_are_not_secret(name: str) -> None:
    assert not PLAIN.hides(name)


def test_names_from_the_settings_are_secret_everywhere() -> None:
    policy = RedactionPolicy(extra_names=frozenset({"x-tenant", "kundennummer"}))

    assert redact_headers({"X-Tenant": "acme"}, policy) == {"X-Tenant": policy.mark("acme")}
    assert redact_url("https://a.test/?Kundennummer=77", policy) == f"https://a.test/?Kundennummer={policy.mark('77')}"
    assert redact_value({"kundennummer": 77}, policy) == {"kundennummer": policy.mark("77")}


def test_redacting_twice_is_redacting_once() -> None:
    once = redact_body('{"password": "x", "url": "https://u:p@a.test/?token=y"}', KEYED)

    assert redact_body(once, KEYED) == once


def test_a_lone_surrogate_does_not_reach_the_store() -> None:
    redact_body('{"password": "x", "odd": "\\ud800"}', PLAIN).encode()


@given(st.text(max_size=300))
def test_any_text_is_accepted(text: str) -> None:
    redact_message(text, KEYED)
    redact_url(text, KEYED)


@pytest.mark.parametrize(
    "piece",
    [
        '"',
        'name="x',
        "<input ",
        "<input '",
        "a='b=\"",
        "&quot;a&quot;:&quot;",
        "a=",
        "4 ",
        "://",
        "eyJ",
        '\\"',
        "a: ",
        "<a>",
        "\n",
        "[",
        '{"a":',
        "-----BEGIN PRIVATE KEY-----",
        "/reset/",
        "/reset/a1b2c3d4e5f6/",
        "login(",
        '"a":["b",',
        "/bot1234567:",
        "\npassword: a1",
        "password: ",
        'name:"token",',
        "('a','",
    ],
)
def test_hostile_bodies_take_linear_time(piece: str) -> None:
    short, long = piece * (16_384 // len(piece)), piece * (131_072 // len(piece))

    factor = _seconds(long) / _seconds(short)

    assert factor < 40  # eight times the text; a quadratic pattern would need 64 times as long


def _seconds(text: str) -> float:
    def once() -> float:
        started = time.thread_time()
        redact_message(text, PLAIN)
        return time.thread_time() - started

    return min(once() for _try in range(3))
