"""Which names of headers, parameters and fields stand before a secret. Pure."""

import re
from functools import lru_cache

SECRET_HEADERS = frozenset(
    {
        "authorization",
        "proxy-authorization",
        "authentication-info",
        "proxy-authentication-info",
        "cookie",
        "cookie2",
        "set-cookie",
        "set-cookie2",
        "x-amz-security-token",
        "x-forwarded-access-token",
        "x-goog-iap-jwt-assertion",
        "cf-access-jwt-assertion",
        "sec-websocket-protocol-token",
        "x-vault-token",
    }
)
WITHIN = (  # in any name that has them, once case, dashes and underscores are taken out
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "privatekey",
    "authkey",
    "functionskey",  # Azure
    "subscriptionkey",
    "credential",
    "authorization",
    "sessionid",
    "sessionkey",
    "signature",
    "cardnumber",
    "securitycode",
    "onetimecode",
    "verificationcode",
    "recoverycode",
    "backupcode",
    "authcode",
    "mfacode",
    "otpcode",
    "smscode",
    "logincode",
    "resetcode",
    "oobcode",  # Firebase: of a link that signs in or sets a password
    "devicecode",
    "codeverifier",  # RFC 7636
    "clientassertion",
    "samlresponse",
    "jwt",
)
SHORT = frozenset({"pwd", "pass", "pw", "pin", "otp", "totp", "cvv", "cvc"})  # or the last word: userPwd, new_pass2
WHOLE = frozenset(
    {
        "cvv2",
        "sid",
        "sig",
        "auth",
        "ssn",
        "iban",
        "phpsessid",
        "jsessionid",
        "session",
        "csrf",
        "xsrf",
    }
)
HARMLESS = frozenset({"tokentype", "tokencount", "maxtokens", "tokens", "passwordreset", "tokenendpoint", "secretname"})
DOUBTFUL = frozenset({"key", "ticket", "tokens", "invite", "invitation"})  # of a column, a case, words and guests, too
_SEPARATORS = re.compile(r"[^a-z0-9]+")
_LAST_WORD = re.compile(r"([A-Z]?[a-z]+|[A-Z]+)[\d_\]-]*$")


@lru_cache(maxsize=4_096)
def is_secret_name(name: str) -> bool:
    """Whether the value of a parameter or field called *name* is a secret."""
    bare = _SEPARATORS.sub("", name.lower()).replace("tokeniz", "")
    if bare in HARMLESS:
        return False
    last = _LAST_WORD.search(name)
    is_short = last is not None and last[1].lower() in SHORT
    whole = _SEPARATORS.sub("", name.lower().rpartition(".")[2])  # in code, s.id is an id and no sid
    return is_short or whole in WHOLE or any(word in bare for word in WITHIN)


def may_be_secret_name(name: str) -> bool:
    """Whether something called *name* is a secret where its value looks like one."""
    return name.lower() in DOUBTFUL


@lru_cache(maxsize=4_096)
def is_secret_header(name: str) -> bool:
    """Whether the value of the header *name* is a secret; ``X-Api-Key``, ``X-Auth-Token`` and their like are."""
    lowered = name.lower()
    if lowered.startswith(("access-control-", "sec-", "content-")):
        return False  # they name headers and policies, not their values
    return lowered in SECRET_HEADERS or lowered in ("x-auth", "x-key") or is_secret_name(lowered)
