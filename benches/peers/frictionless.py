# The lines of a CSV file that break a schema, by frictionless: python frictionless.py SCHEMA FILE
# Its name is that of the package, which is not to be looked for beside it.
import csv
import json
import re
import sys

sys.path.pop(0)
from frictionless import Checklist, Resource, Schema, system

schema_file, file = sys.argv[1:]
with open(schema_file) as text:
    root = json.load(text)


def resolved(node):
    """A node with what it refers to; of alternatives all of them."""
    if "$ref" in node:
        node = {**root["$defs"][node["$ref"].rsplit("/", 1)[1]], **{k: v for k, v in node.items() if k != "$ref"}}
    own = {name: value for name, value in node.items() if name != "anyOf"}
    return [own] if own == node else [{**own, **one} for branch in node["anyOf"] for one in resolved(branch)]


def leaf(path):
    """What the schema says of the values at a path of names and positions."""
    nodes = resolved(root)
    for name in re.findall(r"[^.\[\]]+", path):
        step = (lambda node: node.get("items")) if name.isdigit() else (lambda node: node.get("properties", {}).get(name))
        nodes = [one for node in nodes if step(node) is not None for one in resolved(step(node))]
    return nodes[0] if nodes else {}


def field(path):
    node = leaf(path)
    constraints, kind = {}, "string"
    types = [name for name in node.get("type", []) if name != "null"] if isinstance(node.get("type"), list) else []
    if "enum" in node:
        constraints["enum"] = [code for code in node["enum"] if isinstance(code, str)]
    elif types in (["number"], ["integer"], ["boolean"]):
        kind = types[0]
        constraints = {name: node[name] for name in ("minimum", "maximum") if name in node}
    elif "pattern" in node:
        # It has anchors of its own, and is put between others.
        constraints["pattern"] = f".*(?:{node['pattern']}).*"
    return {"name": path, "type": kind, "constraints": constraints}


with open(file, newline="") as text:
    columns = next(csv.reader(text))
schema = Schema.from_descriptor({"fields": [field(column) for column in columns]})
with system.use_context(trusted=True):
    report = Resource(path=file, schema=schema).validate(Checklist(), limit_errors=10**9)
print("\n".join(str(line) for line in sorted({row[0] for row in report.flatten(["rowNumber"]) if row[0]})))
