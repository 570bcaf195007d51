"""Shortens names that must fit beside a chart, as SVG text is not cut by the browser. Pure."""

import unicodedata

NARROW, BROAD = set(" .,:;'|!/()[]-iljftrI"), set("mwMW@%—")
NARROW_EM, EM, BROAD_EM, CAPITAL_EM, SQUARE_EM = 0.35, 0.57, 0.92, 0.7, 1.0  # upper bounds for Inter
TAIL = 0.35  # of the room: similar names often differ at the end


def shortened_name(name: str, room_em: float) -> str:
    """Return *name*, or its start and end with an ellipsis, within *room_em* times the font size."""
    if width_em(name) <= room_em:
        return name
    room = room_em - SQUARE_EM  # the ellipsis
    head = _start(name, room * (1 - TAIL))
    tail = _start(name[::-1], room * TAIL)[::-1]
    while tail and unicodedata.combining(tail[0]):
        tail = tail[1:]
    return f"{head.rstrip()}…{tail.lstrip()}"


def _start(letters: str, room_em: float) -> str:
    taken = 0.0
    for index, letter in enumerate(letters):
        taken += _letter(letter)
        if taken > room_em:
            return letters[:index]
    return letters


def width_em(name: str) -> float:
    """Return an upper bound of the width of *name*, in times the font size."""
    return sum(map(_letter, name))


def _letter(letter: str) -> float:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return SQUARE_EM
    if letter in NARROW:
        return NARROW_EM
    if letter in BROAD:
        return BROAD_EM
    return CAPITAL_EM if letter.isupper() or letter.isdigit() else EM
