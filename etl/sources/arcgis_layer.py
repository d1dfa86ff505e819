"""An ArcGIS REST layer that cannot page: read whole by ranges of its OBJECTID, attributes only, never the geometry.

The service tells its faults inside answers of 200, gives at most `maxRecordCount` rows and says so in a flag; both are minded.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from etl.sources.feed import Job
from etl.sources.polite import Client, Passing, no_answer
from warehouse.errors import SourceError

#: what a service that does not say gives at most
_USUAL_MAXIMUM = 1000
Attributes = dict[str, Any]
Range = tuple[int, int]


class Refused(SourceError):
    """The service answered that it cannot do what was asked."""


@dataclass(frozen=True)
class Layer:
    """What must be known of a layer before it is read. `ranges`: [from, to) of OBJECTID, each within the maximum of rows."""

    url: str
    id_field: str
    total: int
    ranges: tuple[Range, ...]
    digest: str


def opened(job: Job, client: Client, where: str, fields: tuple[str, ...]) -> Layer:
    """The layer, counted and parted in ranges. Raises SourceError where it lacks one of `fields`."""
    url = job.feed.url.rstrip("/")
    body = _asked(client, url, {"f": "json"})
    known = [f for f in body.get("fields") or [] if isinstance(f, dict)] if isinstance(body, dict) else []
    names = {str(f.get("name")) for f in known}
    absent = [f for f in fields if f not in names]
    if absent:
        there = ", ".join(sorted(names)[:40]) or "ninguno"
        what = f"la capa no tiene los campos {', '.join(absent)}; tiene {there}"
        raise job.problem(what, "Corrija los campos en la declaración de la fuente; la capa puede haber cambiado.")
    id_field = next((str(f["name"]) for f in known if f.get("type") == "esriFieldTypeOID"), "OBJECTID")
    step = _whole(body.get("maxRecordCount")) or _USUAL_MAXIMUM
    total = _count(job, client, url, where)
    ranges = _ranges(job, client, url, where, id_field, step) if total else ()
    digest = hashlib.sha256(json.dumps([url, where, total, ranges, sorted(fields)]).encode()).hexdigest()
    return Layer(url, id_field, total, ranges, digest)


def read(client: Client, layer: Layer, where: str, fields: tuple[str, ...], span: Range) -> list[Attributes]:
    """The attributes of one range; where the service says that it held rows back, the range is halved."""
    found: list[Attributes] = []
    waiting = [span]
    while waiting:
        first, end = waiting.pop()
        body = _query(client, layer.url, _within(where, layer.id_field, first, end), {"outFields": ",".join(fields), "returnGeometry": "false"})
        if body.get("exceededTransferLimit") and end - first > 1:
            middle = (first + end) // 2
            waiting += [(middle, end), (first, middle)]
            continue
        found += list(_attributes(client, layer.url, body))
    return found


def check_total(job: Job, client: Client, layer: Layer, where: str, rows: int) -> None:
    """Raise SourceError unless as many rows were read as the layer says it has, counted again if they differ."""
    if rows == layer.total:
        return
    now = _count(job, client, layer.url, where)
    if rows != now:
        what = f"se leyeron {rows:,} registros y la capa dice tener {now:,}; cambió mientras se leía o no los entrega todos"
        raise job.problem(what, "Repita más tarde; si se repite, revise el filtro de la fuente.")


def _ranges(job: Job, client: Client, url: str, where: str, id_field: str, step: int) -> tuple[Range, ...]:
    """By the ids themselves, so that gaps cost nothing; by the least and the greatest where the service gives no ids."""
    try:
        ids = _query(client, url, where, {"returnIdsOnly": "true"}).get("objectIds")
        numbers = sorted({_whole(i) for i in ids}) if isinstance(ids, list) else []
    except Refused:
        numbers = []
    if numbers:
        firsts = numbers[::step]
        return tuple(zip(firsts, [*firsts[1:], numbers[-1] + 1], strict=True))
    least, greatest = _extremes(job, client, url, where, id_field)
    return tuple((first, min(first + step, greatest + 1)) for first in range(least, greatest + 1, step))


def _extremes(job: Job, client: Client, url: str, where: str, id_field: str) -> Range:
    statistics = [
        {"statisticType": kind, "onStatisticField": id_field, "outStatisticFieldName": name} for kind, name in (("min", "menor"), ("max", "mayor"))
    ]
    body = _query(client, url, where, {"outStatistics": json.dumps(statistics)})
    found = {k.lower(): v for k, v in next(iter(_attributes(client, url, body)), {}).items()}
    least, greatest = _whole(found.get("menor")), _whole(found.get("mayor"))
    if greatest < least or greatest - least > 50_000_000:
        raise job.problem("la capa no dice entre qué identificadores están sus registros", "Repita más tarde; si se repite, avise.")
    return least, greatest


def _within(where: str, id_field: str, first: int, end: int) -> str:
    return f"({where}) AND {id_field}>={first} AND {id_field}<{end}"


def _count(job: Job, client: Client, url: str, where: str) -> int:
    count = _query(client, url, where, {"returnCountOnly": "true"}).get("count")
    if not isinstance(count, int) or count < 0:
        raise job.problem("la capa no dice cuántos registros tiene", "Repita más tarde; si se repite, avise.")
    return count


def _query(client: Client, url: str, where: str, params: dict[str, str]) -> dict[str, Any]:
    body = _asked(client, f"{url}/query", {"where": where, **params, "f": "json"})
    if not isinstance(body, dict):
        raise no_answer(client.name, client.table, url, "no respondió lo que responde una capa de ArcGIS")
    return body


def _asked(client: Client, url: str, params: dict[str, str]) -> Any:
    def check(body: Any) -> None:
        error = body.get("error") if isinstance(body, dict) else None
        if error is None:
            return
        code, text = (_whole(error.get("code")), str(error.get("message"))) if isinstance(error, dict) else (0, str(error))
        if code >= 500 or code == 429:
            raise Passing(f"error {code} del servicio")
        said = no_answer(client.name, client.table, url, f"respondió el error {code}: {' '.join(text.split())[:120]}")
        raise Refused(said.what, stands=said.stands, cure="Revise el filtro y los campos de la fuente, o repita más tarde.")

    return client.json(url, params, check)


def _attributes(client: Client, url: str, body: dict[str, Any]) -> Iterator[Attributes]:
    features = body.get("features")
    if not isinstance(features, list):
        raise no_answer(client.name, client.table, url, "no respondió registros (features)")
    for feature in features:
        attributes = feature.get("attributes") if isinstance(feature, dict) else None
        if not isinstance(attributes, dict):
            raise no_answer(client.name, client.table, url, "respondió un registro sin atributos")
        yield attributes


def _whole(value: object) -> int:
    """A count or an id of the service; 0 for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return 0
    try:
        return int(value)
    except (ValueError, OverflowError):
        return 0
