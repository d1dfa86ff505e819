"""Public map layers (REINFO, cadastre, liabilities) as counts by department: names, RUC and coordinates are never asked for.

A layer read halfway goes on at its last range the next time, as long as it has not changed.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from etl.sources import arcgis_layer as layers
from etl.sources.departments import code_of, folded
from etl.sources.feed import Job
from etl.sources.received import Received
from etl.sources.rows import as_csv
from warehouse.declarations import Declaration

#: fields that name or place a person: no declaration may ask for them
_PERSONAL = re.compile(r"RUC|DNI|^NOMBRE|TITULAR|^TIT_|LATITUD|LONGITUD|^ESTE$|^NORTE$|TELEF|CORREO|DIRECC", re.IGNORECASE)
#: a half-read layer older than this is read from the start
_GOES_STALE = 24 * 3600


class Group(Declaration):
    """How a field becomes a column. `valores`: what the field says -> what the contract says. `si_falta`: for an empty or unknown value."""

    campo: str
    forma: Literal["texto", "departamento", "valores"] = "texto"
    valores: dict[str, str] = {}
    si_falta: str = ""

    @field_validator("campo")
    @classmethod
    def _nobody(cls, name: str) -> str:
        if _PERSONAL.search(name):
            raise ValueError(f"el campo «{name}» identifica o ubica a personas: no se pide")
        return name

    @cached_property
    def by_folded(self) -> dict[str, str]:
        """`valores` by its folded words: every record of a layer asks."""
        return {folded(k): v for k, v in self.valores.items()}


class Options(Declaration):
    """`cuenta`: the column that takes the count; `sumas`: column -> field. `constantes` may say {corte}, {corte_mes}, {corte_anio}, {url}.

    `corte`: field with the day the layer was brought up to date; without one it is the day it was read. `total_pais`: the
    name of the group column that also takes a row «00» with the whole country.
    """

    filtro: str = "1=1"
    grupos: dict[str, Group] = Field(min_length=1)
    cuenta: str
    sumas: dict[str, str] = {}
    constantes: dict[str, str] = {}
    corte: str = ""
    total_pais: str = ""

    @field_validator("constantes")
    @classmethod
    def _words(cls, constants: dict[str, str]) -> dict[str, str]:
        for text in constants.values():
            try:
                text.format(corte="", corte_mes="", corte_anio="", url="")
            except (LookupError, ValueError) as error:
                raise ValueError(f"«{text}» solo puede decir {{corte}}, {{corte_mes}}, {{corte_anio}} y {{url}}") from error
        return constants

    @property
    def fields(self) -> tuple[str, ...]:
        named = [g.campo for g in self.grupos.values()] + list(self.sumas.values()) + ([self.corte] if self.corte else [])
        return tuple(dict.fromkeys(named))


Key = tuple[str, ...]


@dataclass
class Counts:
    """Counts and sums by group, the newest day seen, and what could not be told."""

    groups: dict[Key, list[float]] = field(default_factory=dict)
    newest: str = ""
    unknown: dict[str, int] = field(default_factory=dict)
    rows: int = 0
    next_range: int = 0


def collect(job: Job[Options]) -> Iterator[Received]:
    """The layer as counts. Raises SourceError."""
    options = job.options
    with job.client() as client:
        layer = layers.opened(job, client, options.filtro, options.fields)
        progress = _Progress(job, layer.digest)
        counts = progress.taken_up()
        for number in range(counts.next_range, len(layer.ranges)):
            for attributes in layers.read(client, layer, options.filtro, options.fields, layer.ranges[number]):
                _add(job, counts, attributes)
            counts.next_range = number + 1
            progress.save(counts)
        try:
            layers.check_total(job, client, layer, options.filtro, counts.rows)
        finally:
            progress.forget()
    cut = counts.newest or datetime.now(ZoneInfo(job.warehouse.settings.zona_horaria)).date().isoformat()
    columns, rows = _table(job, counts, cut)
    landed = job.keep(f"{job.id}.csv", as_csv(columns, rows))
    yield job.received(job.feed.tabla, landed.path, periodo=job.feed.periodo.format(**_words(job, cut)), notes=_notes(counts))


def _add(job: Job[Options], counts: Counts, attributes: dict[str, Any]) -> None:
    options = job.options
    key = tuple(_group(job, counts, name, group, attributes.get(group.campo)) for name, group in options.grupos.items())
    sums = counts.groups.setdefault(key, [0.0] * (1 + len(options.sumas)))
    sums[0] += 1
    for i, name in enumerate(options.sumas.values(), start=1):
        sums[i] += _number(job, name, attributes.get(name))
    counts.rows += 1
    if options.corte:
        counts.newest = max(counts.newest, _day(attributes.get(options.corte)))


def _group(job: Job, counts: Counts, column: str, group: Group, value: Any) -> str:
    text = " ".join(str(value if value is not None else "").split())
    found: str | None = text
    if group.forma == "departamento":
        found = code_of(text)
    elif group.forma == "valores":
        found = group.by_folded.get(folded(text))
    if found:
        return found
    if not group.si_falta:
        what = f"el campo {group.campo} dice «{text[:60]}», que no está en la declaración de «{column}»"
        raise job.problem(what, "Agregue ese valor a la fuente, o diga en «si_falta» dónde se cuenta.")
    told = f"{group.campo} «{text[:60] or '(vacío)'}» como «{group.si_falta}»"
    counts.unknown[told] = counts.unknown.get(told, 0) + 1
    return group.si_falta


def _number(job: Job, name: str, value: Any) -> float:
    if value is None or value == "":
        return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or abs(value) == float("inf"):
        raise job.problem(f"el campo {name} dice «{str(value)[:40]}», que no es un número", "Revise el campo en la declaración de la fuente.")
    return float(value)


def _day(value: Any) -> str:
    """ISO day of a date of the service: milliseconds since 1970, or a text."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 4e12:
        return datetime.fromtimestamp(value / 1000, UTC).date().isoformat()
    match = re.match(r"^(\d{4})-(\d\d)-(\d\d)|^(\d\d)/(\d\d)/(\d{4})", str(value or ""))
    if match is None:
        return ""
    year, month, day = (match[1], match[2], match[3]) if match[1] else (match[6], match[5], match[4])
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""


def _table(job: Job[Options], counts: Counts, cut: str) -> tuple[list[str], list[list[object]]]:
    options = job.options
    names = list(options.grupos)
    groups = dict(counts.groups)
    if options.total_pais:
        at = names.index(options.total_pais)
        for key, sums in counts.groups.items():
            country = (*key[:at], "00", *key[at + 1 :])
            before = groups.get(country, [0.0] * len(sums))
            groups[country] = [a + b for a, b in zip(before, sums, strict=True)]
    constants = [text.format(**_words(job, cut)) for text in options.constantes.values()]
    columns = [*names, options.cuenta, *options.sumas, *options.constantes]
    rows = [[*key, int(sums[0]), *(round(s, 4) for s in sums[1:]), *constants] for key, sums in sorted(groups.items())]
    return columns, rows


def _words(job: Job, cut: str) -> dict[str, str]:
    return {"corte": cut, "corte_mes": cut[:7], "corte_anio": cut[:4], "url": job.feed.url}


def _notes(counts: Counts) -> tuple[str, ...]:
    return tuple(f"{n:,} registros con {what}." for what, n in sorted(counts.unknown.items())[:20])


class _Progress:
    """The counts so far of a layer being read, on disk. They hold no row, so nobody's data either."""

    def __init__(self, job: Job, digest: str) -> None:
        self.path: Path = job.warehouse.settings.datos / f".fuente-{job.id}.json"
        self.digest = f"{job.fingerprint}{digest}"

    def taken_up(self) -> Counts:
        """The counts of the run that was cut; none where there was none, the layer changed, or too long ago."""
        try:
            fresh = time.time() - self.path.stat().st_mtime < _GOES_STALE
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            if not fresh or kept.pop("capa") != self.digest:
                return Counts()
            return Counts(**{**kept, "groups": {tuple(k): v for k, v in kept["groups"]}})
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            return Counts()

    def save(self, counts: Counts) -> None:
        kept = {**vars(counts), "capa": self.digest, "groups": [[list(k), v] for k, v in counts.groups.items()]}
        partial = self.path.with_suffix(".parcial")
        partial.write_text(json.dumps(kept), encoding="utf-8")
        partial.replace(self.path)

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)
