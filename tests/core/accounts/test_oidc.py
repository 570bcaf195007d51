"""The OpenID Connect flow with a real provider on loopback accepts valid answers only."""

import base64
import time
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import ECKey

from core.accounts.oidc import Callback, Claims, PendingSignIn, Provider
from core.config import Settings
from core.errors import InvalidSetting, SignInRefused
from tests import oidc_provider
from tests.oidc_provider import CLIENT_ID, CLIENT_SECRET, SHARED, WRONG_KEY

RETURN_TO = "http://127.0.0.1:8080/login/oidc/callback"


@pytest.fixture
def there() -> Iterator[oidc_provider.Provider]:
    with oidc_provider.providing() as provider:
        yield provider


def client_of(there: oidc_provider.Provider) -> Provider:
    provider = Provider.of(
        Settings(oidc_issuer=there.issuer, oidc_client_id=CLIENT_ID, oidc_client_secret=CLIENT_SECRET)
    )
    assert provider is not None
    return provider


async def sign_in(provider: Provider, there: oidc_provider.Provider, **otherwise: str | None) -> Claims:
    """Go through the flow like a browser; *otherwise* replaces parameters of the callback."""
    address, begun = await provider.begin(RETURN_TO)
    back = {name: values[0] for name, values in parse_qs(urlsplit(there.visited(address)).query).items()}
    answered = Callback(**(back | otherwise))
    return await provider.finish(begun, answered, RETURN_TO)


async def test_a_signed_in_person_is_identified(there: oidc_provider.Provider) -> None:
    there.details = {"groups": ["ops"], "preferred_username": "somebody else"}

    claims = await sign_in(client_of(there), there)

    assert (claims["sub"], claims["preferred_username"], claims["groups"]) == ("248289761001", "grace", ["ops"])


async def test_each_request_has_new_pkce_state_and_nonce(there: oidc_provider.Provider) -> None:
    provider = client_of(there)
    await sign_in(provider, there)
    await sign_in(provider, there)

    first, second = there.asked
    assert (first["response_type"], first["client_id"], first["redirect_uri"]) == ("code", CLIENT_ID, RETURN_TO)
    assert (first["scope"], first["code_challenge_method"]) == ("openid profile email", "S256")
    assert all(first[name] != second[name] for name in ("state", "nonce", "code_challenge"))
    assert all(len(form["code_verifier"]) >= 43 for _authorization, form in there.exchanged)


async def test_the_groups_scope_is_requested_if_supported(there: oidc_provider.Provider) -> None:
    there.discovery = {"scopes_supported": ["openid", "profile", "email", "groups"]}

    await sign_in(Provider(there.issuer, CLIENT_ID, CLIENT_SECRET, "groups"), there)
    await sign_in(Provider(there.issuer, CLIENT_ID, CLIENT_SECRET, "roles"), there)

    assert [asked["scope"] for asked in there.asked] == ["openid profile email groups", "openid profile email"]


@pytest.mark.parametrize("endpoint", ["token_endpoint", "jwks_uri", "userinfo_endpoint"])
async def test_the_provider_cannot_redirect_to_cloud_metadata(
    there: oidc_provider.Provider, endpoint: str, caplog: pytest.LogCaptureFixture
) -> None:
    there.discovery = {endpoint: "http://[::ffff:169.254.169.254]/latest/meta-data/"}

    with pytest.raises(SignInRefused):
        await sign_in(client_of(there), there)

    assert "clouds keep a machine's credentials" in str(caplog.records[-1].__dict__["reason"])


async def test_the_provider_may_be_on_a_denied_network(there: oidc_provider.Provider) -> None:
    settings = Settings(
        oidc_issuer=there.issuer,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret=CLIENT_SECRET,
        private_networks=False,
        deny={"127.0.0.0/8"},
    )
    provider = Provider.of(settings)
    assert provider is not None

    assert (await sign_in(provider, there))["sub"] == "248289761001"


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
async def test_the_client_secret_is_sent_by_the_supported_method(there: oidc_provider.Provider, method: str) -> None:
    there.discovery = {"token_endpoint_auth_methods_supported": [method]}

    await sign_in(client_of(there), there)

    ((authorization, form),) = there.exchanged
    if method == "client_secret_basic":  # both parts are form-encoded (RFC 6749, 2.3.1)
        encoded = base64.b64encode(b"watchwright:the%2Fclient%27s%20secret").decode()
        assert (authorization, "client_secret" in form) == (f"Basic {encoded}", False)
    else:
        assert (authorization, form["client_secret"]) == (None, CLIENT_SECRET)


def _wrong(**token: object) -> Callable[[oidc_provider.Provider], None]:
    return lambda there: there.token.update(token)


def _signs(key: object, algorithm: str = "ES256") -> Callable[[oidc_provider.Provider], None]:
    def change(there: oidc_provider.Provider) -> None:
        there.signs_with, there.algorithm = key, algorithm

    return change


@pytest.mark.parametrize(
    "goes_wrong",
    [
        _wrong(iss="https://evil.example"),
        _wrong(aud="another client"),
        _wrong(aud=[CLIENT_ID, "another client"], azp="another client"),
        _wrong(exp=int(time.time()) - 600),
        _wrong(iat=int(time.time()) + 6_000),
        _wrong(nonce="that of another browser"),
        _wrong(nonce=None),
        _wrong(sub=None),
        _wrong(sub=""),
        lambda there: there.person.update(sub=["ada"]),
        lambda there: there.person.update(sub="a\0b"),
        lambda there: there.person.update(sub="\ud800"),
        lambda there: there.person.update(sub="a" * 256),
        _wrong(exp="soon"),
        _wrong(at_hash="not that of the access token"),
        _signs(WRONG_KEY),
        _signs(SHARED, "HS256"),
        lambda there: setattr(there, "is_signed", False),
        lambda there: there.discovery.update(issuer="https://evil.example"),
        lambda there: there.discovery.update(token_endpoint="file:///etc/passwd"),
        lambda there: there.discovery.update(jwks_uri=None),
        lambda there: there.details.update(sub="somebody else"),
    ],
    ids=[
        "another issuer",
        "for another client",
        "for others too",
        "too old",
        "from the future",
        "replayed",
        "without a nonce",
        "nobody",
        "nobody's name",
        "a list of people",
        "a NUL in it",
        "no text",
        "longer than the standard allows",
        "without an end",
        "another access token",
        "another key",
        "a shared secret as key",
        "no signature",
        "speaks for another",
        "a file",
        "no keys",
        "details of somebody else",
    ],
)
async def test_invalid_tokens_are_refused(
    there: oidc_provider.Provider, goes_wrong: Callable[[oidc_provider.Provider], None]
) -> None:
    goes_wrong(there)

    with pytest.raises(SignInRefused, match="Sign-in failed"):
        await sign_in(client_of(there), there)


@pytest.mark.parametrize(
    "otherwise",
    [{"state": "forged"}, {"state": None}, {"code": "stolen"}, {"issuer": "https://evil.example"}],
    ids=["forged state", "no state", "another code", "mixed-up issuer"],
)
async def test_a_foreign_state_is_refused(there: oidc_provider.Provider, otherwise: dict[str, str | None]) -> None:
    with pytest.raises(SignInRefused):
        await sign_in(client_of(there), there, **otherwise)


async def test_a_stolen_code_is_useless_without_the_verifier(there: oidc_provider.Provider) -> None:
    provider = client_of(there)
    address, _begun = await provider.begin(RETURN_TO)
    code = parse_qs(urlsplit(there.visited(address)).query)["code"][0]
    thief = PendingSignIn(state="theirs", nonce=there.asked[0]["nonce"], verifier="guessed" * 10)

    with pytest.raises(SignInRefused):
        await provider.finish(thief, Callback(code=code, state="theirs"), RETURN_TO)


async def test_a_refusal_of_the_provider_is_reported(there: oidc_provider.Provider) -> None:
    with pytest.raises(SignInRefused, match=r"127\.0\.0\.1 refused the sign-in"):
        await sign_in(client_of(there), there, code=None, error="access_denied")


async def test_a_new_signing_key_is_fetched(there: oidc_provider.Provider) -> None:
    provider = client_of(there)
    await sign_in(provider, there)
    there.key = ECKey.generate_key("P-256", {"kid": "second"})

    assert (await sign_in(provider, there))["sub"] == "248289761001"


async def test_an_unavailable_provider_is_retried(there: oidc_provider.Provider) -> None:
    away = Provider("http://127.0.0.1:9", CLIENT_ID, None)

    with pytest.raises(SignInRefused, match="Try again"):
        await away.begin(RETURN_TO)
    assert await away.sign_out_address() is None
    assert await client_of(there).sign_out_address() == f"{there.issuer}/leave"


def test_an_issuer_without_a_client_id_is_an_invalid_setting() -> None:
    with pytest.raises(InvalidSetting, match="WATCHWRIGHT_OIDC_CLIENT_ID"):
        Provider.of(Settings(oidc_issuer="https://login.example.org"))
    assert Provider.of(Settings()) is None
