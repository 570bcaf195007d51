"""Masks secrets in text of any kind, by the names before them and by their shapes. Pure.

Every pattern is bounded or linear, so that a hostile page cannot keep the processor busy.
"""

import re
from collections.abc import Callable
from urllib.parse import quote, unquote_plus

from core.debugging.redaction.policy import MARK, RedactionPolicy
from core.debugging.redaction.secret_names import may_be_secret_name
from core.debugging.redaction.secret_shapes import is_secret_pair, is_token, redact_shapes, redact_userinfo

_NAME = r"[\w.%\[\]-]{1,64}"
_PAIR = re.compile(rf"(?<![\w.%\[\]-])({_NAME})=([^&\s\"'<>;#,)]+)")
_VALUE = r"""("(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?)"""
_CODE = re.compile(r"(?:function|async|await|new|void|typeof)(?![\w.-])|this\.")  # an expression that a script assigns
_QUOTED_PAIR = re.compile(
    rf"""((["']?)(?<![\w$.-])([\w.$-]{{1,64}})\2\]?\s{{0,4}}(?:=>|[:=!]={{0,2}})\s{{0,4}}){_VALUE}"""
)
# In code: ``form.append("password", "…")``, ``[["token", "…"]]``, ``{name: "password", value: "…"}``.
_ARGUMENT_PAIR = re.compile(rf"""([(\[]\s{{0,40}}(["'`])([\w.$-]{{1,64}})\2\s{{0,4}},\s{{0,40}})({_VALUE[1:]}""")
_NAMED_FIELD = re.compile(r"""\b(?:name|key|field|id)["']?\s{0,4}:\s{0,4}["']([\w.$\[\]-]{1,64})["']\s{0,4},""")
_ITS_VALUE = re.compile(rf"""[^{{}}]{{0,200}}?\bvalue["']?\s{{0,4}}:\s{{0,4}}{_VALUE}""")
_LIST = re.compile(r"""[:=]\s{0,4}\[\s{0,40}["'][^\[\]{}]{1,4000}""")
_ITS_NAME = re.compile(r"""(?<![\w.$-])([\w.$-]{1,64})["']?\s{0,4}\Z""")
_SIGN_IN = re.compile(
    r"""((?<![\w$])(?:log|sign)_?in(?:with\w{1,40})?\s?\([^()\n]{0,200}?,\s{0,40})("[^"\s]{4,200}"|'[^'\s]{4,200}')\s?\)""",
    re.IGNORECASE,
)
_SIGNING_IN = ("ogin", "ogIn", "og_in", "ignin", "ignIn", "ign_in")
_QUOTED = re.compile(_VALUE)
_TEMPLATE_PAIR = re.compile(r"""((["'`]?)(?<![\w$.-])([\w.$-]{1,64})\2\]?\s{0,4}[:=,]\s{0,4})`([^`\\]{1,10000})(?=`)""")
_NUMBER_PAIR = re.compile(r'("([\w.$ -]{1,64})"\s{0,4}:\s{0,4})(-?\d[\d.eE+-]{0,40})')
_ENTITY_PAIR = re.compile(r"((&(?:quot|#34);)([\w.$ -]{1,64})\2\s{0,4}:\s{0,4}\2)([^&<>\"]{1,10000})(?=\2)")
_ESCAPED_PAIR = re.compile(r'(\\{1,7}"([\w.$ -]{1,64})\\{1,7}"\s{0,4}:\s{0,4}\\{1,7}")([^"\\]{1,10000})')
_PROSE_NAME = re.compile(r"(?<![\w\"'-])([\w-]{1,64})(: ?|,? (?:(?:[-=]>|=|→|is|was):? )?|= )")
_PROSE_VALUE = re.compile(r"[^\s,;{}\[\]()\"']+")
_PROSE_SECRET = re.compile(r"(?=[^\s]*[a-zA-Z\d])[a-zA-Z\d$][^\s,;{}\[\]()\"']{3,}")  # not punctuation or a path
# In settings files: ``password = hunter2``, in YAML ``password: hunter2  # of the shop``.
_LINE = re.compile(
    r"""^([ \t]{0,40}(?:- )?([\w.-]{1,64})[ \t]{0,4}[:=][ \t]{1,4})([^\s"'`;,(){}\[\]<>|]{4,200})"""
    r"""(?=[ \t]{0,40}\r?$|[ \t]{1,40}#)""",
    re.MULTILINE,
)
_WORD = re.compile(r"[A-Za-z_:./$-]+")  # a word, a type or a variable, as in code
_XML = re.compile(r"(<(?:[\w.-]{1,64}:)?([\w.-]{1,64})(?:\s[^<>]{0,500})?>)([^<>]{1,10000})(?=</)")
_FIELD = re.compile(r"""<(?:input|meta)\b(?:"[^"]{0,10000}"|'[^']{0,10000}'|[^<>"']){0,2000}""", re.IGNORECASE)
_FIELD_NAME = re.compile(r"""\b(?:name|id)\s{0,4}=\s{0,4}["']?([^"'\s<>]{1,64})""", re.IGNORECASE)
_PASSWORD_FIELD = re.compile(r"""\btype\s{0,4}=\s{0,4}["']?password\b""", re.IGNORECASE)
_FIELD_VALUE = re.compile(
    r"""(\b(?:value|content)\s{0,4}=\s{0,4})(?:"([^"]{1,10000})"|'([^']{1,10000})'|([^\s"'<>]{1,10000}))""",
    re.IGNORECASE,
)
_NESTINGS = 2  # a form in a query in a query; each further level doubles the work that a hostile page can cause
OAUTH_CODE = "code"  # secret in a URL or next to grant_type; elsewhere mostly the number of an error
_STATE = re.compile(r"[?&#](?:state|session_state|iss)=", re.IGNORECASE)  # accompanies the code (RFC 6749, 9207)
_SHORT_CODE = re.compile(r"[?&#]code=[\w.-]{1,3}(?:[&#]|$)", re.IGNORECASE)  # a status, a country, a language

Hides = Callable[[str], bool]


def redact_text(text: str, policy: RedactionPolicy) -> str:
    """Mask everything in *text* that is a secret by its name or its shape."""
    text = redact_shapes(text, policy)
    text = _pairs(text, _with_code(policy) if "grant_type=" in text else policy.hides, policy)
    text = _code_pairs(_quoted_pairs(text, policy), policy)
    if any(mark in text for mark in (": ", "= ", ":\t", "=\t")):
        text = _LINE.sub(lambda match: _line(match, policy), text)
    if "&quot;" in text or "&#34;" in text:
        text = _ENTITY_PAIR.sub(lambda match: _named(match, match[3], match[4], policy.mark(match[4]), policy), text)
    if '\\"' in text:
        text = _ESCAPED_PAIR.sub(lambda match: _named(match, match[2], match[3], policy.mark(match[3]), policy), text)
    if "</" in text or "<input" in text or "<meta" in text:
        text = _XML.sub(lambda match: _named(match, _element(match), match[3], policy.mark(match[3]), policy), text)
        text = _FIELD.sub(lambda match: _field(match[0], policy), text)
    return text


def redact_prose(text: str, policy: RedactionPolicy) -> str:
    """Mask secrets in a message for people, such as ``password: hunter2``, which `redact_text` does not mask.

    After a secret name and a colon or equals sign every value is masked. After a space, an arrow or "is" only values
    that are not words of a sentence are masked: "token expired" stays.
    """
    text = redact_text(text, policy)
    parts, end = [], 0
    for name in _PROSE_NAME.finditer(text):  # names only: in "Error: password: hunter2" one name is another's value
        if name.start() < end or not policy.hides(name[1]):
            continue
        is_told = name[2][0] in ":="
        value = (_PROSE_VALUE if is_told else _PROSE_SECRET).match(text, name.end())
        if value is not None and (is_told or (is_token(value[0]) and "://" not in value[0])):
            parts += [text[end : value.start()], policy.mark(value[0])]
            end = value.end()
    return "".join((*parts, text[end:]))


def redact_url(url: str, policy: RedactionPolicy) -> str:
    """Mask the user information and secret parameters of *url*; data: and blob: URLs stay unchanged."""
    if url[:5].lower() in ("data:", "blob:"):
        return url
    url = redact_userinfo(url, policy)
    is_plain = _SHORT_CODE.search(url) is not None and _STATE.search(url) is None
    url = _pairs(url, policy.hides if is_plain else _with_code(policy), policy)
    return redact_shapes(url, policy)


def _with_code(policy: RedactionPolicy) -> Hides:
    return lambda name: policy.hides(name) or name.lower() == OAUTH_CODE


def _pairs(text: str, hides: Hides, policy: RedactionPolicy, nestings: int = _NESTINGS) -> str:
    def mask(match: re.Match[str]) -> str:
        name = unquote_plus(match[1]) if "%" in match[1] else match[1]
        value = match[2]
        if hides(name) or is_secret_pair(name, value):
            return match[0] if _CODE.match(value) else f"{match[1]}={policy.mark(value)}"
        if "=" in value and nestings:  # an unencoded form inside the value
            value = _pairs(value, hides, policy, nestings - 1)
        if "%" in value and nestings:
            value = _nested(value, hides, policy, nestings - 1)
        return f"{match[1]}={value}"

    return _PAIR.sub(mask, text) if "=" in text else text


def _nested(value: str, hides: Hides, policy: RedactionPolicy, nestings: int) -> str:
    """Mask secrets in a parameter whose value is a percent-encoded URL, form or JSON."""
    inside = unquote_plus(value)
    clean = redact_shapes(_quoted_pairs(_pairs(inside, hides, policy, nestings), policy), policy)
    if clean == inside and "%" in inside and nestings:  # encoded twice
        clean = _nested(inside, hides, policy, nestings - 1)
    return value if clean == inside else quote(clean, safe="[]:")


def _quoted_pairs(text: str, policy: RedactionPolicy, nestings: int = _NESTINGS) -> str:
    if '"' not in text and "'" not in text:
        return text
    text = _QUOTED_PAIR.sub(lambda match: _quoted(match, policy, nestings), text)
    return _NUMBER_PAIR.sub(lambda match: _named(match, match[2], match[3], f'"{policy.mark(match[3])}"', policy), text)


def _quoted(match: re.Match[str], policy: RedactionPolicy, nestings: int) -> str:
    value = match[4]
    if len(value) <= 2:
        return match[0]
    if policy.hides(match[3]) or is_secret_pair(match[3], value[1:-1]):
        return match[1] + _masked(value, policy)
    if not nestings:
        return match[0]
    quote = value[0]
    inside = value[1:-1] if value.endswith(quote) else value[1:]
    clean = _quoted_pairs(inside, policy, nestings - 1)  # JSON in an attribute, or in a script's string
    return match[0] if clean == inside else f"{match[1]}{quote}{clean}{quote}"


def _code_pairs(text: str, policy: RedactionPolicy) -> str:
    """Mask secrets in code other than assignments: arguments, lists, named fields, sign-in calls and templates."""
    if '"' in text or "'" in text:
        text = _ARGUMENT_PAIR.sub(
            lambda match: _named(match, match[3], match[4], _masked(match[4], policy), policy), text
        )
        text = _named_fields(text, policy)
        text = _LIST.sub(lambda match: _listed(match, policy), text)
        if any(sign in text for sign in _SIGNING_IN):
            text = _SIGN_IN.sub(lambda match: _signed_in(match, policy), text)
    if "`" in text:
        text = _TEMPLATE_PAIR.sub(
            lambda match: _named(match, match[3], match[4], f"`{policy.mark(match[4])}", policy), text
        )
    return text


def _named_fields(text: str, policy: RedactionPolicy) -> str:
    parts, end = [], 0
    for name in _NAMED_FIELD.finditer(text):
        value = _ITS_VALUE.match(text, name.end()) if name.start() >= end and policy.hides(name[1]) else None
        if value is not None:
            parts += [text[end : value.start(1)], _masked(value[1], policy)]
            end = value.end()
    return "".join((*parts, text[end:]))


def _listed(match: re.Match[str], policy: RedactionPolicy) -> str:
    """Mask the items of ``"tokens": ["…", "…"]`` in text that is not JSON."""
    named = _ITS_NAME.search(match.string[max(0, match.start() - 70) : match.start()])
    name = named[1] if named else ""

    def mask(item: re.Match[str]) -> str:
        is_secret = len(item[1]) > 2 and (policy.hides(name) or is_secret_pair(name, item[1][1:-1]))
        return _masked(item[1], policy) if is_secret else item[1]

    return _QUOTED.sub(mask, match[0]) if policy.hides(name) or may_be_secret_name(name) else match[0]


def _signed_in(match: re.Match[str], policy: RedactionPolicy) -> str:
    """Mask the last argument of ``login("ada", "…")``, unless it is a word, a path or the name of an event."""
    secret = match[2][1:-1]
    is_word = secret.startswith(("/", "#", ".")) or "://" in secret or not re.search(r"\d|[^\w:./-]", secret)
    return match[0] if is_word else f"{match[1]}{_masked(match[2], policy)})"


def _masked(quoted: str, policy: RedactionPolicy) -> str:
    """Mask a quoted value; the closing quote may be missing."""
    quote = quoted[0]
    return f"{quote}{policy.mark(quoted[1:].removesuffix(quote))}{quote}"


def _named(match: re.Match[str], name: str, value: str, shown: str, policy: RedactionPolicy) -> str:
    if not policy.hides(name) or not value.strip() or MARK.fullmatch(value):
        return match[0]
    return f"{match[1]}{shown}"


def _line(match: re.Match[str], policy: RedactionPolicy) -> str:
    return match[0] if _WORD.fullmatch(match[3]) else _named(match, match[2], match[3], policy.mark(match[3]), policy)


def _element(match: re.Match[str]) -> str:
    """Return the name of an element; for a text area the name of its field: ``<textarea name=token>``."""
    named = _FIELD_NAME.search(match[1]) if match[2].lower() == "textarea" else None
    return named[1] if named else match[2]


def _field(tag: str, policy: RedactionPolicy) -> str:
    """Mask the value of an input or meta element whose name or id is secret, or of a password field."""
    if not _PASSWORD_FIELD.search(tag) and not any(policy.hides(name) for name in _FIELD_NAME.findall(tag)):
        return tag
    return _FIELD_VALUE.sub(lambda match: f'{match[1]}"{policy.mark(match[2] or match[3] or match[4])}"', tag)
