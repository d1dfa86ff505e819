"""Ending a subscription from its link. Opening it only asks, as scanners open links; its button, or the mail program's own (RFC 8058), ends it."""

from __future__ import annotations

from html import escape
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Path, Request, Response

from dashboard.language import t
from etl.desk.problems import DeskRoute
from ops.notices import asking, keys
from ops.notices.letter_html import COPPER, FONT, INK, LINE, PAPER, SOFT
from ops.notices.outbox import LEAVE
from warehouse import notices
from warehouse.notices import Subscription
from warehouse.store import Warehouse

Token = Annotated[str, Path(max_length=64, description="Lo que trae el enlace de baja de cada aviso.")]


def router(warehouse: Warehouse) -> APIRouter:
    """The two routes of a link. They say the same of a token that never was and of one that a lost key made useless."""
    made = APIRouter(route_class=DeskRoute, include_in_schema=False)

    def ask(token: Token) -> Response:
        found = notices.of_token(warehouse.engine, keys.token_hash(token))
        return _page(found, token, found is not None and not found.activa)

    async def act(token: Token, request: Request) -> Response:
        back = "volver" in parse_qs((await request.body())[:1000].decode("latin-1"))
        found = notices.of_token(warehouse.engine, keys.token_hash(token))
        if found is not None and back:
            notices.come_back(warehouse.engine, found.id)
        elif found is not None:
            notices.leave(warehouse.engine, found.id, "enlace")
        return _page(found, token, not back)

    made.add_api_route(f"{LEAVE}{{token}}", ask, methods=["GET"], response_model=None)
    made.add_api_route(f"{LEAVE}{{token}}", act, methods=["POST"], response_model=None)
    return made


def _page(found: Subscription | None, token: str, left: bool) -> Response:
    lang = found.idioma if found is not None else "es"
    if found is None:
        title, told, form = (
            t("Este enlace no es de ninguna suscripción", lang),
            t("Quizá se copió incompleto. Responda al aviso con la palabra BAJA.", lang),
            "",
        )
    else:
        who = asking.masked(found.direccion)
        if left:
            title = t("Listo: no recibirá más avisos", lang)
            told = t("{direccion} ya no recibe avisos de SIEGEM.", lang).format(direccion=who)
            form = _button(token, t("Fue un error: volver a recibirlos", lang), "volver", plain=True)
        else:
            title = t("¿Dejar de recibir los avisos?", lang)
            told = t("{direccion} dejará de recibir los avisos de SIEGEM.", lang).format(direccion=who)
            form = _button(token, t("No recibir más", lang), "baja")
    body = (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex"><link rel="icon" href="data:,"><title>{escape(title)} · SIEGEM</title></head>'
        f'<body style="margin:0;background:{PAPER};color:{INK};font-family:{FONT}"><main style="max-width:560px;margin:48px auto;padding:24px 20px;'
        f'background:#FFFFFF;border:1px solid {LINE};border-top:4px solid {COPPER}"><p style="margin:0 0 16px;color:{SOFT}"><b>SIEGEM</b></p>'
        f'<h1 style="margin:0 0 12px;font-size:24px;line-height:1.25">{escape(title)}</h1><p style="margin:0 0 20px;font-size:17px;line-height:1.5">'
        f"{escape(told)}</p>{form}</main></body></html>\n"
    )
    headers = {"cache-control": "no-store", "referrer-policy": "no-referrer"}
    return Response(body, 404 if found is None else 200, media_type="text/html; charset=utf-8", headers=headers)


def _button(token: str, words: str, name: str, *, plain: bool = False) -> str:
    colours = (
        f"background:#FFFFFF;color:{COPPER};border:1px solid {COPPER}" if plain else f"background:{COPPER};color:#FFFFFF;border:1px solid {COPPER}"
    )
    style = f"{colours};padding:12px 20px;border-radius:4px;font:inherit;font-size:17px;font-weight:bold;cursor:pointer"
    button = f'<button style="{style}" name="{name}" value="1">{escape(words)}</button>'
    return f'<form method="post" action="{LEAVE}{escape(token, quote=True)}">{button}</form>'
