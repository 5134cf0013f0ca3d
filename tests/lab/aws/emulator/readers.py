"""From what a protocol sends to the values that a model knows: members under their names, numbers as numbers.

What a model has no member for is a problem at once; a value that cannot be read stays as it came, for the checks.
"""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

from emulator.models import Model, Shape
from emulator.shapes import Path, Problems, unrecognized

Tree = dict[str, Any]
# What older signatures and versions put beside the parameters.
ASIDE = ("Action", "Version", "AWSAccessKeyId", "Signature", "SignatureMethod", "SignatureVersion", "Timestamp")
ASIDE_PREFIX = "X-Amz-"


def _members(model: Model, name: str) -> dict[str, tuple[str, str]]:
    """What the members of a structure are called on the way: wire name → member and its shape."""
    tables: dict[str, dict[str, tuple[str, str]]] = model.caches.setdefault("members", {})
    if name not in tables:
        members = model.shapes[name]["members"].items()
        tables[name] = {_wire(model, member, reference): (member, reference["shape"]) for member, reference in members}
    return tables[name]


def _wire(model: Model, member: str, reference: dict[str, Any]) -> str:
    shape = model.shapes[reference["shape"]]
    name: str = reference.get("locationName", member)
    if model.protocol == "ec2":
        name = reference.get("queryName") or name[0].upper() + name[1:]
    if shape["type"] == "list" and _flattened(reference, shape) and model.protocol == "query":
        name = shape["member"].get("locationName", name)
    return name


def _flattened(reference: dict[str, Any], shape: Shape) -> bool:
    return bool(reference.get("flattened") or shape.get("flattened"))


def scalar(shape: Shape, text: str) -> Any:
    """Text as the number or boolean that it stands for."""
    try:
        match shape["type"]:
            case "integer" | "long":
                return int(text)
            case "float" | "double":
                return float(text)
            case "boolean":
                return {"true": True, "false": False}.get(text.lower(), text)
    except ValueError:
        pass
    return text


def tree_of(pairs: list[tuple[str, str]]) -> Tree:
    """A form as a tree: `Tag.1.Key` is the key of the first tag. A value beside children has an empty name."""
    top: Tree = {}
    for name, value in pairs:
        if name in ASIDE or name.startswith(ASIDE_PREFIX):
            continue
        node, parts = top, name.split(".")
        for part in parts[:-1]:
            below = node.setdefault(part, {})
            if not isinstance(below, dict):
                below = node[part] = {"": below}
            node = below
        node[parts[-1]] = value
    return top


def read_form(model: Model, name: str, node: Any, path: Path, problems: Problems) -> Any:
    """A value of the query and EC2 protocols."""
    shape = model.shapes[name]
    match shape["type"]:
        case "structure":
            return _form_structure(model, name, node, path, problems)
        case "list":
            return _form_list(model, shape, node, path, problems)
        case "map":
            return _form_map(model, shape, node, path, problems)
    return scalar(shape, node) if isinstance(node, str) else node


def _form_structure(model: Model, name: str, node: Any, path: Path, problems: Problems) -> Any:
    if not isinstance(node, dict):
        return {} if node == "" else node
    table, value = _members(model, name), {}
    for wire, below in node.items():
        if wire not in table:
            problems.append(unrecognized((*path, wire)))
            continue
        member, shape = table[wire]
        value[member] = read_form(model, shape, below, (*path, wire), problems)
    return value


def _numbered(node: Any, path: Path, problems: Problems) -> list[Any] | None:
    """The nodes below 1, 2, 3, in that order."""
    if not isinstance(node, dict):
        return None
    for key in node:
        if not key.isdigit():
            problems.append(unrecognized((*path, key)))
    return [node[key] for key in sorted(filter(str.isdigit, node), key=int)]


def _form_list(model: Model, shape: Shape, node: Any, path: Path, problems: Problems) -> Any:
    if node == "":
        return []
    if model.protocol == "query" and not shape.get("flattened"):
        wrapper = shape["member"].get("locationName", "member")
        if not isinstance(node, dict) or set(node) != {wrapper}:
            problems.append(unrecognized(path))
            return []
        node = node[wrapper]
    below = _numbered(node, path, problems)
    if below is None:
        return node
    member = shape["member"]["shape"]
    return [read_form(model, member, each, (*path, index), problems) for index, each in enumerate(below)]


def _form_map(model: Model, shape: Shape, node: Any, path: Path, problems: Problems) -> Any:
    if node == "":
        return {}
    if not shape.get("flattened"):
        node = node.get("entry") if isinstance(node, dict) else node
    entries = _numbered(node, path, problems)
    if entries is None or not all(isinstance(entry, dict) for entry in entries):
        return node
    key, value = shape["key"].get("locationName", "key"), shape["value"].get("locationName", "value")
    return {
        str(entry.get(key, "")): read_form(
            model, shape["value"]["shape"], entry.get(value, ""), (*path, index), problems
        )
        for index, entry in enumerate(entries)
    }


def read_json(model: Model, name: str, node: Any, path: Path, problems: Problems) -> Any:
    """A value of the JSON protocols; null is as good as nothing."""
    shape = model.shapes[name]
    match shape["type"]:
        case "structure" if isinstance(node, dict) and not shape.get("document"):
            table, value = _members(model, name), {}
            for wire, below in node.items():
                if wire not in table:
                    problems.append(unrecognized((*path, wire)))
                elif below is not None:
                    member, of = table[wire]
                    value[member] = read_json(model, of, below, (*path, member), problems)
            return value
        case "list" if isinstance(node, list):
            of = shape["member"]["shape"]
            return [read_json(model, of, each, (*path, index), problems) for index, each in enumerate(node)]
        case "map" if isinstance(node, dict):
            of = shape["value"]["shape"]
            return {key: read_json(model, of, each, (*path, key), problems) for key, each in node.items()}
    return node


def _local(tag: str) -> str:
    """An element's name without its namespace."""
    return tag.rpartition("}")[2]


def read_xml(model: Model, name: str, node: Element, path: Path, problems: Problems) -> Any:
    """A value of a body in XML."""
    shape = model.shapes[name]
    match shape["type"]:
        case "structure":
            return _xml_structure(model, name, node, path, problems)
        case "list":
            of = shape["member"]["shape"]
            return [read_xml(model, of, each, (*path, index), problems) for index, each in enumerate(node)]
        case "map":
            return {}
    return scalar(shape, node.text or "")


def _xml_structure(model: Model, name: str, node: Element, path: Path, problems: Problems) -> Tree:
    table = _members(model, name)
    value: Tree = {}
    references = model.shapes[name]["members"]
    for each in node:
        wire = _local(each.tag)
        if wire not in table:
            problems.append(unrecognized((*path, wire)))
            continue
        member, of = table[wire]
        shape = model.shapes[of]
        if shape["type"] == "list" and _flattened(references[member], shape):
            listed = value.setdefault(member, [])
            listed.append(read_xml(model, shape["member"]["shape"], each, (*path, member, len(listed)), problems))
        else:
            value[member] = read_xml(model, of, each, (*path, member), problems)
    attributes = {_local(key): text for key, text in node.attrib.items()}
    for member, reference in references.items():
        if reference.get("xmlAttribute") and (key := reference["locationName"].split(":")[-1]) in attributes:
            value[member] = attributes[key]
    return value
