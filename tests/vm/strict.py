# SPDX-License-Identifier: BSD-2-Clause
"""Reads JSON lines the way the strictest consumer would. Python's own parser forgives too much."""
import json

LIMIT = 65536


class Bad(Exception):
    """What is wrong with one line."""


def _pairs(pairs):
    keys = [key for key, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise Bad(f"the key {key!r} stands twice in one object")
    return dict(pairs)


def _constant(word):
    raise Bad(f"{word} is not JSON")


def parse(line):
    """One line, as bytes without its line end."""
    if len(line) + 1 > LIMIT:
        raise Bad(f"the line is {len(line) + 1} bytes long, more than {LIMIT}")
    if any(byte < 0x20 or byte == 0x7f for byte in line):
        raise Bad("there is a raw control byte in the line")
    try:
        value = json.loads(line.decode("utf-8"), object_pairs_hook=_pairs, parse_constant=_constant)
    except UnicodeDecodeError as error:
        raise Bad(f"not UTF-8: {error}") from None
    except ValueError as error:
        raise Bad(f"not JSON: {error}") from None
    if not isinstance(value, dict):
        raise Bad("the line is not an object")
    for text in _texts(value):
        if any(0xd800 <= ord(char) <= 0xdfff for char in text):
            raise Bad("there is half a surrogate pair in a text")
    return value


def _texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts(item)


def parse_lines(data):
    """All lines of an output: (values, faults), each fault with its line number."""
    values, faults = [], []
    lines = data.split(b"\n")
    if lines.pop():
        faults.append(f"line {len(lines) + 1}: the last line has no line end")
    for number, line in enumerate(lines, 1):
        try:
            values.append(parse(line))
        except Bad as bad:
            faults.append(f"line {number}: {bad}: {line[:200]!r}")
    return values, faults


def replaced(data):
    """Bytes as text, with one U+FFFD for each byte that is not part of valid UTF-8."""
    out = ""
    while data:
        try:
            return out + data.decode("utf-8")
        except UnicodeDecodeError as error:
            out += data[:error.start].decode("utf-8") + "\ufffd" * (error.end - error.start)
            data = data[error.end:]
    return out
