# SPDX-License-Identifier: BSD-2-Clause
"""Holds lines against the JSON Schema that is installed, as build/kmodwatch.schema.json.

A line takes most of a millisecond, and runs have thousands that differ in numbers and names only: so of lines with one
shape (keys, types, signs, and those texts for which the schema lists words) the first is taken.
"""
import functools
import json

from place import TOP, Trouble

SCHEMA = TOP / "build" / "kmodwatch.schema.json"


class Schema:
    def __init__(self, text):
        try:
            from jsonschema import Draft202012Validator
        except ImportError:
            raise Trouble("python3-jsonschema is missing: make packages-test") from None
        schema = json.loads(text)
        Draft202012Validator.check_schema(schema)
        self.validator = Draft202012Validator(strict(schema))
        self.worded = {"kind"}
        for part in schema["$defs"].values():
            self.worded |= {key for key, value in part["properties"].items() if "enum" in value}
        self.known = {}

    def check_line(self, line):
        """The faults of one line."""
        shape = self._shape(None, line)
        if shape not in self.known:
            self.known[shape] = [f"the schema does not allow {error.json_path}: {error.message[:300]}"
                                 for error in self.validator.iter_errors(line)]
        return self.known[shape]

    def _shape(self, key, value):
        if isinstance(value, dict):
            return tuple((name, self._shape(name, item)) for name, item in value.items())
        if isinstance(value, list):
            return frozenset(self._shape(None, item) for item in value)
        if isinstance(value, str):
            return value if key in self.worded else str
        if type(value) is int:
            return value if key == "schema" else (int, value < 0)
        return value


def strict(schema):
    """The schema, but no key may be there that it does not name: of our own lines it knows all."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: False if key == "additionalProperties" and value is True else strict(value)
            for key, value in schema.items()}


@functools.lru_cache(maxsize=None)
def installed():
    if not SCHEMA.exists():
        raise Trouble(f"{SCHEMA} is missing: make all")
    return Schema(SCHEMA.read_text(encoding="utf-8"))


def check_line(line):
    return installed().check_line(line)
