"""From the queue to verdicts: what the receiver does with the uploads it took. Killed at any instant, it is done again and nothing doubles."""

from __future__ import annotations

import logging
import secrets
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Row, select

from etl import pipeline
from etl.desk import trial, verdicts
from etl.desk.arrival import Desk
from etl.intake import Judged
from etl.report import Report
from etl.sources.received import Received
from warehouse import uploads
from warehouse.contracts import Contract
from warehouse.errors import SiegemError
from warehouse.tables import cargas, entregas, resultados_calidad
from warehouse.uploads import JUDGED, REFUSED, Upload

log = logging.getLogger("siegem.desk")

#: taken this often without an end, a file is judged alone; then it is given up, as it may be what kills the receiver
ALONE_AFTER, GIVEN_UP_AFTER = 2, 5


def judge_taken(desk: Desk, taken: list[Upload], run: int | None, today: date | None = None) -> None:
    """Bring every upload to its end. Deliveries first, all in one round; trials are judged against what then stands."""
    for group in _groups(desk, [u for u in taken if not u.solo_revisar]):
        _deliver(desk, group, run, today)
    for group in _groups(desk, [u for u in taken if u.solo_revisar]):
        _try(desk, group, today)


def _groups(desk: Desk, taken: list[Upload]) -> Iterator[list[Upload]]:
    together = []
    for upload in taken:
        tries = int(upload.resultado.get("intentos", 0))
        if tries > GIVEN_UP_AFTER:
            _refuse(desk, upload, "No se pudo revisar: la revisión se interrumpió varias veces. Avise a quien administra el sistema.")
        elif tries > ALONE_AFTER:
            yield [upload]
        else:
            together.append(upload)
    if together:
        yield together


def _deliver(desk: Desk, group: list[Upload], run: int | None, today: date | None) -> None:
    waiting: dict[tuple[tuple[str, str, str], str], list[Upload]] = defaultdict(list)
    for upload in group:
        waiting[upload.place, upload.hash].append(upload)

    def tell(contract: Contract, recorded: Judged) -> None:
        """Findings are written before the verdict counts: after a kill in between, they are there."""
        for submission, verdict in recorded:
            place = (submission.tabla, submission.cod_region, submission.periodo)
            for upload in waiting.get((place, submission.hash_archivo), []):
                upload.resultado["veredicto"] = verdicts.result_of(contract, submission, verdict)
                uploads.note(desk.warehouse.engine, upload.id, upload.resultado)

    received = [
        Received(u.nombre, desk.spool.path(u.id), trial.ORIGIN, *u.place, u.recibida_en or u.creada_en, reason=u.motivo)
        for u in group
    ]  # fmt: skip
    try:
        report = pipeline.ingest(desk.warehouse, received, run, today=today, tell=tell)
    except Exception:
        code = secrets.token_hex(4)
        log.exception("la revisión de %s archivos falló [%s]", len(group), code)
        for upload in group:  # one of them is to blame: each is judged alone
            if len(group) > 1:
                _deliver(desk, [upload], run, today)
            else:
                _refuse(desk, upload, _broken(code))
        return
    for upload in group:
        _conclude(desk, upload, report)


def _conclude(desk: Desk, upload: Upload, report: Report) -> None:
    row = _submission_of(desk, upload)
    if row is None:
        told = next((o.mensaje for o in report.outcomes if (o.tabla, o.cod_region, o.periodo) == upload.place and o.version is None), "")
        _refuse(desk, upload, told or "No se pudo recibir este archivo. Envíelo otra vez.")
        return
    result = dict(upload.resultado)
    if result.get("veredicto", {}).get("entrega_id") != row.entrega_id:
        result |= {"veredicto": _earlier_result(desk, row), "repetida": True}
    uploads.finish(desk.warehouse.engine, upload.id, JUDGED, row.mensaje, result, row.entrega_id)
    desk.spool.remove(upload.id)  # its bytes are in the landing


def _submission_of(desk: Desk, upload: Upload) -> Row[Any] | None:
    """The newest submission that these very bytes are, for this very place."""
    e = entregas.c
    here = (e.tabla == upload.tabla) & (e.cod_region == upload.cod_region) & (e.periodo == upload.periodo)
    query = select(entregas).where(here, e.hash_archivo == upload.hash).order_by(e.version.desc()).limit(1)
    with desk.warehouse.engine.connect() as connection:
        return connection.execute(query).first()


def _earlier_result(desk: Desk, row: Row[Any]) -> dict[str, Any]:
    """The verdict of bytes that were judged before: as it was told then, or from the samples that are kept of what did not come by the desk."""
    with desk.warehouse.engine.connect() as connection:
        query = select(cargas.c.resultado).where(cargas.c.entrega_id == row.entrega_id).order_by(cargas.c.terminada_en).limit(1)
        kept = connection.execute(query).scalar()
    if kept and kept.get("veredicto"):
        return dict(kept["veredicto"])
    names = ("entrega_id", "version", "estado", "filas", "filas_aceptadas", "filas_cuarentena", "version_contrato")
    told = {n: getattr(row, n) for n in (*names, "filas_agregadas", "filas_cambiadas", "filas_retiradas")}
    with desk.warehouse.engine.connect() as connection:
        r = resultados_calidad.c
        query = select(r.regla_id, r.severidad, r.filas_fallidas, r.muestra).where(r.entrega_id == row.entrega_id, r.estado == "falla")
        failed = [tuple(x) for x in connection.execute(query)]
    return {**told, "frase": row.mensaje, **verdicts.of_samples(failed)}


def _try(desk: Desk, group: list[Upload], today: date | None) -> None:
    pairs = [(u, desk.spool.path(u.id)) for u in group if desk.spool.size(u.id) == u.bytes]
    left = {u.id: u for u, _ in pairs}
    for upload in group:
        if upload.id not in left:
            _refuse(desk, upload, "El archivo de esta revisión previa ya no está. Elíjalo otra vez.")
    told = ""
    try:
        for upload, result in trial.judge_only(desk.warehouse, pairs, today):
            uploads.finish(desk.warehouse.engine, upload.id, JUDGED, result["frase"], {**upload.resultado, "veredicto": result})
            del left[upload.id]
        return
    except SiegemError as error:
        told = " ".join(filter(None, (error.what, error.stands, error.cure)))
    except Exception:
        code = secrets.token_hex(4)
        log.exception("la revisión previa de %s archivos falló [%s]", len(left), code)
        told = _broken(code)
    for upload in left.values():
        if len(group) > 1:
            _try(desk, [upload], today)
        else:
            _refuse(desk, upload, told)


def _refuse(desk: Desk, upload: Upload, sentence: str) -> None:
    """Its bytes stay in the spool for a while: where the fault was ours they can be sent again without travelling."""
    uploads.finish(desk.warehouse.engine, upload.id, REFUSED, sentence, upload.resultado)


def _broken(code: str) -> str:
    return f"No se pudo revisar por un fallo del sistema; no es culpa de su archivo. Dé este código a quien lo administra: {code}"
