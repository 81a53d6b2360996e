# SPDX-License-Identifier: BSD-2-Clause
"""The schema of the lines beside Elastic's (ECS 8 and 9): where both have a name, an index that was made for the one takes the other.
An object where a value is expected, or the reverse, makes Elasticsearch refuse the whole line."""
import json
import unittest

from lines import TOP

# Every name at the top of ECS. All but the second row are objects.
OBJECTS = """agent client cloud container data_stream destination device dll dns ecs email entity error event faas file gen_ai group host http
    labels log network observer orchestrator organization package process registry related rule server service source span threat tls trace
    transaction url user user_agent volume vulnerability""".split()
VALUES = {"@timestamp": "date", "message": "text", "tags": "keyword"}
# Below those that we have too.
BELOW = {
    "host": ("boot cpu disk entity geo network os risk target", {"architecture": "keyword", "domain": "keyword", "hostname": "keyword",
             "id": "keyword", "ip": "ip", "mac": "keyword", "name": "keyword", "pid_ns_ino": "keyword", "type": "keyword", "uptime": "long"}),
    "process": ("code_signature elf entry_leader group group_leader hash io macho parent pe previous real_group real_user saved_group saved_user"
                " session_leader supplemental_groups thread tty user", {"args": "keyword", "args_count": "long", "command_line": "keyword",
                "end": "date", "entity_id": "keyword", "env_vars": "keyword", "executable": "keyword", "exit_code": "long",
                "interactive": "boolean", "name": "keyword", "pid": "long", "start": "date", "title": "keyword", "uptime": "long",
                "vpid": "long", "working_directory": "keyword"}),
    "source": ("as geo nat user", {"address": "keyword", "bytes": "long", "domain": "keyword", "ip": "ip", "mac": "keyword", "packets": "long",
               "port": "long", "registered_domain": "keyword", "subdomain": "keyword", "top_level_domain": "keyword"}),
}
# What each type takes, of the types of JSON.
TAKES = {"object": {"object"}, "keyword": {"string", "integer", "boolean"}, "text": {"string"}, "long": {"integer"}, "boolean": {"boolean"},
         "date": {"string"}, "ip": set()}
# What clashes all the same: an index with Elastic's template refuses lines that have one of these, unless it is renamed before.
KNOWN = {
    "host.boot": "an object there (host.boot.id), and here the boot's id",
    "process.tty": "an object there (process.tty.char_device), and here the terminal's name",
}


def ecs():
    types = {**dict.fromkeys(OBJECTS, "object"), **VALUES}
    for name, (objects, values) in BELOW.items():
        types.update({f"{name}.{key}": "object" for key in objects.split()})
        types.update({f"{name}.{key}": kind for key, kind in values.items()})
    return types


def types_of(node):
    """The types of JSON that a value may have, without null."""
    if "enum" in node or "const" in node:
        values = node.get("enum", [node.get("const")])
        names = {bool: "boolean", int: "integer", str: "string"}
        return {names[type(value)] for value in values if value is not None}
    kinds = node.get("type", [])
    return set([kinds] if isinstance(kinds, str) else kinds) - {"null"}


def ours(schema):
    """{path: its types}. Items of arrays count as their array: Elasticsearch knows no arrays."""
    found = {}

    def walk(node, path, depth):
        while "$ref" in node or "items" in node:
            node = schema["$defs"][node["$ref"].rsplit("/", 1)[1]] if "$ref" in node else node["items"]
        if path:
            found.setdefault(path, set()).update(types_of(node))
        for key, child in node.get("properties", {}).items() if depth < 3 else ():
            walk(child, f"{path}.{key}" if path else key, depth + 1)

    for kind in schema["$defs"].values():
        if "schema" in kind.get("properties", {}):
            walk(kind, "", 0)
    return found


class Ecs(unittest.TestCase):
    def test_types(self):
        lines = ours(json.loads((TOP / "build" / "kmodwatch.schema.json").read_text()))
        self.assertLessEqual({"object"}, lines["process"])
        clashes = {path: f"{kind} there, {' or '.join(sorted(lines[path]))} here" for path, kind in ecs().items()
                   if path in lines and not lines[path] <= TAKES[kind]}
        self.assertEqual(set(clashes), set(KNOWN), clashes)
