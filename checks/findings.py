"""What a check found, as data and one Spanish sentence. Nothing here opens, counts or decides."""

from __future__ import annotations

from dataclasses import dataclass

BLOCKING, ERROR, WARNING, NOTE = "bloqueante", "error", "advertencia", "informativa"


@dataclass(frozen=True)
class Finding:
    """One finding. `severidad`: bloqueante, error, advertencia or informativa.

    `fila` is the row of the received file as its sender sees it (the header is row 1); None where it concerns the whole file.
    """

    entrega_id: str
    regla_id: str
    dimension: str
    severidad: str
    fila: int | None
    columna: str
    valor: str
    mensaje: str
    remedio: str
