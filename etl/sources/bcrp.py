"""The central bank's series API, one request a series: the API answers several in an order of its own.

Labels are Spanish («Ene.2024», «Set.2024», «T1.24», «2024»); «n.d.» is a period without a figure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pydantic import Field, field_validator

from etl.sources.feed import Job
from etl.sources.received import Received
from etl.sources.rows import as_csv
from warehouse.declarations import Declaration
from warehouse.errors import SiegemError

COLUMNS = ("codigo", "nombre", "periodo", "valor")
_MONTHS = {m: i for i, m in enumerate(("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "set", "oct", "nov", "dic"), start=1)} | {"sep": 9}
_MONTH = re.compile(r"^([a-z]{3})\.?\s?(\d{4}|\d{2})$")
_QUARTER = re.compile(r"^t([1-4])\.?\s?(\d{4}|\d{2})$")
_YEAR = re.compile(r"^\d{4}$")
_CODE = re.compile(r"^[A-Z]{2}\d{5}[A-Z]{2}$")
_MISSING = ("n.d.", "n.d", "nd", "")


class Options(Declaration):
    """`series`: codes of BCRPData. `desde`, `hasta`: as the API takes them (2015-1, 2015 or 2015-01); no end is until today."""

    series: tuple[str, ...] = Field(min_length=1)
    desde: str = Field("2010-1", pattern=r"^\d{4}(-\d{1,2})?$")
    hasta: str = Field("2040-12", pattern=r"^\d{4}(-\d{1,2})?$")

    @field_validator("series")
    @classmethod
    def _codes(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        for code in codes:
            if not _CODE.match(code):
                raise ValueError(f"«{code}» no tiene la forma de un código de BCRPData (PN01652XM)")
        return codes


def collect(job: Job[Options]) -> Iterator[Received]:
    """Every series in one table. Raises SourceError."""
    rows: list[tuple[str, str, str, float | None]] = []
    missing = 0
    with job.client() as client:
        for code in job.options.series:
            url = f"{job.feed.url.rstrip('/')}/{code}/json/{job.options.desde}/{job.options.hasta}/esp"
            found = list(_rows(job, code, client.json(url)))
            missing += sum(value is None for *_, value in found)
            rows += found
    notes = (f"{missing:,} periodos sin dato («n.d.»): quedan vacíos.",) if missing else ()
    landed = job.keep(f"{job.id}.csv", as_csv(COLUMNS, sorted(rows, key=lambda r: (r[0], r[2]))))
    yield job.received(job.feed.tabla, landed.path, notes=notes)


def _rows(job: Job, code: str, body: Any) -> Iterator[tuple[str, str, str, float | None]]:
    try:
        name, periods = str(body["config"]["series"][0]["name"]).strip(), list(body["periods"])
        labelled = [(str(p["name"]), p["values"][0]) for p in periods]
    except (LookupError, TypeError) as error:
        cure = "Compruebe el código y las fechas en la página de BCRPData."
        raise job.problem(f"la respuesta para {code} no tiene la forma de la API del BCRP (config, periods)", cure) from error
    for label, value in labelled:
        yield code, " ".join(name.split()), _period(job, code, label), _value(job, code, label, value)


def _period(job: Job, code: str, label: str) -> str:
    text = label.strip().lower()
    if found := _MONTH.match(text):
        month = _MONTHS.get(found[1])
        if month:
            return f"{_full_year(found[2])}-{month:02d}"
    if found := _QUARTER.match(text):
        return f"{_full_year(found[2])}-T{found[1]}"
    if _YEAR.match(text):
        return text
    raise _not_read(job, code, f"el periodo «{label[:40]}» no es un mes, un trimestre ni un año")


def _full_year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year < 50 else 1900)


def _value(job: Job, code: str, label: str, value: object) -> float | None:
    text = str(value if value is not None else "").strip()
    if text.lower() in _MISSING:
        return None
    if re.fullmatch(r"-?\d{1,15}(\.\d{1,20})?([eE][+-]?\d{1,2})?", text):
        return float(text)
    raise _not_read(job, code, f"el valor «{text[:40]}» de {label[:40]} no es un número")


def _not_read(job: Job, code: str, what: str) -> SiegemError:
    return job.problem(f"serie {code}: {what}", "Las series diarias no se leen; si la serie es mensual, trimestral o anual, avise de este texto.")
