"""Feeds that already have the contract's layout: a CSV or XLSX over HTTP, or the one member of a ZIP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from etl.sources import http, zipped
from etl.sources.feed import Job
from etl.sources.incoming import operators_file
from etl.sources.received import Received
from warehouse.declarations import Declaration


class HttpOptions(Declaration):
    """`extension`: .csv or .xlsx, where the address does not tell it."""

    extension: str = ""


class ZipOptions(Declaration):
    """`miembro`: pattern of the one file wanted, `salvo` of what it is not; where several fit, the last by name (the newest month)."""

    miembro: str = "*.csv"
    salvo: str = ""


def collect_file(job: Job[HttpOptions]) -> Iterator[Received]:
    """The file as it is published."""
    path, name = _fetched(job)
    suffix = job.options.extension or Path(name).suffix.lower()
    yield job.received(job.feed.tabla, path, suffix=suffix)


def collect_member(job: Job[ZipOptions]) -> Iterator[Received]:
    """The member of the ZIP; the ZIP itself stays in landing, so that it is not sent again while it does not change."""
    path, name = _fetched(job)
    limit = job.warehouse.settings.max_mb_inflado * 1_000_000
    member = zipped.members(path, name, job.options.miembro, limit, job.options.salvo)[-1]
    landed = job.keep(zipped.own_name(member), zipped.chunks(path, name, member, limit))
    yield job.received(job.feed.tabla, landed.path, origin=f"{job.origin} · {zipped.own_name(member)}", suffix=Path(member).suffix.lower())


def _fetched(job: Job) -> tuple[Path, str]:
    """The bytes and the name they came under."""
    if job.feed.archivo:
        path = operators_file(job, job.feed.archivo)
        return path, path.name
    with job.client() as client:
        return http.keep(job.warehouse, client, job.feed.url, job.id), Path(job.origin.partition("?")[0]).name
