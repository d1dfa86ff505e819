"""`/provincia/<ubigeo>`: what is known of one province, against its region. `ubigeo` is INEI's, of four digits."""

from __future__ import annotations

from typing import Any

import dash
from dash import html

from dashboard import components, formats, published
from dashboard.address import with_query
from dashboard.language import t
from dashboard.narrative import parts, provincia
from warehouse.errors import NothingPublished
from warehouse.territories import region_of_ubigeo

dash.register_page(__name__, path_template="/provincia/<ubigeo>", title="Provincia", order=4)


def layout(ubigeo: str, lang: str = "es", publicacion: int | None = None) -> list[Any]:
    snap = published.snapshot(publicacion)
    names = provincia.names(snap, lang)
    if ubigeo not in names:
        cure = t("Use el código del INEI con cuatro cifras, p. ej. 1309 (Sánchez Carrión), o búsquela por su nombre.", lang)
        raise NothingPublished(t("No existe la provincia «{cod}».", lang).format(cod=ubigeo), cure=cure)
    region, name = region_of_ubigeo(ubigeo), names[ubigeo]
    around, found = formats.place(region, lang), provincia.lines(snap, ubigeo)
    below = t("Provincia de {region}. Son pocos casos: lea cada valor con su intervalo y su n.", lang).format(region=around)
    sisters = [(c, n) for c, n in names.items() if region_of_ubigeo(c) == region]
    choice = components.select_filter("provincia", t("Provincia", lang), ubigeo, sisters, path="/provincia/", searchable=True)
    data = with_query("/api/v1/valores", territorio=ubigeo, publicacion=snap.number, formato="csv")
    csv = html.A("CSV", href=data, download="", **{"aria-label": t("Descargar los datos en CSV", lang)})
    note = t("«Frente a su región» dice de qué lado del valor de la región queda todo el intervalo de la provincia; la región incluye a la provincia.", lang)  # fmt: skip  # noqa: E501
    return [
        *parts.banner(snap, lang, f"/provincia/{ubigeo}"),
        components.breadcrumbs((t("Resumen", lang), "/"), (t("Regiones", lang), "/region"), (around, f"/region/{region}"), name),
        components.sentence(provincia.sentence(found, name, around, lang), below),
        components.filters(
            choice, components.link(t("Ver la región", lang), f"/region/{region}", className="filtro"), chips=provincia.chips(found, lang)
        ),
        components.section(
            t("{nombre}, {region}, indicador por indicador", lang).format(nombre=name, region=around),
            provincia.table(found, ubigeo, name, around, lang),
            provincia.phone_list(found, ubigeo, lang),
            html.P(note, className="nota nota--junto"),
            html.P([provincia.source(found, snap, lang), " ", csv], className="nota"),
        ),
    ]
