"""An upload from its first byte to the receiver's queue. Whatever dies in between, the sender goes on from what is on disk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from etl.desk import places
from etl.desk.problems import Problem
from etl.desk.spool import Spool
from warehouse import landing, uploads
from warehouse.database import now
from warehouse.store import Warehouse
from warehouse.uploads import JUDGED, JUDGING, QUEUED, REFUSED, UPLOADING, Upload

#: an office may go on with a file on Monday that it began on Friday
ABANDONED = timedelta(hours=96)
#: how long the bytes of a trial, or of a file that could not be judged, are kept to be sent without travelling again
KEPT = timedelta(hours=48)
#: unfinished uploads at once: what all regions could have open on a closing day
MOST_OPEN = 200
#: free disk that uploads may not use
SPARE = 200_000_000


@dataclass(frozen=True)
class Desk:
    """The warehouse with the folder where uploads arrive."""

    warehouse: Warehouse

    @cached_property
    def spool(self) -> Spool:
        return Spool(self.warehouse.settings.datos / "cargas")

    @property
    def largest(self) -> int:
        """Bytes that one file may have."""
        return self.warehouse.settings.max_mb_archivo * 1_000_000

    def begin(self, size: int, words: dict[str, str]) -> Upload:
        """A new upload. `words`: what its sender says of it. Raises Problem where it could not be taken anyhow."""
        today = places.today_of(self.warehouse)
        where = places.place(words.get("tabla", ""), words.get("region", ""), words.get("periodo", ""), today)
        name = places.file_name(words.get("nombre", ""))
        self._refuse_size(name, size)
        expected = words.get("sha256", "").lower()
        made = uploads.begin(
            self.warehouse.engine, where.key, name, size, trial=words.get("solo_revisar", "") in ("1", "true", "si", "sí"),
            reason=words.get("motivo", ""), sender=words.get("remitente", ""), notes={"sha256": expected} if expected else {},
        )  # fmt: skip
        self.spool.create(made.id)
        return made

    def _refuse_size(self, name: str, size: int) -> None:
        if size <= 0:
            raise Problem(422, f"{name}: el archivo está vacío.", "Guárdelo otra vez y compruebe que tenga filas.")
        if size > self.largest:
            told = f"{name}: ocupa {size / 1e6:,.1f} MB y el límite es {self.largest // 1_000_000:,} MB."
            raise Problem(413, told, "Divida el archivo por periodo, o pida que se suba SIEGEM_MAX_MB_ARCHIVO.")
        if self.spool.room() < size + SPARE:
            raise Problem(507, "El servidor no tiene espacio para este archivo.", "Avise a quien administra el sistema; nada se perdió.")
        if len(uploads.in_state(self.warehouse.engine, UPLOADING)) >= MOST_OPEN:
            raise Problem(503, "Hay demasiados archivos subiendo a la vez.", "Espere unos minutos y siga.", {"retry-after": "120"})

    def find(self, id: str) -> Upload:
        """Raises Problem: 404 where there never was one, 410 where its time passed."""
        found = uploads.find(self.warehouse.engine, id) if len(id) == 32 else None
        if found is None:
            raise Problem(404, "No existe esa carga.", "Elija otra vez el archivo.")
        if found.estado == UPLOADING and self.spool.size(id) is None:
            raise Problem(410, "Esa carga venció sin completarse.", "Elija otra vez el archivo: empezará de nuevo.")
        return found

    def offset(self, upload: Upload) -> int:
        """Bytes that are safe."""
        return (self.spool.size(upload.id) or 0) if upload.estado == UPLOADING else upload.bytes

    def expires(self, upload: Upload) -> datetime | None:
        """When an unfinished upload is forgotten."""
        touched = self.spool.touched(upload.id) if upload.estado == UPLOADING else None
        return touched + ABANDONED if touched else None

    def complete(self, upload: Upload) -> bool:
        """Queue an upload of which every byte is on disk; false where its bytes are not those that were announced (they are thrown away)."""
        if upload.estado != UPLOADING or self.spool.size(upload.id) != upload.bytes:
            return True
        found, expected = self.spool.sha256(upload.id), upload.resultado.get("sha256", "")
        if expected and expected != found:
            self.spool.empty(upload.id)
            return False
        uploads.queue(self.warehouse.engine, upload.id, found)
        return True

    def cancel(self, upload: Upload) -> None:
        """Forget an upload that nobody judges yet. Raises Problem where it is too late."""
        if not uploads.drop(self.warehouse.engine, upload.id, (UPLOADING, QUEUED)):
            raise Problem(409, "Esa carga ya se está revisando o ya se revisó; no se puede retirar.", "Para corregirla, envíe otra versión.")
        self.spool.remove(upload.id)

    def send(self, upload: Upload, words: dict[str, Any]) -> Upload:
        """The bytes of a finished trial, or of a file that could not be judged, as a delivery: they need not travel again."""
        if upload.estado != REFUSED and not (upload.solo_revisar and upload.estado == JUDGED):
            raise Problem(409, "Esa carga no es una revisión previa terminada.", "Elija el archivo y envíelo.")
        if self.spool.size(upload.id) != upload.bytes:
            raise Problem(410, "Los bytes de esa carga ya no se conservan.", "Elija otra vez el archivo y envíelo.")
        made = uploads.begin(
            self.warehouse.engine, upload.place, upload.nombre, upload.bytes, trial=False,
            reason=str(words.get("motivo") or upload.motivo), sender=str(words.get("remitente") or upload.remitente), notes={"sha256": upload.hash},
        )  # fmt: skip
        self.spool.copy(upload.id, made.id)
        self.complete(made)
        return made

    def bytes_of(self, upload: Upload) -> Path | None:
        """Where the bytes of an upload are kept: landed, or still in the spool; None where they are gone."""
        for path in (landing.path_of(self.warehouse.landing, upload.hash), self.spool.path(upload.id)):
            if upload.hash and path.exists():
                return path
        return None

    def tidy(self) -> None:
        """Queue what came whole though its sender vanished, and forget what was abandoned."""
        engine, moment = self.warehouse.engine, now()
        for upload in uploads.in_state(engine, UPLOADING):
            touched = self.spool.touched(upload.id)
            if touched is not None and self.spool.size(upload.id) == upload.bytes:
                self.complete(upload)
            elif (touched or upload.creada_en) + ABANDONED < moment and uploads.drop(engine, upload.id, (UPLOADING,)):
                self.spool.remove(upload.id)
        for id in uploads.old_trials(engine, moment - KEPT):
            uploads.drop(engine, id, (JUDGED, REFUSED))
        for id in self.spool.untouched_since(moment - KEPT):
            found = uploads.find(engine, id)
            if found is None or found.estado in (JUDGED, REFUSED):
                self.spool.remove(id)

    def waiting(self, upload: Upload) -> int:
        """How many files the receiver has before this one."""
        return uploads.ahead(self.warehouse.engine, upload) if upload.estado in (QUEUED, JUDGING) and upload.recibida_en else 0
