"""Converts the conditions of a Gatus endpoint to a website's check options. Pure."""

import re
from collections.abc import Iterable

from core.importers.gatus_values import seconds
from core.importers.import_data import ImportData
from core.importers.parsing import Row, json_path

CONDITION = re.compile(r"\s*(\[[A-Z_]+\][^\s]*|len\(.*\)|has\(.*\))\s*(==|!=|<=|>=|<|>)\s*(.+?)\s*")
PATTERN = re.compile(r"pat\(\*(?P<text>[^*?\[]*)\*\)")
ANY = re.compile(r"any\((?P<values>.*)\)")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
CODES = frozenset(range(100, 600))


def read_conditions(name: str, conditions: Iterable[str], found: ImportData) -> Row:
    """Return the check options for *conditions* of the endpoint called *name*; others are skipped with a reason."""
    options: Row = {}
    accepted: frozenset[int] | None = None
    for condition in conditions:
        try:
            codes, translated = _translated(condition)
        except ValueError:  # an invalid number or an unknown condition
            found.leave(f"condition of {name}", f"{condition} cannot be converted.")
            continue
        if codes is not None:
            accepted = codes if accepted is None else accepted & codes  # all conditions must hold
        elif "json_equals" in translated:
            options["json_equals"] = [*options.get("json_equals", []), *translated["json_equals"]]
        elif options.keys() & translated.keys():
            found.leave(
                f"condition of {name}", f"{condition} is not imported: an earlier condition of the same kind exists."
            )
        else:
            options |= translated
    if accepted is not None and not accepted:
        found.leave(f"conditions of {name}", "No status code meets all conditions.")
    return options | ({"accepted_statuses": _ranges(accepted)} if accepted else {})


def _translated(condition: str) -> tuple[frozenset[int] | None, Row]:
    """Return the status codes or the options that *condition* requires."""
    parts = CONDITION.fullmatch(condition)
    if parts is None:
        raise ValueError(condition)
    what, sign, value = parts[1], parts[2], parts[3]
    return (_codes(sign, value), {}) if what == "[STATUS]" else (None, _options(what, sign, value))


def _codes(sign: str, value: str) -> frozenset[int]:
    if sign in ("==", "!="):
        inside = ANY.fullmatch(value)
        named = frozenset(int(part) for part in (inside["values"] if inside else value).split(","))
        return named if sign == "==" else CODES - named
    code = int(value)
    holds = {"<": code.__gt__, "<=": code.__ge__, ">": code.__lt__, ">=": code.__le__}[sign]
    return frozenset(filter(holds, CODES))


def _options(what: str, sign: str, value: str) -> Row:
    if (what, sign, value) == ("[CONNECTED]", "==", "true"):
        return {}  # a website without a connection is down anyway
    if what == "[RESPONSE_TIME]" and sign in ("<", "<="):
        return {"max_response_ms": float(value)}
    if what == "[CERTIFICATE_EXPIRATION]" and sign in (">", ">="):
        return {"min_certificate_days": round(seconds(value, 0) / 86_400)}
    if what == "[BODY]" and sign in ("==", "!=") and (inside := PATTERN.fullmatch(value)):
        return {"body_contains" if sign == "==" else "body_excludes": inside["text"]}
    if what == "[BODY]" and sign == "==" and "(" not in value:
        return {"body_matches": f"^{re.escape(value)}$"}
    if what.startswith(("[BODY].", "[BODY][")) and sign == "==" and "(" not in value:
        return {"json_equals": [{"path": json_path(what.removeprefix("[BODY]")), "equals": _scalar(value)}]}
    raise ValueError(what)


def _scalar(text: str) -> object:
    if text in ("true", "false"):
        return text == "true"
    if NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text.strip('"')


def _ranges(codes: frozenset[int]) -> str:
    starts = sorted(code for code in codes if code - 1 not in codes)
    ends = sorted(code for code in codes if code + 1 not in codes)
    return ",".join(
        str(first) if first == last else f"{first}-{last}" for first, last in zip(starts, ends, strict=True)
    )
