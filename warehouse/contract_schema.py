"""The JSON Schema of our profile of the Open Data Contract Standard, for editors: what they underline is what we would refuse.

Made from the very models that read the contracts, so it cannot say anything else.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from open_data_contract_standard.model import OpenDataContractStandard
from pydantic import BaseModel

from warehouse.contracts import ColumnType, RuleBody, Severity, _ColumnExtras, _ContractExtras

_REF = "#/$defs/"
#: keys of the standard that our profile does not leave out
_REQUIRED: dict[str, tuple[str, ...]] = {
    "": ("apiVersion", "kind", "id", "name", "version", "status", "description", "customProperties", "schema"),
    "SchemaObject": ("name", "properties"),
    "SchemaProperty": ("name", "logicalType", "description"),
    "DataQuality": ("id", "type", "engine", "severity", "description", "implementation"),
    "CustomProperty": ("property", "value"),
}


def contract_schema() -> dict[str, Any]:
    """The schema, with the definitions it uses in order of name."""
    root = _strict(OpenDataContractStandard.model_json_schema())
    definitions: dict[str, Any] = root.pop("$defs")
    for name, keys in _REQUIRED.items():
        (definitions[name] if name else root)["required"] = list(keys)
    definitions["RuleBody"] = _own(RuleBody, definitions)
    definitions["ContractProperty"] = _properties_of(_ContractExtras, definitions)
    definitions["ColumnProperty"] = _properties_of(_ColumnExtras, definitions)
    _profile(root["properties"], definitions)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Contrato de datos de SIEGEM", "type": "object"}
    used = sorted(_used(root, definitions))
    return {**head, **{k: v for k, v in root.items() if k not in head}, "$defs": {n: definitions[n] for n in used}}


def _profile(top: dict[str, Any], definitions: dict[str, Any]) -> None:
    """What our contracts ask beyond the standard's types."""
    top["version"] = {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"}
    top["kind"] = {"const": "DataContract"}
    top["schema"] |= {"minItems": 1, "maxItems": 1}
    top["customProperties"] = {
        "type": "array",
        "items": {"$ref": f"{_REF}ContractProperty"},
        "allOf": [
            {"contains": {"type": "object", "properties": {"property": {"const": name}}, "required": ["property"]}}
            for name, field in _ContractExtras.model_fields.items()
            if field.is_required()
        ],
    }
    column, rule = definitions["SchemaProperty"]["properties"], definitions["DataQuality"]["properties"]
    column["logicalType"] = {"enum": list(get_args(ColumnType))}
    column["classification"] = {"enum": ["publica", "agregada", "restringida"]}
    column["customProperties"] = {"type": "array", "items": {"$ref": f"{_REF}ColumnProperty"}}
    rule["engine"] = {"const": "siegem"}
    rule["severity"] = {"enum": list(get_args(Severity))}
    rule["implementation"] = {"$ref": f"{_REF}RuleBody"}


def _own(model: type[BaseModel], definitions: dict[str, Any]) -> dict[str, Any]:
    """The schema of one of our models; those it contains go to `definitions`."""
    found = model.model_json_schema(ref_template=_REF + "{model}")
    definitions.update(found.pop("$defs", {}))
    return found


def _properties_of(model: type[BaseModel], definitions: dict[str, Any]) -> dict[str, Any]:
    """A `customProperties` item whose value is what the model says of its property."""
    fields = _own(model, definitions)["properties"]
    return {
        "type": "object",
        "properties": {"property": {"enum": list(fields)}, "value": {}},
        "required": ["property", "value"],
        "additionalProperties": False,
        "allOf": [
            {"if": {"properties": {"property": {"const": name}}}, "then": {"properties": {"value": _without_default(schema)}}}
            for name, schema in fields.items()
        ],
    }


def _without_default(schema: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in schema.items() if k not in ("default", "title")}


def _strict(node: Any) -> Any:
    """The standard's schema without its nulls, and with no room for keys that it does not have."""
    if isinstance(node, list):
        return [_strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    choices = [c for c in node.get("anyOf", []) if c != {"type": "null"}]
    if "anyOf" in node and len(choices) == 1:
        node = {**{k: v for k, v in node.items() if k not in ("anyOf", "default", "title")}, **choices[0]}
    elif choices:
        node = {**{k: v for k, v in node.items() if k not in ("default", "title")}, "anyOf": choices}
    result = {k: _strict(v) for k, v in node.items() if k not in ("default", "title") or not isinstance(v, str | type(None))}
    if result.get("type") == "object" and "properties" in result:
        result["additionalProperties"] = False
    return result


def _used(root: dict[str, Any], definitions: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    waiting = list(_references(root))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _references(definitions[name])
    return found


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].removeprefix(_REF)
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)
