"""Reading YAML declarations strictly: an unknown key is an error that names the file, the key and the likely one."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from warehouse.errors import DeclarationError, suggest


class Declaration(BaseModel):
    """A piece of a YAML file: frozen, and no unknown key passes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


D = TypeVar("D", bound=BaseModel)


#: libyaml's parser where PyYAML was built with it: ten times faster, same safety
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _UniqueKeyLoader(_SafeLoader):
    """A safe loader that refuses a key written twice: the second would silently win."""


def _unique_mapping(loader: Any, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=deep)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"la clave «{key}» está repetida", key_node.start_mark)
        seen.add(key)
    result: dict[Any, Any] = loader.construct_mapping(node, deep)
    return result


_UniqueKeyLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _unique_mapping)
# YAML 1.1 reads on, off, yes and no as true and false; here `on` is a key («reviewed: {by: DGM, on: 2026-01-31}») and NO may be a code.
_BOOL = "tag:yaml.org,2002:bool"
_UniqueKeyLoader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != _BOOL] for first, pairs in _SafeLoader.yaml_implicit_resolvers.items()
}
_UniqueKeyLoader.add_implicit_resolver(_BOOL, re.compile("^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))


def short_name(path: Path) -> str:
    """The file as operators know it: folder/folder/file, without this machine's path."""
    return "/".join(path.parts[-3:])


def read_text(path: Path) -> str:
    """The text of a declaration. Raises DeclarationError where it is not UTF-8: editors of other days keep accents otherwise."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise DeclarationError(
            f"{short_name(path)}: no está guardado como UTF-8 (línea {line}).", cure="Guárdelo otra vez eligiendo UTF-8."
        ) from error


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping a YAML file holds. Raises DeclarationError with line and reason."""
    try:
        # safe: _UniqueKeyLoader derives from a safe loader
        content = yaml.load(read_text(path), Loader=_UniqueKeyLoader)  # noqa: S506
    except yaml.YAMLError as error:
        raise DeclarationError(f"{short_name(path)}: el YAML no se puede leer: {error}", cure="Corrija el archivo y repita.") from error
    if not isinstance(content, dict):
        raise DeclarationError(f"{short_name(path)}: se esperaba una lista de claves y valores.", cure="Corrija el archivo y repita.")
    return content


def parse(model: type[D], content: dict[str, Any], path: Path) -> D:
    """`content` as `model`. All faults are told at once, each naming the key and what was perhaps meant."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        lines = [f"{short_name(path)}: {_sentence(model, fault)}" for fault in error.errors()]
        raise DeclarationError("\n".join(lines), cure="Corrija la declaración y repita.") from error


T = TypeVar("T")


def read_folder(folder: Path, read: Callable[[Path], T]) -> dict[str, T]:
    """What every YAML file of a folder declares, by file name, in name order. Raises one DeclarationError with every fault of every file."""
    found: dict[str, T] = {}
    faults: list[str] = []
    for path in sorted(folder.glob("*.yml")):
        try:
            found[path.stem] = read(path)
        except DeclarationError as error:
            faults.append(error.what)
    if faults:
        raise DeclarationError("\n".join(faults), cure=f"Corrija los archivos de {short_name(folder)} y repita.")
    return found


def _sentence(model: type[BaseModel], fault: Any) -> str:
    where = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return f"la clave «{where}» no existe.{suggest(str(fault['loc'][-1]), _known_keys(model, fault['loc'][:-1]))}"
    if fault["type"] == "missing":
        return f"falta la clave «{where}»."
    if fault["type"] == "value_error":  # a rule of the whole declaration: what it got is the whole declaration
        return f"«{where}»: {fault['ctx']['error']}." if where else f"{fault['ctx']['error']}."
    given = fault.get("input")
    if fault["type"] == "literal_error":
        allowed = fault["ctx"]["expected"].replace("'", "").replace(" or ", ", ")
        return f"«{where}»: admite {allowed} (se recibió {given!r}).{suggest(str(given), allowed.split(', '))}"
    told = _WORDS.get(fault["type"])
    return f"«{where}»: {told.format(**fault.get('ctx', {})) if told else fault['msg']} (se recibió {given!r})."


_WHOLE, _NUMBER, _YES, _DAY = "debe ser un número entero", "debe ser un número", "debe ser true o false", "debe ser una fecha, p. ej. 2026-09-30"
_LIST, _KEYS = "debe ser una lista", "debe llevar claves y valores"
#: pydantic's kinds of fault in the operator's language
_WORDS = {
    "int_type": _WHOLE, "int_parsing": _WHOLE, "int_from_float": _WHOLE, "float_type": _NUMBER, "float_parsing": _NUMBER, "bool_type": _YES,
    "bool_parsing": _YES, "date_type": _DAY, "date_parsing": _DAY, "date_from_datetime_parsing": _DAY, "tuple_type": _LIST, "list_type": _LIST,
    "dict_type": _KEYS, "model_type": _KEYS, "string_type": "debe ser un texto (un número va entre comillas)",
    "string_too_short": "no puede estar vacío", "string_pattern_mismatch": "no tiene la forma {pattern}", "greater_than_equal": "debe ser {ge} o más",
    "greater_than": "debe ser mayor que {gt}", "less_than_equal": "debe ser {le} o menos", "less_than": "debe ser menor que {lt}",
}  # fmt: skip


def _known_keys(model: type[BaseModel], loc: tuple[Any, ...]) -> list[str]:
    """Keys allowed at `loc`, following nested models as far as the annotations tell."""
    current: Any = model
    for part in loc:
        if not isinstance(part, str) or not (isinstance(current, type) and issubclass(current, BaseModel)):
            continue
        field = _field(current, part)
        current = _nested_model(field.annotation) if field is not None else None
        if current is None:
            return []
    return [f.alias or n for n, f in current.model_fields.items()] if current is not None else []


def _field(model: type[BaseModel], key: str) -> Any:
    for name, field in model.model_fields.items():
        if key in (name, field.alias):
            return field
    return None


def _nested_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in get_args(annotation):
        found = _nested_model(argument)
        if found is not None:
            return found
    return None
