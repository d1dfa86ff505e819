"""What stands on every document: title, publication, date of the data, notices that hold for all of it, the permanent address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard import formats
from dashboard.address import with_query
from dashboard.language import t
from dashboard.published import Sheet, Snapshot
from dashboard.reports.rows import is_internal


def common(snap: Snapshot, sheets: Sequence[Sheet], title: str, about: str, lang: str) -> dict[str, Any]:
    """Content that `documento`, `cabecera` and `avisos` of the templates ask for."""
    card = snap.publication
    made = t("Publicación N.º {n} · {fecha} · Datos al {al}", lang)
    made = made.format(n=snap.number, fecha=formats.day(card.creada_en, lang), al=formats.day(card.datos_al, lang))
    return {
        "titulo": f"{title} · SIEGEM", "descripcion": about, "claves": [t("minería", lang), t("gestión pública", lang), "SIEGEM"],
        "lang": lang if lang in ("es", "en", "qu") else "es", "region": "US" if lang == "en" else "PE",
        "sistema": t("Monitor de la Gestión Minera Descentralizada", lang), "publicacion": made, "avisos": notices(sheets, lang),
        "pie": f"{title} · {t('publicación N.º {n}', lang).format(n=snap.number)} · {t('huella', lang)} {card.huella[:12]}",
    }  # fmt: skip


def notices(sheets: Sequence[Sheet], lang: str) -> list[str]:
    """That the data are invented, that the document is for use inside: what must be read before any figure."""
    told = []
    invented = sum(s.synthetic for s in sheets)
    if invented:
        told.append(t("Datos sintéticos de demostración en {n} de {total} indicadores: no describen a ninguna entidad.", lang).format(
            n=invented, total=len(sheets)))  # fmt: skip
    if is_internal(sheets):
        told.append(t("Uso interno: lleva indicadores que no son públicos.", lang))
    return told


def permalink(snap: Snapshot, path: str, lang: str, site: str = "") -> str:
    """The address that says the same in two years, whole where the site's own is known."""
    return site.rstrip("/") + with_query(path, publicacion=snap.number, lang="" if lang == "es" else lang)
