"""SDMX status of an observation, beside our own state: what a statistical office's tools understand without a dictionary of ours.

Code lists of the SDMX cross-domain guidelines: CL_OBS_STATUS 2.2 and CL_CONF_STATUS 1.2. A row carries one code: where several hold, the
order of importance that SDMX recommends decides (of ours: D, E, P, V, G, A).
"""

from __future__ import annotations

from collections.abc import Collection

from warehouse.states import PUBLISHED

OBS_LIST, CONF_LIST = "SDMX:CL_OBS_STATUS(2.2)", "SDMX:CL_CONF_STATUS(1.2)"
URN = "urn:sdmx:org.sdmx.infomodel.codelist.Codelist="

#: state of an absence -> code
OF_STATE = {
    "no_publicable": "Q",
    "no_reportado": "L",
    "regla_no_superada": "L",
    "n_insuficiente": "L",
    "impreciso": "L",
    "competencia_minem": "M",
    "sin_denominador": "M",
    "no_alcanzado": "M",
    "no_desagregado": "K",
    "sin_registro": "O",
}
#: notice of a published value -> code, the one that decides first
OF_NOTICE = {
    "plazo_referencial": "D",
    "indicativo": "D",
    "estimado": "E",
    "serie_incompleta": "P",
    "fuente_prensa": "V",
    "sintetico": "G",
}
_ORDER = "DEPVGA"

#: code -> what it means here (es, en): the name in the code list, and which of our states and notices take it
OBS_STATUS = {
    "A": ("Valor normal: publicado sin ninguna marca", "Normal value: published without any mark"),
    "D": (
        "Difiere la definición: plazo referencial o asignación territorial indicativa",
        "Definition differs: reference deadline or indicative territorial assignment",
    ),
    "E": (
        "Valor estimado: encuesta por muestra, o cifra derivada que la fuente no publica como tal",
        "Estimated value: sample survey, or a figure the source does not print as such",
    ),
    "P": ("Valor provisional: serie incompleta", "Provisional value: incomplete series"),
    "V": ("Valor no validado: transcrito de prensa o nota oficial", "Unvalidated value: transcribed from press or notice"),
    "G": (
        "Valor experimental: dato sintético de demostración, no describe a nadie",
        "Experimental value: synthetic demonstration data, it describes nobody",
    ),
    "Q": ("Ausente por confidencialidad: «no_publicable»", "Missing value; suppressed: «no_publicable» (privacy)"),
    "L": (
        "Ausente, el dato existe y no se recogió o no se difunde: «no_reportado», «regla_no_superada», «n_insuficiente», «impreciso»",
        "Missing value; data exist but were not collected or are below the threshold: not reported, failed rule, n too small, too imprecise",
    ),
    "M": (
        "Ausente, el dato no puede existir: «competencia_minem», «sin_denominador», «no_alcanzado»",
        "Missing value; data cannot exist: another authority's competence, nothing to divide by, half of the cases not ended",
    ),
    "K": (
        "Incluido en otra categoría: «no_desagregado», la fuente solo da el total",
        "Data included in another category: the source gives the total only",
    ),
    "O": (
        "Ausente sin razón distinguible: «sin_registro»; no es un cero comprobado",
        "Missing value, reason not told apart: no record in the source; not a proven zero",
    ),
}
CONF_STATUS = {
    "F": ("De libre difusión", "Free for publication"),
    "C": (
        "Información estadística confidencial: celda pequeña u otra que la delataría; no se dice cuál de las dos",
        "Confidential statistical information: a small cell or one that would give it away; which of both is not told",
    ),
}


def obs_status(state: str, notices: Collection[str], *, survey: bool = False) -> str:
    """The one code of a row. `survey`: its indicator comes from a sample of households or mines."""
    if state != PUBLISHED:
        return OF_STATE.get(state, "O")
    found = {OF_NOTICE.get(n, "A") for n in notices} | ({"E"} if survey else set()) | {"A"}
    return min(found, key=_ORDER.index)


def conf_status(state: str) -> str:
    return "C" if state == "no_publicable" else "F"
