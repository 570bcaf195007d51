"""Recognises secrets by their shape: tokens, API keys, card numbers, and URLs that grant access. Pure.

Every pattern is bounded or linear, so that a hostile page cannot keep the processor busy.
"""

import base64
import binascii
import re
from urllib.parse import unquote

from core.debugging.redaction.policy import RedactionPolicy
from core.debugging.redaction.secret_names import may_be_secret_name

# The header of a JWT and JSON in base64 begin with {", in base64 "eyJ". Before them and before a key may be a
# percent-encoded character, such as %22.
_JWT = re.compile(r"eyJ(?:(?<=\beyJ)|(?<=%[\da-fA-F]{2}eyJ))[\w-]{6,}\.[\w-]{6,}\.[\w-]*")  # RFC 7519
_ENCODED_JSON = re.compile(r"eyJ(?:(?<![\w.+/-]eyJ)|(?<=%[\da-fA-F]{2}eyJ))[\w+/-]{12,4000}+(?:=|%3[dD]){0,2}(?![\w.])")
_KEY = re.compile(r'"([\w.$-]{1,64})"\s{0,4}:')
_CARD = re.compile(r"(?<![\d.-])[3-6]\d{3}(?:(?:[ +-]|%20)?\d){9,15}(?![\d.-])")
_KNOWN_KEY = re.compile(
    r"(?:\b|(?<=%[\da-fA-F]{2}))(?:(?:AKIA|ASIA)[A-Z0-9]{16}\b|(?:sk|rk)_(?:live|test)_\w{8,}|gh[pousr]_\w{20,}|github_pat_\w{20,}"
    r"|gl(?:pat|rt|dt)-[\w-]{16,}|xox[abeprs]-[\w-]{10,}|AIza[\w-]{35}|ya29\.[\w-]{20,}|1//0[\w-]{24,}"
    r"|sk-(?:(?:proj|svcacct|admin|ant)-[\w-]{20,}|[a-zA-Z\d]{32,})|SG\.[\w-]{16,}\.[\w-]{16,}|npm_[a-zA-Z\d]{30,}"
    r"|pypi-AgE[\w-]{16,}|do[opr]_v1_\w{32,}|hv[sb]\.[\w-]{20,}|whsec_[\w+/]{16,}|shp(?:at|ca|pa|ss)_[a-fA-F\d]{32})"
)
_PRIVATE_KEY = re.compile(r"(?<=-----BEGIN )([A-Z ]{0,20}PRIVATE KEY-----)([^-]{1,20000})(?=-----END|\Z)")
_SCHEME = re.compile(r"\b([Bb]earer|BEARER|[Bb]asic|BASIC|[Dd]igest|[Tt]oken)( +)([\w.~+/:-]{6,}={0,2})(?![\w=])")
_USERINFO = re.compile(r"(?<=://)([^/\s?#@\"'<>]{1,1024})(?=@)")
_WEBHOOK = re.compile(  # Slack, Discord, Telegram: the path alone grants access
    r"(/services/T\w{6,16}/B\w{6,16}/|/webhooks/\d{16,20}/|/bot\d{6,12}:)([\w-]{20,128})"
)
_SEGMENT = re.compile(r"(?<=/)[\w~-]{12,512}(?![\w.~-]|/[^\s?#\"'<>]{0,200}\.\w)")  # of a path that is not a file's
# Links sent by mail, which grant access: ``/reset/TOKEN``, in Django ``/reset/MQ/TOKEN``.
_GRANTS_ACCESS = re.compile(
    r"/[\w-]{0,30}(?:reset|verif|confirm|activat|invit|magic|recover|unsubscribe|password|token)[\w-]{0,30}/"
    r"(?:[\w-]{1,12}/)?\Z",
    re.IGNORECASE,
)
_BEFORE = 90  # characters before a segment in which `_GRANTS_ACCESS` is searched
_RUN = re.compile(r"[a-zA-Z\d]{12,}")
_SWITCH = re.compile(r"(?<=[a-zA-Z])\d|(?<=\d)[a-zA-Z]|(?<=[a-z])[A-Z]")
_MIN_SWITCHES = 4  # between digits, lower-case and upper-case letters; "iPhone15Pro" has three
_UUID = re.compile(r"[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}", re.IGNORECASE)


def redact_shapes(text: str, policy: RedactionPolicy) -> str:
    """Mask everything in *text* that has the shape of a secret, regardless of its name."""
    text = redact_keys(text, policy)
    if "PRIVATE KEY-----" in text:
        text = _PRIVATE_KEY.sub(lambda match: match[1] + policy.mark(match[2]), text)
    text = _SCHEME.sub(
        lambda match: f"{match[1]}{match[2]}{policy.mark(match[3])}" if is_token(match[3]) else match[0], text
    )
    text = redact_userinfo(text, policy)
    if "/" in text:
        text = _WEBHOOK.sub(lambda match: match[1] + policy.mark(match[2]), text)
        text = _SEGMENT.sub(lambda match: policy.mark(match[0]) if _grants_access(match) else match[0], text)
    return _CARD.sub(lambda match: policy.mark(match[0]) if is_card(match[0]) else match[0], text)


def _grants_access(segment: re.Match[str]) -> bool:
    before = segment.string[max(0, segment.start() - _BEFORE) : segment.start()]
    return is_random(segment[0]) and _GRANTS_ACCESS.search(before) is not None


def redact_keys(text: str, policy: RedactionPolicy) -> str:
    """Mask JWTs, JSON with secrets in base64, and well-known API keys in *text*.

    Their shapes are so specific that they are safe for binary data.
    """
    text = _JWT.sub(lambda match: policy.mark(match[0]), text)
    text = _ENCODED_JSON.sub(lambda match: _encoded(match[0], policy), text)
    return _KNOWN_KEY.sub(lambda match: policy.mark(match[0]), text)


def _encoded(text: str, policy: RedactionPolicy) -> str:
    encoded = unquote(text)  # so that its mask is the same with %3D as with =
    return policy.mark(encoded) if _has_secret(encoded, policy) else text


def _has_secret(encoded: str, policy: RedactionPolicy) -> bool:
    """Whether JSON in base64 has a field with the name of a secret, such as OAuth's ``state`` of some programs."""
    try:
        text = base64.b64decode(encoded.rstrip("=") + "==", altchars="-_" if re.search("[-_]", encoded) else None)
    except binascii.Error:
        return False
    return any(policy.hides(name) for name in _KEY.findall(text.decode("utf-8", "replace")))


def redact_userinfo(text: str, policy: RedactionPolicy) -> str:
    """Mask user names and passwords before a host in *text*."""
    return _USERINFO.sub(lambda match: policy.mark(match[1]), text) if "@" in text else text


def is_secret_pair(name: str, value: str) -> bool:
    """Whether *value* is a secret because its *name* is possibly one of a secret and it looks random."""
    return may_be_secret_name(name) and is_random(value)


def is_token(word: str) -> bool:
    """Whether *word* after "Bearer", "Basic" or "token" is a token, not the next or last word of a sentence."""
    word = word.rstrip(".!?:")
    return not word.isalpha() or not word[1:].islower() or len(word) > 24


def is_random(text: str) -> bool:
    """Whether *text* looks random: its letters and digits are more mixed than in words, names, numbers and dates."""
    if _UUID.fullmatch(text):
        return True
    return any(len(_SWITCH.findall(run)) >= _MIN_SWITCHES for run in _RUN.findall(text))


def is_card(text: str) -> bool:
    """Whether *text* is a card number by its first digit, its length and its Luhn checksum (ISO/IEC 7812-1)."""
    digits = [int(char) for char in text.replace("%20", "") if char.isdigit()]
    lengths = {3: (14, 15), 4: (13, 16, 19), 5: (16,), 6: (16, 17, 18, 19)}[digits[0]]
    if len(digits) not in lengths or len(set(digits)) == 1:
        return False
    doubled = (sum(divmod(2 * digit, 10)) if index % 2 else digit for index, digit in enumerate(reversed(digits)))
    return sum(doubled) % 10 == 0
