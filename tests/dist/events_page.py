# SPDX-License-Identifier: BSD-2-Clause
"""kmodwatch-events.5 against the JSON Schema: every key of every kind and part, its type, its words and its example."""
import json
import re

from documents import TOP, plain

PAGE = TOP / "user" / "dist" / "kmodwatch-events.5"
COMPANION = re.compile("_(hex|truncated|length|gap|detached)$|^shortened$")


def typed(schema):
    """How the page names a type."""
    if "$ref" in schema:
        return "Sx " + schema["$ref"].rsplit("/", 1)[1]
    if "enum" in schema:
        return "word"
    if "const" in schema:
        return "string" if isinstance(schema["const"], str) else "integer"
    kind = schema["type"] if isinstance(schema["type"], str) else schema["type"][0]
    if kind == "array":
        item = typed(schema["items"])
        return "list of " + (item if item.startswith("Sx ") else item + "s")
    if kind == "object":
        return "counts"
    return "time" if schema.get("pattern", "").startswith("^[0-9]{4}-") else kind


def sections(text):
    """{name: its text}; what is not under a name of its own, under the heading's."""
    found = re.split(r"^\.S[hs] (.*)$", text, flags=re.MULTILINE)
    return dict(zip(found[1::2], found[2::2]))


def items(text):
    """[(key, type, text)] of a section."""
    found = re.split(r"^\.It Ic (\w+) Pq (.*)$", text, flags=re.MULTILINE)
    return list(zip(found[1::3], found[2::3], found[3::3]))


def words(text):
    return {plain(word) for word in re.findall(r"^(?:\.It |\.)Cm (.+?)(?: [,.;:])?$", text, re.MULTILINE)}


def item_faults(where, schema, kind, text, elsewhere):
    # a unit may follow
    if kind.partition(",")[0] != typed(schema):
        yield f"{where} is {typed(schema)}, not {kind}"
    if "enum" in schema:
        wanted = {word for word in schema["enum"] if word is not None}
        named = words(elsewhere if ".Sx WHAT IS LOST" in text else text)
        if wanted != named:
            yield f"{where} can be {sorted(wanted)}, and the page has {sorted(named)}"
    if "Sx " in kind:
        return
    example = re.search(r"^For example\n\.Li (.*) \.$", text, re.MULTILINE)
    try:
        yield from fits(where, schema, json.loads(plain(example[1])))
    except (TypeError, ValueError):
        yield f"{where} has no example in JSON"


def fits(where, schema, value):
    from jsonschema import Draft202012Validator
    for error in Draft202012Validator(schema).iter_errors(value):
        yield f"{where}: the example does not fit: {error.message}"


def faults(schema):
    page = sections(PAGE.read_text(encoding="utf-8"))
    definitions = {name: part["properties"] for name, part in schema["$defs"].items()}
    common = definitions["module_load"]
    kinds = set(schema["properties"]["kind"]["enum"])
    wanted = {name: {key: value for key, value in keys.items()
                     if not COMPANION.search(key) and not (name in kinds and key in schema["required"])}
              for name, keys in definitions.items()}
    wanted["EVERY LINE"] = {key: {"type": "string"} if key == "kind" else common[key] for key in schema["required"]}
    found = {name: items(text) for name, text in page.items()}
    for name, keys in wanted.items():
        here = [key for key, _, _ in found.get(name, ())]
        if here != list(keys):
            yield f"kmodwatch-events.5: {name} has the keys {' '.join(keys)}, and there are: {' '.join(here) or 'none'}"
        for key, kind, text in found.get(name, ()):
            if key in keys:
                yield from (f"kmodwatch-events.5: {fault}" for fault in
                            item_faults(f"{name}.{key}", keys[key], kind, text, page.get("WHAT IS LOST", "")))
    for name, there in found.items():
        if there and name not in wanted:
            yield f"kmodwatch-events.5: no line has a part {name}"
