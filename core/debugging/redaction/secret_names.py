"""Recognises names of headers, parameters and fields whose values are secrets. Pure."""

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
WITHIN = (  # anywhere in a name, ignoring case, dashes and underscores
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
    "oobcode",  # Firebase: in links that sign in or set a password
    "devicecode",
    "codeverifier",  # RFC 7636
    "clientassertion",
    "samlresponse",
    "jwt",
)
SHORT = frozenset({"pwd", "pass", "pw", "pin", "otp", "totp", "cvv", "cvc"})  # as last word: userPwd, new_pass2
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
DOUBTFUL = frozenset({"key", "ticket", "tokens", "invite", "invitation"})  # also names of harmless values
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
    # In code, s.id is an id and not a sid; a header's name may begin with X-.
    whole = _SEPARATORS.sub("", name.lower().rpartition(".")[2].removeprefix("x-"))
    return is_short or whole in WHOLE or any(word in bare for word in WITHIN)


def may_be_secret_name(name: str) -> bool:
    """Whether a value called *name* is a secret if it also looks random."""
    return name.lower() in DOUBTFUL


@lru_cache(maxsize=4_096)
def is_secret_header(name: str) -> bool:
    """Whether the value of the header *name* is a secret, as for ``X-Api-Key`` and ``X-Auth-Token``."""
    lowered = name.lower()
    if lowered.startswith(("access-control-", "sec-", "content-")):
        return False  # these contain names of headers and policies
    return lowered in SECRET_HEADERS or lowered == "x-key" or is_secret_name(lowered)
