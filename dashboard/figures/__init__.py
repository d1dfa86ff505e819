"""Figures: pure functions from published values to plotly figures, by the name the API serves them under."""

from __future__ import annotations

from dashboard.figures import (
    bars,
    calor,
    cambio,
    cascada,
    control,
    distribution,
    embudo,
    embudo_estadistico,
    espina,
    multiples,
    perfil,
    pilotos_resto,
    trend,
)
from dashboard.figures import map as map_
from dashboard.figures.request import Drawing, Params

__all__ = ["FIGURES", "OF_REGION", "Drawing", "Params"]

FIGURES: dict[str, Drawing] = {
    "comparar_barras": bars.compare_bars,
    "tendencia": trend.trend,
    "distribucion": distribution.distribution,
    "mapa": map_.region_map,
    "control": control.control,
    "embudo_estadistico": embudo_estadistico.funnel_plot,
    "multiples": multiples.multiples,
    "multiples_movil": multiples.multiples_narrow,
    "cambio_regiones": cambio.change_plot,
    "pilotos_resto": pilotos_resto.pilots_plot,
    "frente_al_pais": bars.peer_bars,
    "perfil": perfil.profile,
    "espina": espina.spine,
    "cascada": cascada.cascade,
    "embudo": embudo.funnel,
    "calor": calor.heat,
}
#: figures about one region across many indicators: they are asked for without any
OF_REGION = frozenset({"perfil", "espina"})
