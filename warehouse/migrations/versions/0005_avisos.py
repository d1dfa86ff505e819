"""Avisos: suscripciones, textos, envíos, y el registro de alertas con lo que se hizo sobre cada una."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "avisos_suscripciones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("canal", sa.String(length=10), nullable=False),
        sa.Column("direccion", sa.String(length=500), nullable=False),
        sa.Column("nombre", sa.String(length=200), nullable=False),
        sa.Column("regiones", sa.JSON(), nullable=False),
        sa.Column("tipos", sa.JSON(), nullable=False),
        sa.Column("idioma", sa.String(length=5), nullable=False),
        sa.Column("horas_quietas", sa.String(length=10), nullable=False),
        sa.Column("activa", sa.Boolean(), nullable=False),
        sa.Column("ficha_huella", sa.String(length=64), nullable=False),
        sa.Column("desde_publicacion", sa.Integer(), nullable=False),
        sa.Column("creada_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("baja_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("baja_por", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_avisos_suscripciones")),
        sa.UniqueConstraint("canal", "direccion", name=op.f("uq_avisos_suscripciones_canal")),
        sa.UniqueConstraint("ficha_huella", name=op.f("uq_avisos_suscripciones_ficha_huella")),
    )
    op.create_table(
        "avisos_textos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publicacion", sa.Integer(), nullable=False),
        sa.Column("tipo", sa.String(length=10), nullable=False),
        sa.Column("cod_region", sa.String(length=6), nullable=False),
        sa.Column("idioma", sa.String(length=5), nullable=False),
        sa.Column("hasta_hecho", sa.Integer(), nullable=False),
        sa.Column("asunto", sa.String(length=300), nullable=False),
        sa.Column("texto", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("datos", sa.JSON(), nullable=False),
        sa.Column("novedades", sa.Integer(), nullable=False),
        sa.Column("creado_en", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["publicacion"], ["publicaciones.numero"], name=op.f("fk_avisos_textos_publicacion")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_avisos_textos")),
        sa.UniqueConstraint("publicacion", "tipo", "cod_region", "idioma", "hasta_hecho", name=op.f("uq_avisos_textos_publicacion")),
    )
    op.create_table(
        "avisos_envios",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("suscripcion_id", sa.Integer(), nullable=False),
        sa.Column("texto_id", sa.Integer(), nullable=False),
        sa.Column("mensaje_id", sa.String(length=100), nullable=False),
        sa.Column("estado", sa.String(length=12), nullable=False),
        sa.Column("intentos", sa.Integer(), nullable=False),
        sa.Column("proximo_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tomado_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("enviado_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ultimo_error", sa.String(length=500), nullable=False),
        sa.Column("creado_en", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["suscripcion_id"], ["avisos_suscripciones.id"], name=op.f("fk_avisos_envios_suscripcion_id")),
        sa.ForeignKeyConstraint(["texto_id"], ["avisos_textos.id"], name=op.f("fk_avisos_envios_texto_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_avisos_envios")),
        sa.UniqueConstraint("mensaje_id", name=op.f("uq_avisos_envios_mensaje_id")),
        sa.UniqueConstraint("suscripcion_id", "texto_id", name=op.f("uq_avisos_envios_suscripcion_id")),
    )
    op.create_index("ix_avisos_envios_cola", "avisos_envios", ["estado", "proximo_en"], unique=False)
    op.create_table(
        "avisos_alertas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clave", sa.String(length=200), nullable=False),
        sa.Column("tipo", sa.String(length=10), nullable=False),
        sa.Column("objeto", sa.String(length=80), nullable=False),
        sa.Column("regla", sa.String(length=40), nullable=False),
        sa.Column("cod_region", sa.String(length=6), nullable=False),
        sa.Column("periodo", sa.String(length=20), nullable=False),
        sa.Column("frase", sa.Text(), nullable=False),
        sa.Column("desde_publicacion", sa.Integer(), nullable=False),
        sa.Column("responsable", sa.String(length=200), nullable=False),
        sa.Column("vence", sa.Date(), nullable=True),
        sa.Column("estado", sa.String(length=10), nullable=False),
        sa.Column("abierta_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ceso_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cierre", sa.Text(), nullable=False),
        sa.Column("cerrada_por", sa.String(length=200), nullable=False),
        sa.Column("cerrada_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reaperturas", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_avisos_alertas")),
        sa.UniqueConstraint("clave", name=op.f("uq_avisos_alertas_clave")),
    )
    op.create_index(op.f("ix_avisos_alertas_cod_region"), "avisos_alertas", ["cod_region"], unique=False)
    op.create_index("ix_avisos_alertas_estado", "avisos_alertas", ["estado", "cod_region"], unique=False)
    op.create_table(
        "avisos_alertas_hechos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alerta_id", sa.Integer(), nullable=False),
        sa.Column("hecho", sa.String(length=12), nullable=False),
        sa.Column("quien", sa.String(length=200), nullable=False),
        sa.Column("texto", sa.Text(), nullable=False),
        sa.Column("publicacion", sa.Integer(), nullable=False),
        sa.Column("ocurrido_en", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["alerta_id"], ["avisos_alertas.id"], name=op.f("fk_avisos_alertas_hechos_alerta_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_avisos_alertas_hechos")),
    )
    op.create_index(op.f("ix_avisos_alertas_hechos_alerta_id"), "avisos_alertas_hechos", ["alerta_id"], unique=False)


def downgrade() -> None:
    for name in ("avisos_alertas_hechos", "avisos_alertas", "avisos_envios", "avisos_textos", "avisos_suscripciones"):
        op.drop_table(name)
