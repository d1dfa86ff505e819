"""States of a published value. Missing is never 0: each absence has its own name and its own sentence."""

from __future__ import annotations

from collections.abc import Iterable

PUBLISHED = "publicado"
#: a cell that is not shown for privacy, on the public side
WITHHELD = "no_publicable"
#: the column `supresion` of an indicator for the public: shown; a small cell; one that covers it; a breakdown too fine; nothing to show
SHOWN, PERSON, CROSSED, DETAIL, ABSENT = "", "persona", "cruce", "detalle", "ausencia"

#: state -> (short Spanish label, short English label). The order is the order of legends.
STATES: dict[str, tuple[str, str]] = {
    PUBLISHED: ("Publicado", "Published"),
    "no_reportado": ("No reportado por la región", "Not reported by the region"),
    "n_insuficiente": ("n insuficiente", "n too small"),
    "no_alcanzado": ("Todavía no termina la mitad de los casos", "Half of the cases have not ended yet"),
    "impreciso": ("Estimación demasiado imprecisa", "Estimate too imprecise"),
    "no_publicable": ("No publicable por privacidad", "Withheld for privacy"),
    "competencia_minem": ("Competencia de MINEM", "MINEM's competence"),
    "regla_no_superada": ("Regla de calidad no superada", "Failed a quality rule"),
    "no_desagregado": ("La fuente no lo desglosa para este territorio", "Not broken down by the source"),
    "sin_registro": ("La fuente no registra casos en este territorio", "No record in the source"),
    "sin_denominador": ("Sin casos entre los que dividir", "Nothing to divide by"),
}

#: notice -> (Spanish, English). A value may carry several; they stand beside the figure.
NOTICES: dict[str, tuple[str, str]] = {
    "sintetico": ("Dato sintético de demostración", "Synthetic demonstration data"),
    "serie_incompleta": ("Serie incompleta", "Incomplete series"),
    "plazo_referencial": ("Plazo referencial (no verificado)", "Reference deadline (not verified)"),
    "estimado": ("Valor derivado, no publicado como tal", "Derived figure, not published as such"),
    "fuente_prensa": ("Transcrito de prensa o nota oficial", "Transcribed from press or notice"),
    "indicativo": ("Asignación territorial indicativa", "Indicative territorial assignment"),
}

#: the notice of a value that rests, in part, on deadlines nobody has found in a norm
REFERENCE = "plazo_referencial"


def is_judged(notices: Iterable[str] | None) -> bool:
    """Whether a value may be held against its target: not where a deadline behind it is unverified. Then the target stands as a number, named so."""
    return REFERENCE not in (notices if notices is not None else ())


#: outcome of comparing a value with an earlier one
CHANGES = ("mejora", "empeora", "sube", "baja", "sin_diferencia")
