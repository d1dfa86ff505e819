"""Who may be written to, and about what: what people type is checked before it is recorded."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from dashboard.language import LANGUAGES
from ops.notices import keys, quiet
from warehouse import notices
from warehouse.errors import SiegemError, suggest
from warehouse.notices import ALERTS, DIGEST, MAIL, WEBHOOK, Subscription
from warehouse.store import Warehouse
from warehouse.territories import COUNTRY, regions

_MAIL = re.compile(r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")
_HERE = ("localhost", "127.0.0.1", "::1")
KINDS = (DIGEST, ALERTS)


def address(text: str) -> tuple[str, str]:
    """(channel, address as it is kept). Raises SiegemError."""
    text = text.strip()
    if "://" in text:
        parts = urlsplit(text)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HERE):
            raise SiegemError("Un webhook se llama por https.", stands="No se registró nada.", cure="Escriba su dirección con https://")
        if not parts.hostname or parts.username or len(text) > 500 or not text.isascii():
            raise SiegemError(
                "La dirección del webhook no es válida.", stands="No se registró nada.", cure="Sin usuario ni clave, p. ej. https://x/y"
            )
        return WEBHOOK, text
    name, _, domain = text.rpartition("@")
    if not _MAIL.match(text) or len(text) > 254:
        raise SiegemError(f"«{text[:80]}» no es una dirección de correo.", stands="No se registró nada.", cure="P. ej.: mesa@drem-pasco.gob.pe")
    return MAIL, f"{name}@{domain.lower()}"


def subscribe(
    warehouse: Warehouse, where: str, places: Sequence[str], kinds: Sequence[str], *, lang: str = "es", name: str = "", hours: str = "",
    again: bool = False, from_now: bool = False,
) -> tuple[Subscription, bool]:  # fmt: skip
    """Record a subscription; also whether it is new. `from_now`: the publication in force is sent too. Raises SiegemError."""
    channel, told = address(where)
    known = [COUNTRY, *(r.codigo for r in regions())]
    for place in places:
        if place not in known:
            raise SiegemError(
                f"«{place}» no es una región.{suggest(place, known)}", cure="Use el código del INEI, de 01 a 26, o 00 para todo el país."
            )
    for kind in kinds:
        if kind not in KINDS:
            raise SiegemError(f"No hay avisos de tipo «{kind}».{suggest(kind, KINDS)}", cure=f"Elija entre: {', '.join(KINDS)}.")
    if lang not in LANGUAGES:
        raise SiegemError(f"No hay avisos en «{lang}».", cure=f"Elija entre: {', '.join(LANGUAGES)}.")
    if hours and hours != quiet.NONE:
        quiet.hours(hours)
    values: dict[str, Any] = {
        "canal": channel, "direccion": told, "nombre": " ".join(name.split())[:200], "regiones": sorted(set(places)), "tipos": sorted(set(kinds)),
        "idioma": lang, "horas_quietas": hours,
    }  # fmt: skip
    token = keys.leave_token(warehouse.settings, channel, told)
    return notices.subscribe(warehouse.engine, values, keys.token_hash(token), again=again, from_now=from_now)


def masked(text: str) -> str:
    """An address that is shown where others may look: «m***@drem-pasco.gob.pe»."""
    if "://" in text:
        return f"https://{urlsplit(text).hostname}/…"
    name, _, domain = text.rpartition("@")
    return f"{name[:1]}***@{domain}"
