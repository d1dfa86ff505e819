"""The documents that a region's page offers."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.address import address
from dashboard.language import t
from dashboard.published import Snapshot
from dashboard.reports.years import whole_years


def links(snap: Snapshot, code: str, lang: str) -> html.P:
    """«Descargar PDF (dos páginas) · Libro (XLSX) · Evaluación 2025 (PDF)»."""
    offered: list[tuple[str, str]] = [
        (t("Descargar PDF (dos páginas)", lang), address(f"/region/{code}/ficha.pdf")),
        (t("Libro de Excel", lang), address(f"/region/{code}/libro.xlsx", lang="")),
    ]
    years = whole_years(snap)
    if years:
        told = t("Evaluación anual {anio} (PDF)", lang).format(anio=years[-1])
        offered.append((told, address(f"/region/{code}/evaluacion-{years[-1]}.pdf")))
    parts: list[Any] = []
    for i, (text, href) in enumerate(offered):
        parts += [" · "] if i else []
        parts.append(html.A(text, href=href, download=""))
    return html.P(parts, className="nota region-descargas")
