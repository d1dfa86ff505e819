"""The tus 1.0 protocol for resumable uploads at /api/v1/cargas: core, creation, expiration, checksum and termination.

A proxy that lets no PATCH through is met with POST and X-HTTP-Method-Override.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from email.utils import format_datetime

from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect

from etl.desk.arrival import Desk
from etl.desk.problems import DeskRoute, Problem
from etl.desk.spool import Moved
from warehouse.uploads import UPLOADING, Upload

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,checksum,termination"
ALGORITHMS = ("sha256", "sha1")
#: written to disk at once
_BLOCK = 1 << 20
#: a piece that brings its checksum is held in memory until it is known to be right
_CHECKED = 16 << 20
_KEY = re.compile(r"^[\x21-\x2b\x2d-\x7e]+$")


def router(desk: Desk) -> APIRouter:
    """The routes of the protocol."""
    made = APIRouter(route_class=DeskRoute, tags=["Cargas (tus 1.0)"])
    uploads = _Uploads(desk)
    made.add_api_route("/api/v1/cargas", uploads.options, methods=["OPTIONS"], summary="Lo que el servidor admite del protocolo tus", status_code=204)
    made.add_api_route(
        "/api/v1/cargas", uploads.create, methods=["POST"], status_code=201, summary="Empieza una carga reanudable (tus: creation)",
        description="`Upload-Metadata`: nombre, tabla, region, periodo y, si se quiere, motivo, remitente, solo_revisar y sha256.",
    )  # fmt: skip
    made.add_api_route("/api/v1/cargas/{id}", uploads.head, methods=["HEAD"], summary="Hasta dónde llegó una carga")
    made.add_api_route("/api/v1/cargas/{id}", uploads.patch, methods=["PATCH"], summary="Sigue una carga desde Upload-Offset", status_code=204)
    made.add_api_route("/api/v1/cargas/{id}", uploads.delete, methods=["DELETE"], summary="Retira una carga sin revisar", status_code=204)
    made.add_api_route("/api/v1/cargas/{id}", uploads.override, methods=["POST"], include_in_schema=False)
    return made


class _Uploads:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def options(self, request: Request) -> Response:
        told = {"Tus-Version": VERSION, "Tus-Extension": EXTENSIONS, "Tus-Max-Size": str(self.desk.largest)}
        return _answer(204, {**told, "Tus-Checksum-Algorithm": ",".join(ALGORITHMS)})

    async def create(self, request: Request) -> Response:
        _same_version(request)
        if "upload-defer-length" in request.headers:
            raise Problem(400, "Hay que decir el tamaño del archivo.", "Envíe Upload-Length.")
        size = _number(request, "upload-length")
        made = await asyncio.to_thread(self.desk.begin, size, metadata(request.headers.get("upload-metadata", "")))
        return _answer(201, {"Location": f"/api/v1/cargas/{made.id}", "Upload-Offset": "0", **await self._expires(made)})

    async def head(self, request: Request, id: str) -> Response:
        _same_version(request)
        upload = await asyncio.to_thread(self.desk.find, id)
        await asyncio.to_thread(self.desk.complete, upload)
        offset = await asyncio.to_thread(self.desk.offset, upload)
        told = {"Upload-Offset": str(offset), "Upload-Length": str(upload.bytes), "Upload-Metadata": _metadata_of(upload)}
        return _answer(200, {**told, **await self._expires(upload)})

    async def patch(self, request: Request, id: str) -> Response:
        _same_version(request)
        if request.headers.get("content-type") != "application/offset+octet-stream":
            raise Problem(415, "El trozo no viene como application/offset+octet-stream.", "Use un cliente del protocolo tus 1.0.")
        upload = await asyncio.to_thread(self.desk.find, id)
        offset, size = _number(request, "upload-offset"), await asyncio.to_thread(self.desk.offset, upload)
        if offset != size:
            raise _moved(size)
        if upload.estado == UPLOADING:
            write = self._checked if "upload-checksum" in request.headers else self._streamed
            try:
                size = await write(request, upload, offset)
            except Moved as error:
                raise _moved(error.size) from error
            if not await asyncio.to_thread(self.desk.complete, upload):
                raise Problem(460, "Lo que llegó no es lo que se anunció: la huella SHA-256 no coincide.", "Empiece otra vez el envío.")
        return _answer(204, {"Upload-Offset": str(size), **await self._expires(upload)})

    async def delete(self, request: Request, id: str) -> Response:
        _same_version(request)
        await asyncio.to_thread(self.desk.cancel, await asyncio.to_thread(self.desk.find, id))
        return _answer(204, {})

    async def override(self, request: Request, id: str) -> Response:
        methods: dict[str, Callable[[Request, str], Awaitable[Response]]] = {"PATCH": self.patch, "HEAD": self.head, "DELETE": self.delete}
        asked = methods.get(request.headers.get("x-http-method-override", "").upper())
        if asked is None:
            cure = "O con POST y X-HTTP-Method-Override: PATCH."
            raise Problem(405, "A una carga se le envía un trozo con PATCH.", cure, {"allow": "HEAD, PATCH, DELETE"})
        return await asked(request, id)

    async def _checked(self, request: Request, upload: Upload, offset: int) -> int:
        """A piece with its checksum: nothing of it is kept unless all of it is right."""
        name, _, given = request.headers["upload-checksum"].strip().partition(" ")
        if name not in ALGORITHMS:
            raise Problem(400, f"La huella «{name[:20]}» no se admite.", f"Use una de estas: {', '.join(ALGORITHMS)}.")
        piece = bytearray()
        async for data in request.stream():
            piece += data
            _refuse_more(upload, offset, len(piece))
            if len(piece) > _CHECKED:
                raise Problem(413, "El trozo es demasiado grande para comprobarlo.", f"Envíe trozos de hasta {_CHECKED >> 20} MB.")
        if hashlib.new(name, piece, usedforsecurity=False).digest() != _decoded(given):
            raise Problem(460, "El trozo llegó dañado: su huella no coincide.", "Se descartó; envíelo otra vez.")
        return await asyncio.to_thread(self.desk.spool.append, upload.id, offset, bytes(piece)) if piece else offset

    async def _streamed(self, request: Request, upload: Upload, offset: int) -> int:
        """A piece as it comes: what came before a cut stays."""
        block = bytearray()

        async def write() -> None:
            nonlocal offset
            if block:
                offset = await asyncio.to_thread(self.desk.spool.append, upload.id, offset, bytes(block))
                block.clear()

        try:
            async for data in request.stream():
                _refuse_more(upload, offset, len(block) + len(data))
                block += data
                if len(block) >= _BLOCK:
                    await write()
        except ClientDisconnect:
            pass  # nobody reads the answer; the next connection asks how far it came
        await write()
        return offset

    async def _expires(self, upload: Upload) -> dict[str, str]:
        when: datetime | None = await asyncio.to_thread(self.desk.expires, upload)
        return {"Upload-Expires": format_datetime(when, usegmt=True)} if when else {}


def _answer(status: int, headers: dict[str, str]) -> Response:
    return Response(status_code=status, headers={"Tus-Resumable": VERSION, "Cache-Control": "no-store", **headers})


def _same_version(request: Request) -> None:
    asked = request.headers.get("tus-resumable")
    if asked != VERSION:
        raise Problem(412, "Falta la cabecera Tus-Resumable: 1.0.0.", "Use un cliente del protocolo tus 1.0.", {"Tus-Version": VERSION})


def _number(request: Request, name: str) -> int:
    text = request.headers.get(name, "")
    if not re.fullmatch(r"\d{1,15}", text):
        raise Problem(400, f"La cabecera {name.title()} falta o no es un número.", "Use un cliente del protocolo tus 1.0.")
    return int(text)


def _moved(size: int) -> Problem:
    return Problem(409, f"La carga va por el byte {size:,}.", "Siga desde ahí.", {"Upload-Offset": str(size), "Tus-Resumable": VERSION})


def _refuse_more(upload: Upload, offset: int, more: int) -> None:
    if offset + more > upload.bytes:
        raise Problem(413, "Llegaron más bytes de los que se anunciaron.", "Empiece otra vez el envío.")


def metadata(header: str) -> dict[str, str]:
    """`Upload-Metadata` as words. Raises Problem where it is not written as the protocol says."""
    found: dict[str, str] = {}
    for pair in filter(None, (p.strip() for p in header.split(","))):
        key, _, value = pair.partition(" ")
        if not _KEY.match(key) or key in found:
            raise Problem(400, f"Upload-Metadata: la clave «{key[:40]}» está mal escrita o repetida.", "Use un cliente del protocolo tus 1.0.")
        try:
            found[key] = _decoded(value.strip()).decode("utf-8")
        except UnicodeDecodeError as error:
            raise Problem(400, f"Upload-Metadata: «{key[:40]}» no es texto UTF-8.", "Use un cliente del protocolo tus 1.0.") from error
    return found


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Problem(400, "Un valor no viene en base64.", "Use un cliente del protocolo tus 1.0.") from error


def _metadata_of(upload: Upload) -> str:
    words = {"nombre": upload.nombre, "tabla": upload.tabla, "region": upload.cod_region, "periodo": upload.periodo,
             "solo_revisar": "1" if upload.solo_revisar else ""}  # fmt: skip
    return ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" if v else k for k, v in words.items())
