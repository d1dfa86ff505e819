"""The SQL database's tables. Small and transactional; facts live in the Delta tables.

Columns in Spanish: they reach exports. Timestamps are UTC. Migrations are in `warehouse/migrations`.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)  # fmt: skip

metadata = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_name)s", "uq": "uq_%(table_name)s_%(column_0_name)s", "pk": "pk_%(table_name)s",
                       "fk": "fk_%(table_name)s_%(column_0_name)s"}
)  # fmt: skip

corridas = Table(
    "corridas", metadata,
    Column("id", Integer, primary_key=True),
    Column("tipo", String(40), nullable=False),
    Column("iniciada_en", DateTime(timezone=True), nullable=False),
    Column("terminada_en", DateTime(timezone=True)),
    Column("estado", String(20), nullable=False),  # en_curso | terminada | fallida | interrumpida
    Column("detalle", Text),
)  # fmt: skip

corrida_pasos = Table(
    "corrida_pasos", metadata,
    Column("id", Integer, primary_key=True),
    Column("corrida_id", ForeignKey("corridas.id"), nullable=False, index=True),
    Column("paso", String(40), nullable=False),  # land | accept | compute | publish ...
    Column("objeto", String(200), nullable=False, default=""),
    Column("iniciado_en", DateTime(timezone=True), nullable=False),
    Column("terminado_en", DateTime(timezone=True)),
    Column("estado", String(20), nullable=False),
    Column("detalle", Text),
)  # fmt: skip

archivos = Table(
    "archivos", metadata,
    Column("hash", String(64), primary_key=True),  # sha256 of the bytes as received
    Column("nombre", String(300), nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("origen", String(500), nullable=False),  # inbox, URL without credentials, shipped
    Column("recibido_en", DateTime(timezone=True), nullable=False),
    Column("purgado_en", DateTime(timezone=True)),
)  # fmt: skip

descargas = Table(
    "descargas", metadata,  # validators for conditional requests
    Column("url", String(500), primary_key=True),
    Column("etag", String(200)),
    Column("ultima_modificacion", String(100)),
    Column("hash", String(64)),
    Column("consultado_en", DateTime(timezone=True), nullable=False),
)  # fmt: skip

#: insert-only: a verdict never changes; a correction is a new version
entregas = Table(
    "entregas", metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("entrega_id", String(64), nullable=False, unique=True),
    Column("tabla", String(60), nullable=False),
    Column("cod_region", String(6), nullable=False),
    Column("periodo", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    Column("estado", String(30), nullable=False),  # rechazada | aceptada_con_advertencias | aceptada
    Column("hash_archivo", String(64), nullable=False),
    Column("archivo", String(300), nullable=False),
    Column("fecha_limite", Date),
    Column("recibido_en", DateTime(timezone=True), nullable=False),
    Column("evaluado_en", DateTime(timezone=True), nullable=False),
    Column("filas", Integer, nullable=False),
    Column("filas_aceptadas", Integer, nullable=False),
    Column("filas_cuarentena", Integer, nullable=False),
    Column("celdas_requeridas", Integer, nullable=False),
    Column("celdas_vacias", Integer, nullable=False),
    Column("version_contrato", String(20), nullable=False),
    Column("sintetico", Boolean, nullable=False),
    Column("datos_al", Date),
    Column("mensaje", Text, nullable=False, default=""),
    Column("corrida_id", ForeignKey("corridas.id")),
    Column("motivo", Text, nullable=False, default=""),  # why the sender changes what was already delivered
    Column("filas_agregadas", Integer, nullable=False, default=0),  # against the accepted version it replaces
    Column("filas_cambiadas", Integer, nullable=False, default=0),
    Column("filas_retiradas", Integer, nullable=False, default=0),
    Column("dispensas", JSON, nullable=False, default=list),  # exceptions that counted: ids of `dispensas`
    UniqueConstraint("tabla", "cod_region", "periodo", "version"),
    Index("ix_entregas_lugar", "tabla", "cod_region", "periodo"),
)  # fmt: skip

resultados_calidad = Table(
    "resultados_calidad", metadata,
    Column("id", Integer, primary_key=True),
    Column("entrega_id", ForeignKey("entregas.entrega_id"), nullable=False, index=True),
    Column("regla_id", String(40), nullable=False),
    Column("dimension", String(20), nullable=False),
    Column("severidad", String(20), nullable=False),
    Column("estado", String(20), nullable=False),  # cumple | falla | no_evaluable
    Column("filas_evaluadas", Integer, nullable=False),
    Column("filas_fallidas", Integer, nullable=False),
    Column("mensaje", Text, nullable=False, default=""),
    Column("muestra", JSON, nullable=False, default=list),  # up to 20 Spanish sentences, one a row
    Column("evaluado_en", DateTime(timezone=True), nullable=False),
)  # fmt: skip

#: what a new version changed of the accepted one, row by row (up to a thousand a submission; `entregas` has the counts)
diferencias = Table(
    "diferencias", metadata,
    Column("id", Integer, primary_key=True),
    Column("entrega_id", ForeignKey("entregas.entrega_id"), nullable=False, index=True),
    Column("tipo", String(10), nullable=False),  # agregada | cambiada | retirada
    Column("clave", JSON, nullable=False),  # key column -> value
    Column("columnas", JSON, nullable=False, default=dict),  # changed column -> [before, after]; private ones masked
)  # fmt: skip

#: a file on its way in: bytes received so far, then the queue of the receiver
cargas = Table(
    "cargas", metadata,
    Column("id", String(32), primary_key=True),
    Column("nombre", String(300), nullable=False),
    Column("tabla", String(60), nullable=False),
    Column("cod_region", String(6), nullable=False),
    Column("periodo", String(20), nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("recibidos", BigInteger, nullable=False, default=0),
    Column("hash", String(64), nullable=False, default=""),
    Column("estado", String(20), nullable=False),  # subiendo | en_cola | en_revision | revisada | no_recibida
    Column("solo_revisar", Boolean, nullable=False, default=False),  # a trial: findings, and nothing accepted
    Column("motivo", Text, nullable=False, default=""),
    Column("remitente", String(200), nullable=False, default=""),
    Column("creada_en", DateTime(timezone=True), nullable=False),
    Column("recibida_en", DateTime(timezone=True)),
    Column("terminada_en", DateTime(timezone=True)),
    Column("entrega_id", String(64)),
    Column("mensaje", Text, nullable=False, default=""),
    Column("resultado", JSON, nullable=False, default=dict),
    Index("ix_cargas_estado", "estado", "recibida_en"),
)  # fmt: skip

#: exceptions to a rule, with the name of who granted it
dispensas = Table(
    "dispensas", metadata,
    Column("id", Integer, primary_key=True),
    Column("regla_id", String(40), nullable=False),
    Column("tabla", String(60), nullable=False),
    Column("cod_region", String(6), nullable=False, default=""),  # empty = every submitter
    Column("periodo", String(20), nullable=False, default=""),  # empty = every period
    Column("nombre", String(200), nullable=False),
    Column("motivo", Text, nullable=False),
    Column("vence", Date, nullable=False),
    Column("creada_en", DateTime(timezone=True), nullable=False),
    Column("retirada_en", DateTime(timezone=True)),
)  # fmt: skip

#: what a submitter says of its own data; shown beside them, never edited
descargos = Table(
    "descargos", metadata,
    Column("id", Integer, primary_key=True),
    Column("tabla", String(60), nullable=False),
    Column("cod_region", String(6), nullable=False, index=True),
    Column("periodo", String(20), nullable=False),
    Column("entrega_id", String(64)),
    Column("autor", String(200), nullable=False),
    Column("texto", Text, nullable=False),
    Column("creado_en", DateTime(timezone=True), nullable=False),
)  # fmt: skip

#: reminders that somebody sent or printed, so that nobody is asked twice a day
recordatorios = Table(
    "recordatorios", metadata,
    Column("id", Integer, primary_key=True),
    Column("cod_region", String(6), nullable=False, index=True),
    Column("texto", Text, nullable=False),
    Column("pendientes", JSON, nullable=False),  # [[tabla, periodo, dias], ...]
    Column("enviado_por", String(200), nullable=False),
    Column("enviado_en", DateTime(timezone=True), nullable=False),
)  # fmt: skip

#: both values of a reconciliation and their difference; insert-only, the newest of a place is the one that counts
conciliaciones = Table(
    "conciliaciones", metadata,
    Column("id", Integer, primary_key=True),
    Column("regla_id", String(10), nullable=False),  # X-01 ... X-15
    Column("titulo", JSON, nullable=False, default=dict),  # {"es": ..., "en": ...}
    Column("cod_region", String(6), nullable=False),
    Column("periodo", String(20), nullable=False),
    Column("clave", String(200), nullable=False, default=""),  # what is compared within the place
    Column("valor_a", Float), Column("valor_b", Float),
    Column("diferencia", Float), Column("tolerancia", Float),
    Column("estado", String(20), nullable=False),  # cumple | falla | no_evaluable
    Column("severidad", String(20), nullable=False),
    Column("casos", Integer, nullable=False, default=0),  # rows compared
    Column("casos_fallidos", Integer, nullable=False, default=0),
    Column("frase", Text, nullable=False, default=""),
    Column("versiones", JSON, nullable=False, default=dict),  # table -> Delta version compared
    Column("evaluado_en", DateTime(timezone=True), nullable=False),
    Column("corrida_id", ForeignKey("corridas.id")),
    Index("ix_conciliaciones_lugar", "regla_id", "cod_region", "periodo"),
)  # fmt: skip

#: which Delta version of a table is the accepted one: this row, not the Delta log, is the commit
tablas_aceptadas = Table(
    "tablas_aceptadas", metadata,
    Column("tabla", String(60), primary_key=True),
    Column("delta_version", Integer, nullable=False),
    Column("cuarentena_version", Integer),
    Column("filas", Integer, nullable=False),
    Column("actualizada_en", DateTime(timezone=True), nullable=False),
)  # fmt: skip

publicaciones = Table(
    "publicaciones", metadata,
    Column("numero", Integer, primary_key=True),
    Column("creada_en", DateTime(timezone=True), nullable=False),
    Column("datos_al", Date),
    Column("codigo", String(60), nullable=False),  # version of this software
    Column("huella", String(64), nullable=False),  # of definitions, facts and table versions
    Column("versiones", JSON, nullable=False),  # table -> Delta version
    Column("hasta_entrega", Integer, nullable=False),  # entregas.seq known when it was made
    Column("completitud", Float),  # share of expected submissions received, 0..1
    Column("nuevos", Integer, nullable=False),
    Column("revisados", Integer, nullable=False),
    Column("retirados", Integer, nullable=False),
    Column("nota", Text, nullable=False, default=""),
    Column("corrida_id", ForeignKey("corridas.id")),
)  # fmt: skip


def _validity() -> tuple[Column, Column]:
    """Valid from publication n until superseded by m (exclusive); null = still valid."""
    return Column("desde_publicacion", ForeignKey("publicaciones.numero"), nullable=False), Column("hasta_publicacion", Integer, index=True)


valores = Table(
    "valores", metadata,
    Column("id", Integer, primary_key=True),
    Column("indicador", String(80), nullable=False),
    Column("territorio", String(6), nullable=False),
    Column("nivel", String(14), nullable=False),
    Column("tipo_periodo", String(10), nullable=False),
    Column("periodo", String(10), nullable=False),
    Column("desglose", String(40), nullable=False, default=""),
    Column("categoria", String(60), nullable=False, default=""),
    Column("numerador", Float),
    Column("denominador", Float),
    Column("valor", Float),
    Column("inferior", Float),
    Column("superior", Float),
    Column("n", Integer),
    Column("estado", String(20), nullable=False),
    Column("avisos", JSON, nullable=False, default=list),
    Column("cobertura", Float),
    Column("datos_al", Date),
    Column("periodo_comparado", String(10)),
    Column("cambio", Float),
    Column("cambio_inferior", Float),
    Column("cambio_superior", Float),
    Column("cambio_relativo", Float),
    Column("cambio_estado", String(20)),
    Column("meta", Float),
    Column("meta_estado", String(20)),
    Column("avance_meta", Float),
    Column("frente_al_pais", String(20)),
    Column("senal", String(24)),
    Column("variacion", String(20)),
    Column("aseguramiento", String(20)),
    Column("tendencia", String(20)),
    # where the audience includes the public: empty if it may be shown there, else why not; null for internal indicators
    Column("supresion", String(20)),
    Column("frase", Text),
    Column("huella", String(32), nullable=False),
    *_validity(),
    Index("ix_valores_indicador_vigencia", "indicador", "desde_publicacion", "tipo_periodo"),
    Index("ix_valores_territorio_vigencia", "territorio", "desde_publicacion"),
    # a first screen reads what is undivided of every indicator: six tenths of a second become four over a million values
    Index("ix_valores_categoria_vigencia", "indicador", "categoria", "tipo_periodo", "desde_publicacion"),
)  # fmt: skip

revisiones = Table(
    "revisiones", metadata,
    Column("id", Integer, primary_key=True),
    Column("publicacion", ForeignKey("publicaciones.numero"), nullable=False, index=True),
    Column("indicador", String(80), nullable=False, index=True),
    Column("territorio", String(6), nullable=False),
    Column("tipo_periodo", String(10), nullable=False),
    Column("periodo", String(10), nullable=False),
    Column("desglose", String(40), nullable=False, default=""),
    Column("categoria", String(60), nullable=False, default=""),
    Column("valor_anterior", Float), Column("valor_nuevo", Float),
    Column("numerador_anterior", Float), Column("numerador_nuevo", Float),
    Column("denominador_anterior", Float), Column("denominador_nuevo", Float),
    Column("estado_anterior", String(20)), Column("estado_nuevo", String(20)),
    Column("motivo", Text, nullable=False),
)  # fmt: skip

fichas = Table(
    "fichas", metadata,  # indicator definitions as frozen in publications
    Column("id", Integer, primary_key=True),
    Column("indicador", String(80), nullable=False),
    Column("ficha", JSON, nullable=False),
    Column("tablas", JSON, nullable=False),  # contract tables behind it, by lineage
    Column("sql", Text, nullable=False),
    Column("huella", String(64), nullable=False),
    *_validity(),
)  # fmt: skip

indices = Table(
    "indices", metadata,  # composite indices by region and period, and the definition of each, as frozen in publications
    Column("id", Integer, primary_key=True),
    Column("clave", String(120), nullable=False),  # indice|territorio|periodo; the index alone for its definition
    Column("indice", String(80), nullable=False),
    Column("territorio", String(6), nullable=False, default=""),
    Column("tipo_periodo", String(10), nullable=False, default=""),
    Column("periodo", String(10), nullable=False, default=""),
    Column("resultado", JSON, nullable=False),
    Column("huella", String(64), nullable=False),
    *_validity(),
    Index("ix_indices_vigencia", "indice", "desde_publicacion"),
)  # fmt: skip

fuentes = Table(
    "fuentes", metadata,  # contract source, caveats and figures of each table, as frozen in publications
    Column("id", Integer, primary_key=True),
    Column("tabla", String(60), nullable=False),
    Column("fuente", JSON, nullable=False),
    Column("delta_version", Integer, nullable=False),
    Column("filas", Integer, nullable=False),
    Column("filas_cuarentena", Integer, nullable=False),
    Column("entregas", Integer, nullable=False),
    Column("datos_al", Date),
    Column("sintetico", Boolean, nullable=False),
    Column("huella", String(64), nullable=False),
    *_validity(),
)  # fmt: skip

arriendos = Table(
    "arriendos", metadata,  # one runner at a time: APScheduler alone would run a job in every process
    Column("nombre", String(40), primary_key=True),
    Column("titular", String(100), nullable=False),
    Column("vence_en", DateTime(timezone=True), nullable=False),
)  # fmt: skip
