"""Reading YAML declarations strictly: an unknown key is an error that names the file, the key and the likely one."""

from __future__ import annotations

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


def short_name(path: Path) -> str:
    """The file as operators know it: folder/folder/file, without this machine's path."""
    return "/".join(path.parts[-3:])


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping a YAML file holds. Raises DeclarationError with line and reason."""
    try:
        # safe: _UniqueKeyLoader derives from a safe loader
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeyLoader)  # noqa: S506
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
    return f"«{where}»: {fault['msg']} (se recibió {fault.get('input')!r})."


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
