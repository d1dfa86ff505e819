"""Tables of notices: who asked for them, what is to be sent, what was said, and the register of alerts with what people did about them.

Apart from `warehouse.tables` for their size alone: the same metadata, the same migrations. E-mail addresses are personal data: none of these
tables is ever public. «Alerts» of social conflicts are data of the regions (contract table `alertas`); these are about SIEGEM's own figures.
"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Date, DateTime, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from warehouse.tables import metadata

avisos_suscripciones = Table(
    "avisos_suscripciones", metadata,
    Column("id", Integer, primary_key=True),
    Column("canal", String(10), nullable=False),  # correo | webhook
    Column("direccion", String(500), nullable=False),
    Column("nombre", String(200), nullable=False, default=""),  # office, as declared
    Column("regiones", JSON, nullable=False),  # region codes; ["00"] = the whole country
    Column("tipos", JSON, nullable=False),  # resumen | alertas
    Column("idioma", String(5), nullable=False, default="es"),
    Column("horas_quietas", String(10), nullable=False, default=""),  # empty = the installation's; "no" = none
    Column("activa", Boolean, nullable=False, default=True),
    Column("ficha_huella", String(64), nullable=False, unique=True),  # SHA-256 of the token that ends it
    Column("desde_publicacion", Integer, nullable=False, default=0),  # the last one there was when it began: earlier ones are not sent
    Column("creada_en", DateTime(timezone=True), nullable=False),
    Column("baja_en", DateTime(timezone=True)),
    Column("baja_por", String(40), nullable=False, default=""),  # enlace | mandato | destino (it answered 410)
    UniqueConstraint("canal", "direccion"),
)  # fmt: skip

#: what was said of one publication to one place, frozen when it was queued: a repeated sending says the same
avisos_textos = Table(
    "avisos_textos", metadata,
    Column("id", Integer, primary_key=True),
    Column("publicacion", ForeignKey("publicaciones.numero"), nullable=False),
    Column("tipo", String(10), nullable=False),
    Column("cod_region", String(6), nullable=False),
    Column("idioma", String(5), nullable=False),
    Column("hasta_hecho", Integer, nullable=False, default=0),  # of alerts: the last event of the register that it tells
    Column("asunto", String(300), nullable=False),
    Column("texto", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("datos", JSON, nullable=False),  # the same for a webhook
    Column("novedades", Integer, nullable=False),
    Column("creado_en", DateTime(timezone=True), nullable=False),
    UniqueConstraint("publicacion", "tipo", "cod_region", "idioma", "hasta_hecho"),
)  # fmt: skip

#: the outbox: one row for each publication, subscriber, kind and region
avisos_envios = Table(
    "avisos_envios", metadata,
    Column("id", Integer, primary_key=True),
    Column("suscripcion_id", ForeignKey("avisos_suscripciones.id"), nullable=False),
    Column("texto_id", ForeignKey("avisos_textos.id"), nullable=False),
    Column("mensaje_id", String(100), nullable=False, unique=True),  # the same at each attempt
    Column("estado", String(12), nullable=False),  # pendiente | enviando | enviado | fallido | cancelado
    Column("intentos", Integer, nullable=False, default=0),
    Column("proximo_en", DateTime(timezone=True), nullable=False),
    Column("tomado_en", DateTime(timezone=True)),
    Column("enviado_en", DateTime(timezone=True)),
    Column("ultimo_error", String(500), nullable=False, default=""),
    Column("creado_en", DateTime(timezone=True), nullable=False),
    UniqueConstraint("suscripcion_id", "texto_id"),
    Index("ix_avisos_envios_cola", "estado", "proximo_en"),
)  # fmt: skip

avisos_alertas = Table(
    "avisos_alertas", metadata,
    Column("id", Integer, primary_key=True),
    Column("clave", String(200), nullable=False, unique=True),  # the condition: one alert each, for ever
    Column("tipo", String(10), nullable=False),  # senal | falta | regla
    Column("objeto", String(80), nullable=False),  # indicator or table
    Column("regla", String(40), nullable=False, default=""),
    Column("cod_region", String(6), nullable=False, index=True),
    Column("periodo", String(20), nullable=False),
    Column("frase", Text, nullable=False),
    Column("desde_publicacion", Integer, nullable=False),
    Column("responsable", String(200), nullable=False, default=""),
    Column("vence", Date),
    Column("estado", String(10), nullable=False),  # abierta | atendida | cerrada
    Column("abierta_en", DateTime(timezone=True), nullable=False),
    Column("ceso_en", DateTime(timezone=True)),  # the condition is over; null = it holds
    Column("cierre", Text, nullable=False, default=""),
    Column("cerrada_por", String(200), nullable=False, default=""),
    Column("cerrada_en", DateTime(timezone=True)),
    Column("reaperturas", Integer, nullable=False, default=0),
    Index("ix_avisos_alertas_estado", "estado", "cod_region"),
)  # fmt: skip

#: what happened to each alert; insert-only
avisos_alertas_hechos = Table(
    "avisos_alertas_hechos", metadata,
    Column("id", Integer, primary_key=True),
    Column("alerta_id", ForeignKey("avisos_alertas.id"), nullable=False, index=True),
    Column("hecho", String(12), nullable=False),  # abierta | asignada | ceso | volvio | cerrada | reabierta
    Column("quien", String(200), nullable=False, default=""),  # empty = SIEGEM
    Column("texto", Text, nullable=False, default=""),
    Column("publicacion", Integer, nullable=False),
    Column("ocurrido_en", DateTime(timezone=True), nullable=False),
)  # fmt: skip
