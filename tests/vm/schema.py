# SPDX-License-Identifier: BSD-2-Clause
"""Holds lines against the JSON Schema that is installed, as build/kmodwatch.schema.json."""
import functools
import json

from place import TOP, Trouble

SCHEMA = TOP / "build" / "kmodwatch.schema.json"


def strict(schema):
    """The schema, but no key may be there that it does not name: of our own lines it knows all."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: False if key == "additionalProperties" and value is True else strict(value)
            for key, value in schema.items()}


@functools.lru_cache(maxsize=None)
def validators():
    """One for what every line has, and one for each kind: the schema's own choice between them takes half the time."""
    try:
        from jsonschema import Draft202012Validator
    except ImportError:
        raise Trouble("python3-jsonschema is missing: make packages-test") from None
    if not SCHEMA.exists():
        raise Trouble(f"{SCHEMA} is missing: make all")
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(strict(schema))


def check_line(line):
    """The faults of one line."""
    for error in validators().iter_errors(line):
        yield f"the schema does not allow {error.json_path}: {error.message[:300]}"
