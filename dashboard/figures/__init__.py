"""Figures: pure functions from published values to plotly figures, by the name the API serves them under."""

from __future__ import annotations

from dashboard.figures import bars, distribution, trend
from dashboard.figures import map as map_
from dashboard.figures.request import Drawing, Params

__all__ = ["FIGURES", "Drawing", "Params"]

FIGURES: dict[str, Drawing] = {
    "comparar_barras": bars.compare_bars,
    "tendencia": trend.trend,
    "distribucion": distribution.distribution,
    "mapa": map_.region_map,
}
