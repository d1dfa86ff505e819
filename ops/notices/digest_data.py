"""A digest as data, for webhooks: the same figures as the API's, unrounded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dashboard import formats
from etl.desk.due import Due
from ops.notices.findings import Finding, Findings, Row
from ops.notices.owed import Owed, title
from ops.notices.reading import Edition

_FIGURES = ("valor", "numerador", "denominador", "n", "inferior", "superior", "periodo_comparado", "cambio", "cambio_inferior", "cambio_superior",
            "cambio_estado", "senal", "variacion")  # fmt: skip


def of(edition: Edition, found: Findings, due: Owed, page: str, lang: str) -> dict[str, Any]:
    """Everything that the letter lists, and what it only counts."""
    card = edition.now.publication
    return {
        "publicacion": card.numero, "publicada_en": card.creada_en.isoformat(), "datos_al": card.datos_al.isoformat() if card.datos_al else None,
        "publicacion_anterior": edition.before.number if edition.before else None,
        "region": found.code, "nombre": formats.place(found.code, lang), "sintetico": found.synthetic, "enlace": page,
        "empeora": _values(found.worse, lang), "mejora": _values(found.better, lang), "otros_cambios": _values(found.moved, lang),
        "senales": _values(found.signals, lang), "faltan": _due(due.missing, lang), "por_vencer": _due(due.soon, lang),
        "reglas": [
            {k: _plain(r[k]) for k in ("tabla", "cod_region", "periodo", "regla_id", "dimension", "severidad", "filas_evaluadas", "filas_fallidas")}
            for r in found.checks
        ],
        "reglas_anteriores": found.older_checks,
        "revisiones": [
            {"indicador": r["indicador"], "periodo": r["periodo"], "motivo": r["motivo"],
             **{f"{c}_{side}": _plain(r[f"{c}_{side}"]) for c in ("valor", "estado") for side in ("anterior", "nuevo")}}
            for r, _ in found.revisions
        ],
    }  # fmt: skip


def _values(items: Iterable[Finding], lang: str) -> list[dict[str, Any]]:
    return [
        {"indicador": f.sheet.id, "nombre": f.sheet.text("short_name", lang), "unidad": f.sheet.unit(lang), "periodo": f.row["periodo"],
         "nuevo": f.fresh, **_figures(f.row)}
        for f in items
    ]  # fmt: skip


def _figures(row: Row) -> dict[str, Any]:
    return {c: _plain(row[c]) for c in _FIGURES}


def _due(items: Iterable[Due], lang: str) -> list[dict[str, Any]]:
    return [
        {"tabla": d.tabla, "titulo": title(d.tabla, lang), "region": d.cod_region, "periodo": d.periodo, "estado": d.estado, "dias": d.dias,
         "vence": d.vence.isoformat() if d.vence else None}
        for d in items
    ]  # fmt: skip


def _plain(value: Any) -> Any:
    """JSON's own scalars: no NaN, no numpy."""
    if formats.is_missing(value):
        return None
    return value.item() if hasattr(value, "item") else value
