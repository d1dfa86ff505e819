"""Addresses of the public site's pages, without publication and language."""

from __future__ import annotations

import re

from dashboard.destinations import folded
from dashboard.published import area_name


def place_page(code: str) -> str:
    return f"/lugar/{code}/"


def province_page(code: str) -> str:
    return f"/provincia/{code}/"


def question_page(indicator: str) -> str:
    return f"/pregunta/{indicator}/"


def embed_page(indicator: str) -> str:
    return f"/insertar/{indicator}/"


def theme_page(area: str) -> str:
    return f"/tema/{theme_slug(area)}/"


def theme_slug(area: str) -> str:
    """«gestion-social»: the theme's Spanish name as an address writes it."""
    return re.sub(r"[^a-z0-9]+", "-", folded(area_name(area))).strip("-")
