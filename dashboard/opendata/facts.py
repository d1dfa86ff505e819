"""What every accompanying file says alike of a publication: title, dates, span, publisher, licence, how it is cited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dashboard import formats
from dashboard.published import Publication, Snapshot
from warehouse.periods import parse

TITLE = {
    "es": "SIEGEM: indicadores de la gestión pública minera de los gobiernos regionales del Perú",
    "en": "SIEGEM: indicators of the public management of mining by the regional governments of Peru",
}
ABOUT = {
    "es": "Valores por región, periodo y desglose, con numerador, denominador, intervalo de 95 %, estado de cada celda y razón de cada ausencia; "
    "las fichas de los "
    "indicadores, quién entregó y cuándo, las revisiones y el diccionario de columnas.",
    "en": "Values by region, period and breakdown, with numerator, denominator, 95 % interval, state of each cell and reason of each absence; the "
    "indicators' sheets, who "
    "delivered and when, the revisions and the dictionary of columns.",
}
SYNTHETIC = {
    "es": "Contiene datos sintéticos de demostración: las filas con «sintetico» verdadero no describen a ningún gobierno regional ni persona.",
    "en": "It holds synthetic demonstration data: rows whose «sintetico» is true describe no regional government and no person.",
}
PUBLISHER = {"es": "Ministerio de Energía y Minas del Perú", "en": "Ministry of Energy and Mines of Peru"}
PUBLISHER_URL = "https://www.gob.pe/minem"
LICENCE, LICENCE_URL = "CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/"
KEYWORDS = {
    "es": ["minería", "gobiernos regionales", "descentralización", "formalización minera", "indicadores", "Perú"],
    "en": ["mining", "regional governments", "decentralisation", "mining formalisation", "indicators", "Peru"],
}


@dataclass(frozen=True)
class Facts:
    """A publication as its files name it. `base` is the site's address without a slash at its end, or empty."""

    card: Publication
    base: str
    synthetic: bool
    indicators: int
    rows: int = 0
    first: date | None = None
    last: date | None = None

    @property
    def number(self) -> int:
        return self.card.numero

    @property
    def version(self) -> str:
        """As packages and catalogues write it: each publication is a version of its own."""
        return f"{self.number}.0.0"

    @property
    def made(self) -> date:
        """The day it was published (UTC)."""
        return self.card.creada_en.date()

    @property
    def place(self) -> str:
        """Where its files are, for ever."""
        return f"{self.base}{folder_path(self.number)}"

    def citation(self, lang: str = "es") -> str:
        """One line that names who, when, what, which version, where."""
        kind, version = ("conjunto de datos", "publicación N.º") if lang == "es" else ("data set", "publication no.")
        until = f", {'datos al' if lang == 'es' else 'data until'} {formats.day(self.card.datos_al)}" if self.card.datos_al else ""
        return (
            f"{PUBLISHER[lang]} ({self.made.year}). {TITLE[lang]} [{kind}], {version} {self.number} ({formats.day(self.made)}{until}). "
            f"{self.place}. {'Huella' if lang == 'es' else 'Digest'}: {self.card.huella[:16]}. {LICENCE}."
        )


def folder_path(number: int) -> str:
    """The address of a publication's files within the site."""
    return f"/datos/descargas/p{number}/"


def facts_of(snap: Snapshot, base: str = "") -> Facts:
    """What is known before its values are read."""
    return Facts(snap.publication, base.rstrip("/"), any(s.synthetic for s in snap.indicators()), len(snap.indicators()))


def span(periods: set[str]) -> tuple[date | None, date | None]:
    """First and last day of some periods."""
    found = [parse(p) for p in periods]
    return (min(p.start for p in found), max(p.end for p in found)) if found else (None, None)
