"""JSON Schema as CloudFormation has it for resources, compiled once each. `schema_values` has the plain keywords."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from emulator import schema_values
from emulator.schema_values import Check, Found, Schema, when
from emulator.shapes import pattern_of


class Compiler:
    """Compiles the parts of one schema; a definition that holds itself is looked up when it is called."""

    def __init__(self, root: Schema) -> None:
        self._root = root
        self._definitions: dict[str, Check] = {}

    def compile(self, schema: Schema | bool) -> Check:
        """The check of a schema."""
        if isinstance(schema, bool):
            return _nothing if schema else _refuse
        parts = [make(self, schema) for keyword, make in KEYWORDS.items() if keyword in schema]
        plain = [make(schema) for keyword, make in schema_values.KEYWORDS.items() if keyword in schema]
        parts.extend(check for check in plain if check)
        if "properties" in schema or "patternProperties" in schema or schema.get("additionalProperties") is False:
            parts.append(_properties(self, schema))
        return _every(parts) if len(parts) != 1 else parts[0]

    def definition(self, pointer: str) -> Check:
        """The check behind a `$ref`."""
        if pointer not in self._definitions:
            node: Any = self._root
            for part in pointer.removeprefix("#/").split("/"):
                node = node[part]
            self._definitions[pointer] = lambda value, path, found: self._definitions[pointer](value, path, found)
            self._definitions[pointer] = self.compile(node)
        return self._definitions[pointer]


def _every(checks: list[Check]) -> Check:
    def check(value: Any, path: str, found: Found) -> None:
        for each in checks:
            each(value, path, found)

    return check


def _nothing(_value: Any, _path: str, _found: Found) -> None:
    pass


def _refuse(_value: Any, path: str, found: Found) -> None:
    found.append(f"{path}: false schema always fails")


def _items(compiler: Compiler, schema: Schema) -> Check:
    item = compiler.compile(schema["items"])

    def check(value: Any, path: str, found: Found) -> None:
        for index, each in enumerate(value if isinstance(value, list) else []):
            item(each, f"{path}/{index}", found)

    return check


def _properties(compiler: Compiler, schema: Schema) -> Check:
    named = {name: compiler.compile(each) for name, each in schema.get("properties", {}).items()}
    by_pattern = [
        (pattern_of(text), compiler.compile(each)) for text, each in schema.get("patternProperties", {}).items()
    ]
    rest = compiler.compile(schema.get("additionalProperties", True))
    closed = schema.get("additionalProperties") is False

    def check(value: Any, path: str, found: Found) -> None:
        for name, each in value.items() if isinstance(value, dict) else ():
            matching = [of for pattern, of in by_pattern if pattern is None or pattern.search(name)]
            if name in named:
                named[name](each, f"{path}/{name}", found)
            for of in matching:
                of(each, f"{path}/{name}", found)
            if name not in named and not matching:
                if closed:
                    found.append(f"{path}: extraneous key [{name}] is not permitted")
                else:
                    rest(each, f"{path}/{name}", found)

    return check


def _several(keyword: str, judge: Callable[[int, int], str | None]) -> Any:
    """`anyOf` and `oneOf`: by how many of how many match."""

    def make(compiler: Compiler, schema: Schema) -> Check:
        checks = [compiler.compile(each) for each in schema[keyword]]

        def check(value: Any, path: str, found: Found) -> None:
            text = judge(sum(passes(each, value) for each in checks), len(checks))
            if text:
                found.append(f"{path}: {text}")

        return check

    return make


def passes(check: Check, value: Any) -> bool:
    """Whether a check finds nothing."""
    found: Found = []
    check(value, "#", found)
    return not found


def _all(compiler: Compiler, schema: Schema) -> Check:
    return _every([compiler.compile(each) for each in schema["allOf"]])


def _not(compiler: Compiler, schema: Schema) -> Check:
    of = compiler.compile(schema["not"])
    return when(lambda _: True, lambda value: "subject must not be valid against schema" if passes(of, value) else None)


def _if(compiler: Compiler, schema: Schema) -> Check:
    condition = compiler.compile(schema["if"])
    then, otherwise = compiler.compile(schema.get("then", True)), compiler.compile(schema.get("else", True))

    def check(value: Any, path: str, found: Found) -> None:
        (then if passes(condition, value) else otherwise)(value, path, found)

    return check


def _reference(compiler: Compiler, schema: Schema) -> Check:
    pointer = schema["$ref"]
    return lambda value, path, found: compiler.definition(pointer)(value, path, found)


def _any_count(matched: int, of: int) -> str | None:
    return None if matched else f"no subschema matched out of the total {of} subschemas"


def _one_count(matched: int, _of: int) -> str | None:
    return None if matched == 1 else f"{matched} subschemas matched instead of one"


KEYWORDS: dict[str, Callable[[Compiler, Schema], Check]] = {
    "$ref": _reference,
    "items": _items,
    "anyOf": _several("anyOf", _any_count),
    "oneOf": _several("oneOf", _one_count),
    "allOf": _all,
    "not": _not,
    "if": _if,
}
