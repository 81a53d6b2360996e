# SPDX-License-Identifier: BSD-2-Clause
"""The JSON Schema itself, key by key: each says what it is, has an example that fits, a unit where its name has one, and one
type, whatever kind it is met in."""
UNITS = {"_ns": "nanoseconds", "_length": ("bytes", "items")}


def resolved(schema, root):
    """A $ref's target, with what stands beside the reference."""
    if "$ref" not in schema:
        return schema
    return {**root["$defs"][schema["$ref"].rsplit("/", 1)[1]], **schema}


def type_of(schema):
    """The one type that is not null."""
    if "type" in schema:
        kinds = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
        return "/".join(kind for kind in kinds if kind != "null")
    values = schema["enum"] if "enum" in schema else [schema["const"]]
    return "/".join(sorted({{bool: "boolean", int: "integer", str: "string"}[type(value)] for value in values if value is not None}))


def walk(schema, root, path):
    """(path, key's schema as it stands there, the same resolved) of each key, in depth."""
    for key, value in schema.get("properties", {}).items():
        here = f"{path}.{key}" if path else key
        whole = resolved(value, root)
        yield here, value, whole
        yield from walk(whole, root, here)
        if "items" in whole:
            items = resolved(whole["items"], root)
            yield f"{here}[]", None, items
            yield from walk(items, root, f"{here}[]")


def key_faults(path, value, whole, root):
    from jsonschema import Draft202012Validator
    if not value.get("description"):
        yield f"schema: {path} has no description"
    if not value.get("examples"):
        yield f"schema: {path} has no example"
    for example in value.get("examples", ()):
        for error in Draft202012Validator({**whole, "$defs": root["$defs"]}).iter_errors(example):
            yield f"schema: the example of {path} does not fit: {error.message[:200]}"
    for suffix, unit in UNITS.items():
        if path.endswith(suffix) and value.get("unit") not in ((unit,) if isinstance(unit, str) else unit):
            yield f"schema: {path} has no unit"


def faults(root):
    types, seen = {}, set()
    for kind in root["properties"]["kind"]["enum"]:
        for path, value, whole in walk(root["$defs"][kind], root, ""):
            types.setdefault(path, {}).setdefault(type_of(whole), kind)
            if value is not None and (path, id(value)) not in seen:
                seen.add((path, id(value)))
                yield from (f"{fault} ({kind})" for fault in key_faults(path, value, whole, root))
    for path, kinds in types.items():
        if len(kinds) > 1:
            yield f"schema: {path} has the types {kinds}"
