"""`datapackage.json`: the files as a Frictionless Data Package, with schemas, keys, licence, sources, sizes and digests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.opendata import observation
from dashboard.opendata.columns import Column
from dashboard.opendata.facts import ABOUT, KEYWORDS, LICENCE, LICENCE_URL, PUBLISHER, PUBLISHER_URL, SYNTHETIC, TITLE, Facts
from dashboard.opendata.layout import FILES, File
from dashboard.opendata.resource import Resource
from dashboard.opendata.values import Columns

_LICENCE = {"name": LICENCE, "path": LICENCE_URL, "title": "Creative Commons Atribución 4.0 Internacional"}


def descriptor(facts: Facts, made: Sequence[Resource], sources: Columns) -> dict[str, Any]:
    """The descriptor; its paths are relative to it."""
    known = {r.path: r for r in made}
    return {
        "profile": "data-package",
        "name": "siegem",
        "id": f"siegem-p{facts.number}-{facts.card.huella[:16]}",
        "title": TITLE["es"],
        "description": f"{ABOUT['es']} {SYNTHETIC['es'] if facts.synthetic else ''}".strip(),
        **({"homepage": f"{facts.base}/datos"} if facts.base else {}),
        "version": facts.version,
        "created": f"{facts.card.creada_en:%Y-%m-%dT%H:%M:%SZ}",
        "keywords": KEYWORDS["es"],
        "licenses": [_LICENCE],
        "contributors": [{"title": PUBLISHER["es"], "path": PUBLISHER_URL, "role": "publisher"}],
        "sources": _sources(sources),
        "publicacion": facts.number,
        "datos_al": str(facts.card.datos_al or ""),
        "codelists": {c: observation.URN + c for c in (observation.OBS_LIST, observation.CONF_LIST)},
        "resources": [_resource(f, known[f.path]) for f in FILES if f.path in known and f.columns],
    }


def _sources(sources: Columns) -> list[dict[str, str]]:
    found: dict[str, str] = {}
    for who, table, url in zip(sources["publicador_es"], sources["nombre_es"], sources["url"], strict=True):
        found.setdefault(f"{who or 'Sin indicar'}: {table}", url or "")
    return [{"title": title, **({"path": url} if url.startswith("https://") else {})} for title, url in found.items()]


def _resource(file: File, made: Resource) -> dict[str, Any]:
    about: dict[str, Any] = {
        "name": file.name, "path": file.path, "title": file.es, "description": file.en, "bytes": made.bytes, "hash": f"sha256:{made.sha256}",
        "licenses": [_LICENCE], "mediatype": made.media, "filas": made.rows,
    }  # fmt: skip
    if file.format not in ("csv", "csv.gz"):
        # a table in a binary format: its columns are those of the resource it repeats
        return about | {"type": "file", "profile": "data-resource", "format": file.format, "igual_que": file.same_as}
    about |= {"type": "table", "profile": "tabular-data-resource", "format": "csv", "encoding": "utf-8", "schema": _schema(file)}
    if file.spanish:
        about |= {"encoding": "utf-8-sig", "dialect": {"csv": {"delimiter": ";"}}}
    if file.format == "csv.gz":
        about |= {"compression": "gz"}
    return about


def _schema(file: File) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_field(c, file.spanish) for c in file.columns], "missingValues": [""]}
    if file.key:
        schema["primaryKey"] = list(file.key)
    if file.refers:
        schema["foreignKeys"] = [
            {"fields": [own], "reference": {"resource": resource, "fields": [theirs]}} for own, (resource, theirs) in file.refers.items()
        ]
    return schema


def _field(column: Column, spanish: bool) -> dict[str, Any]:
    rules: dict[str, Any] = {}
    if column.required:
        rules["required"] = True
    if column.codes:
        rules["enum"] = list(column.codes)
    if column.pattern:
        rules["pattern"] = column.pattern
    if column.least is not None:
        rules["minimum"] = int(column.least) if column.kind == "integer" else column.least
    field: dict[str, Any] = {"name": column.name, "type": column.kind, "title": column.es, "description": column.en}
    if column.kind == "number" and spanish:
        field["decimalChar"] = ","
    return field | ({"constraints": rules} if rules else {})


def at(found: Mapping[str, Any], place: str) -> dict[str, Any]:
    """The same descriptor for a reader who got it elsewhere: its paths say where the files are."""
    return {**found, "resources": [{**r, "path": f"{place}{r['path']}"} for r in found["resources"]]}
