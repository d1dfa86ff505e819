"""The columns of every file, declared once: header, schema of the package and dictionary come from here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from dashboard.dictionary import MEANINGS
from dashboard.opendata import observation
from warehouse.states import CHANGES, NOTICES, STATES

Kind = Literal["string", "integer", "number", "boolean", "date", "datetime"]


@dataclass(frozen=True)
class Column:
    """One column. `codes` are the only values it takes, each with its meaning; `least` and `most` bound a number."""

    name: str
    es: str
    en: str
    kind: Kind = "string"
    required: bool = False
    codes: dict[str, tuple[str, str]] = field(default_factory=dict)
    pattern: str = ""
    least: float | None = None
    most: float | None = None

    def text(self, lang: str) -> str:
        return self.en if lang == "en" else self.es


def of(name: str, kind: Kind = "string", **more: object) -> Column:
    """A column that the API has too, with the meaning told there."""
    return Column(name, *MEANINGS[name], kind, **more)  # type: ignore[arg-type]


_KINDS = {"mes": ("Mes", "Month"), "trimestre": ("Trimestre", "Quarter"), "semestre": ("Semestre", "Half"), "anio": ("Año", "Year")}
_LEVELS = {
    "pais": ("País", "Country"),
    "piloto": ("Regiones piloto juntas", "Pilot regions together"),
    "region": ("Gobierno regional", "Regional government"),
    "departamento": ("Departamento de Lima entero, o sin asignar", "Whole department of Lima, or unassigned"),
    "provincia": ("Provincia", "Province"),
    "distrito": ("Distrito", "District"),
    "otro": ("Fuera del país o sin departamento", "Abroad or without department"),
}
_MOVES = dict(
    zip(
        CHANGES,
        (
            ("Mejora concluyente", "Conclusive improvement"),
            ("Empeora de forma concluyente", "Conclusive worsening"),
            ("Sube de forma concluyente; ni bueno ni malo", "Conclusive rise; neither good nor bad"),
            ("Baja de forma concluyente; ni bueno ni malo", "Conclusive fall; neither good nor bad"),
            ("Sin diferencia concluyente", "No conclusive difference"),
        ),
        strict=True,
    )
)
_PERIOD = r"\d{4}(-(T[1-4]|S[12]|(0[1-9]|1[0-2])))?"
_ID = r"[a-z][a-z0-9_]*"

#: what a value is of
KEY = ("indicador", "territorio", "tipo_periodo", "periodo", "desglose", "categoria")

_PLACE = [
    of("indicador", required=True, pattern=_ID),
    of("territorio", required=True),
    of("nombre_territorio", required=True),
    of("nivel", required=True, codes=_LEVELS),
    of("tipo_periodo", required=True, codes=_KINDS),
    of("periodo", required=True, pattern=_PERIOD),
    of("desglose"),
    of("categoria"),
    Column("nombre_categoria", "Nombre de la categoría, como se lee", "Name of the category, as it is read (Spanish)"),
]
_FIGURES = [
    of("numerador", "number"),
    of("denominador", "number"),
    of("valor", "number"),
    of("inferior", "number"),
    of("superior", "number"),
    of("n", "integer", least=0),
    of("unidad", required=True),
    of("estado", required=True, codes=STATES),
    Column(
        "OBS_STATUS",
        f"Estado de la observación según {observation.OBS_LIST}",
        f"Observation status, {observation.OBS_LIST}",
        required=True,
        codes=observation.OBS_STATUS,
    ),
    Column(
        "CONF_STATUS",
        f"Confidencialidad según {observation.CONF_LIST}",
        f"Confidentiality status, {observation.CONF_LIST}",
        required=True,
        codes=observation.CONF_STATUS,
    ),
    of("avisos"),
    Column(
        "sintetico",
        "Si el dato es sintético, de demostración: no describe a nadie",
        "Whether it is synthetic demonstration data: it describes nobody",
        "boolean",
        required=True,
    ),
    of("cobertura", "number", least=0),
    of("datos_al", "date"),
    of("periodo_comparado", pattern=_PERIOD),
    of("cambio", "number"),
    of("cambio_inferior", "number"),
    of("cambio_superior", "number"),
    of("cambio_relativo", "number"),
    of("cambio_estado", codes=_MOVES),
    Column("meta", "Meta vigente en el periodo, en la unidad del valor", "Target in force in the period, in the unit of the value", "number"),
    Column(
        "meta_estado",
        "Frente a la meta: cumple, no_cumple o no_concluyente (el intervalo contiene la meta)",
        "Against the target: cumple (met), no_cumple (not met) or no_concluyente (the interval holds it)",
    ),
    Column(
        "frente_al_pais",
        "Frente al conjunto de regiones: mejor, peor, superior, inferior o similar; vacío si no se juzga",
        "Against all regions together: mejor (better), peor (worse), superior (above), inferior (below), similar; empty where not judged",
    ),
    Column(
        "senal",
        "Regla del gráfico de control que el punto cumple, p. ej. fuera_inferior o siete_arriba; vacía si ninguna o si no se juzga",
        "Rule of the control chart that the point meets; empty where none, or where it is not judged",
    ),
    Column(
        "tendencia",
        "De los valores anuales de cinco años: mejora, empeora, sube, baja, sin_tendencia o no_calculable",
        "Of the yearly values of five years: better, worse, up, down, none, not computable (Spanish codes)",
    ),
]
_ORIGIN = [of("fuente"), of("publicacion", "integer", required=True, least=1)]

VALUES = [*_PLACE, *_FIGURES, *_ORIGIN]
#: what does not depend on the publication that is read
_NAMES = ("nombre_territorio", "nombre_categoria", "unidad", "fuente", "publicacion")
HISTORY = [
    *(c for c in VALUES if c.name not in _NAMES),
    Column(
        "desde_publicacion",
        "Primera publicación en que la fila vale así",
        "First publication in which the row holds so",
        "integer",
        required=True,
        least=1,
    ),
    Column(
        "hasta_publicacion",
        "Publicación en que dejó de valer; vacía si sigue vigente",
        "Publication in which it ceased to hold; empty where it still does",
        "integer",
        least=2,
    ),
]
#: notices are told in words, joined by «; »
NOTICE_WORDS = {es: (es, en) for es, en in NOTICES.values()}
