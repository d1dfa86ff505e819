"""What became of each file, in words for the person who runs the chain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from etl.sources.received import Received
from warehouse.errors import SiegemError
from warehouse.submissions import ACCEPTED, REJECTED, WARNED, Submission

#: a file that never became a submission: too large, unreadable name, source that did not answer
NOT_RECEIVED = "no_recibido"


@dataclass(frozen=True)
class Outcome:
    """One file. `version` is None where it did not become a submission."""

    archivo: str
    tabla: str
    cod_region: str
    periodo: str
    version: int | None
    estado: str
    filas: int
    filas_aceptadas: int
    filas_cuarentena: int
    mensaje: str

    @property
    def sentence(self) -> str:
        """One line: file, version, and what was said of it."""
        if self.version is None:
            return self.mensaje
        return f"{self.archivo} (versión {self.version}): {self.mensaje.replace(f'{self.archivo}: ', '', 1)}"


@dataclass(frozen=True)
class Report:
    """A round. `still_rejected`: unchanged files whose last verdict was a rejection."""

    outcomes: tuple[Outcome, ...]
    unchanged: int
    still_rejected: tuple[str, ...] = ()

    def count(self, estado: str) -> int:
        """How many files ended in `estado`."""
        return Counter(o.estado for o in self.outcomes)[estado]

    @property
    def changed(self) -> bool:
        """Whether anything was accepted."""
        return self.count(ACCEPTED) + self.count(WARNED) > 0

    @property
    def problems(self) -> tuple[Outcome, ...]:
        """Files that were rejected or not received."""
        return tuple(o for o in self.outcomes if o.estado in (REJECTED, NOT_RECEIVED))

    def summary(self, problems: int = 10) -> Iterator[str]:
        """Lines for the terminal: totals, then the first problems with their cure."""
        new = len(self.outcomes)
        if not new:
            yield f"{self.unchanged:,} archivos sin cambios; nada nuevo que cargar." if self.unchanged else "No llegó ningún archivo."
        else:
            kinds = [f"{self.count(e):,} {w}" for e, w in _PLURALS.items() if self.count(e)]
            accepted, kept_out = sum(o.filas_aceptadas for o in self.outcomes), sum(o.filas_cuarentena for o in self.outcomes)
            yield f"{new:,} archivos revisados: {', '.join(kinds)}; {accepted:,} filas aceptadas y {kept_out:,} en cuarentena."
            if self.unchanged:
                yield f"{self.unchanged:,} archivos sin cambios."
        if self.still_rejected:
            yield f"{len(self.still_rejected):,} de ellos siguen rechazados, p. ej. {self.still_rejected[0]}. Vea la página Calidad."
        for outcome in self.problems[:problems]:
            yield outcome.sentence
        if len(self.problems) > problems:
            yield f"… y {len(self.problems) - problems:,} más: vea la página Calidad."


_PLURALS = {ACCEPTED: "aceptados", WARNED: "aceptados con advertencias", REJECTED: "rechazados", NOT_RECEIVED: "no recibidos"}


def failed(item: Received, error: SiegemError) -> Outcome:
    """A file that could not be received or judged, with the three parts of its error."""
    sentence = " ".join(part for part in (error.what, error.stands, error.cure) if part)
    return Outcome(item.name, item.table or "", item.cod_region or "", item.periodo or "", None, NOT_RECEIVED, 0, 0, 0, sentence)


def judged(submission: Submission) -> Outcome:
    """A submission as recorded."""
    s = submission
    return Outcome(s.archivo, s.tabla, s.cod_region, s.periodo, s.version, s.estado, s.filas, s.filas_aceptadas, s.filas_cuarentena, s.mensaje)
