"""Primer esquema: corridas, archivos, entregas, calidad, publicaciones, valores, revisiones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "archivos",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("nombre", sa.String(length=300), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("origen", sa.String(length=500), nullable=False),
        sa.Column("recibido_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("purgado_en", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_archivos")),
    )
    op.create_table(
        "arriendos",
        sa.Column("nombre", sa.String(length=40), nullable=False),
        sa.Column("titular", sa.String(length=100), nullable=False),
        sa.Column("vence_en", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("nombre", name=op.f("pk_arriendos")),
    )
    op.create_table(
        "corridas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tipo", sa.String(length=40), nullable=False),
        sa.Column("iniciada_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("terminada_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("estado", sa.String(length=20), nullable=False),
        sa.Column("detalle", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corridas")),
    )
    op.create_table(
        "descargas",
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("etag", sa.String(length=200), nullable=True),
        sa.Column("ultima_modificacion", sa.String(length=100), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=True),
        sa.Column("consultado_en", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_descargas")),
    )
    op.create_table(
        "tablas_aceptadas",
        sa.Column("tabla", sa.String(length=60), nullable=False),
        sa.Column("delta_version", sa.Integer(), nullable=False),
        sa.Column("cuarentena_version", sa.Integer(), nullable=True),
        sa.Column("filas", sa.Integer(), nullable=False),
        sa.Column("actualizada_en", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tabla", name=op.f("pk_tablas_aceptadas")),
    )
    op.create_table(
        "corrida_pasos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("corrida_id", sa.Integer(), nullable=False),
        sa.Column("paso", sa.String(length=40), nullable=False),
        sa.Column("objeto", sa.String(length=200), nullable=False),
        sa.Column("iniciado_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("terminado_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("estado", sa.String(length=20), nullable=False),
        sa.Column("detalle", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["corrida_id"], ["corridas.id"], name=op.f("fk_corrida_pasos_corrida_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrida_pasos")),
    )
    op.create_index(op.f("ix_corrida_pasos_corrida_id"), "corrida_pasos", ["corrida_id"], unique=False)
    op.create_table(
        "entregas",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("entrega_id", sa.String(length=64), nullable=False),
        sa.Column("tabla", sa.String(length=60), nullable=False),
        sa.Column("cod_region", sa.String(length=6), nullable=False),
        sa.Column("periodo", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("estado", sa.String(length=30), nullable=False),
        sa.Column("hash_archivo", sa.String(length=64), nullable=False),
        sa.Column("archivo", sa.String(length=300), nullable=False),
        sa.Column("fecha_limite", sa.Date(), nullable=True),
        sa.Column("recibido_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("evaluado_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filas", sa.Integer(), nullable=False),
        sa.Column("filas_aceptadas", sa.Integer(), nullable=False),
        sa.Column("filas_cuarentena", sa.Integer(), nullable=False),
        sa.Column("celdas_requeridas", sa.Integer(), nullable=False),
        sa.Column("celdas_vacias", sa.Integer(), nullable=False),
        sa.Column("version_contrato", sa.String(length=20), nullable=False),
        sa.Column("sintetico", sa.Boolean(), nullable=False),
        sa.Column("datos_al", sa.Date(), nullable=True),
        sa.Column("mensaje", sa.Text(), nullable=False),
        sa.Column("corrida_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["corrida_id"], ["corridas.id"], name=op.f("fk_entregas_corrida_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_entregas")),
        sa.UniqueConstraint("entrega_id", name=op.f("uq_entregas_entrega_id")),
        sa.UniqueConstraint("tabla", "cod_region", "periodo", "version", name=op.f("uq_entregas_tabla")),
    )
    op.create_index("ix_entregas_lugar", "entregas", ["tabla", "cod_region", "periodo"], unique=False)
    op.create_table(
        "publicaciones",
        sa.Column("numero", sa.Integer(), nullable=False),
        sa.Column("creada_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("datos_al", sa.Date(), nullable=True),
        sa.Column("codigo", sa.String(length=60), nullable=False),
        sa.Column("huella", sa.String(length=64), nullable=False),
        sa.Column("versiones", sa.JSON(), nullable=False),
        sa.Column("hasta_entrega", sa.Integer(), nullable=False),
        sa.Column("completitud", sa.Float(), nullable=True),
        sa.Column("nuevos", sa.Integer(), nullable=False),
        sa.Column("revisados", sa.Integer(), nullable=False),
        sa.Column("retirados", sa.Integer(), nullable=False),
        sa.Column("nota", sa.Text(), nullable=False),
        sa.Column("corrida_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["corrida_id"], ["corridas.id"], name=op.f("fk_publicaciones_corrida_id")),
        sa.PrimaryKeyConstraint("numero", name=op.f("pk_publicaciones")),
    )
    op.create_table(
        "fichas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indicador", sa.String(length=80), nullable=False),
        sa.Column("ficha", sa.JSON(), nullable=False),
        sa.Column("tablas", sa.JSON(), nullable=False),
        sa.Column("sql", sa.Text(), nullable=False),
        sa.Column("huella", sa.String(length=64), nullable=False),
        sa.Column("desde_publicacion", sa.Integer(), nullable=False),
        sa.Column("hasta_publicacion", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["desde_publicacion"], ["publicaciones.numero"], name=op.f("fk_fichas_desde_publicacion")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fichas")),
    )
    op.create_index(op.f("ix_fichas_hasta_publicacion"), "fichas", ["hasta_publicacion"], unique=False)
    op.create_table(
        "fuentes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tabla", sa.String(length=60), nullable=False),
        sa.Column("fuente", sa.JSON(), nullable=False),
        sa.Column("delta_version", sa.Integer(), nullable=False),
        sa.Column("filas", sa.Integer(), nullable=False),
        sa.Column("filas_cuarentena", sa.Integer(), nullable=False),
        sa.Column("entregas", sa.Integer(), nullable=False),
        sa.Column("datos_al", sa.Date(), nullable=True),
        sa.Column("sintetico", sa.Boolean(), nullable=False),
        sa.Column("huella", sa.String(length=64), nullable=False),
        sa.Column("desde_publicacion", sa.Integer(), nullable=False),
        sa.Column("hasta_publicacion", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["desde_publicacion"], ["publicaciones.numero"], name=op.f("fk_fuentes_desde_publicacion")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fuentes")),
    )
    op.create_index(op.f("ix_fuentes_hasta_publicacion"), "fuentes", ["hasta_publicacion"], unique=False)
    op.create_table(
        "resultados_calidad",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entrega_id", sa.String(length=64), nullable=False),
        sa.Column("regla_id", sa.String(length=40), nullable=False),
        sa.Column("dimension", sa.String(length=20), nullable=False),
        sa.Column("severidad", sa.String(length=20), nullable=False),
        sa.Column("estado", sa.String(length=20), nullable=False),
        sa.Column("filas_evaluadas", sa.Integer(), nullable=False),
        sa.Column("filas_fallidas", sa.Integer(), nullable=False),
        sa.Column("mensaje", sa.Text(), nullable=False),
        sa.Column("muestra", sa.JSON(), nullable=False),
        sa.Column("evaluado_en", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["entrega_id"], ["entregas.entrega_id"], name=op.f("fk_resultados_calidad_entrega_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resultados_calidad")),
    )
    op.create_index(op.f("ix_resultados_calidad_entrega_id"), "resultados_calidad", ["entrega_id"], unique=False)
    op.create_table(
        "revisiones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publicacion", sa.Integer(), nullable=False),
        sa.Column("indicador", sa.String(length=80), nullable=False),
        sa.Column("territorio", sa.String(length=6), nullable=False),
        sa.Column("tipo_periodo", sa.String(length=10), nullable=False),
        sa.Column("periodo", sa.String(length=10), nullable=False),
        sa.Column("desglose", sa.String(length=40), nullable=False),
        sa.Column("categoria", sa.String(length=60), nullable=False),
        sa.Column("valor_anterior", sa.Float(), nullable=True),
        sa.Column("valor_nuevo", sa.Float(), nullable=True),
        sa.Column("numerador_anterior", sa.Float(), nullable=True),
        sa.Column("numerador_nuevo", sa.Float(), nullable=True),
        sa.Column("denominador_anterior", sa.Float(), nullable=True),
        sa.Column("denominador_nuevo", sa.Float(), nullable=True),
        sa.Column("estado_anterior", sa.String(length=20), nullable=True),
        sa.Column("estado_nuevo", sa.String(length=20), nullable=True),
        sa.Column("motivo", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["publicacion"], ["publicaciones.numero"], name=op.f("fk_revisiones_publicacion")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisiones")),
    )
    op.create_index(op.f("ix_revisiones_indicador"), "revisiones", ["indicador"], unique=False)
    op.create_index(op.f("ix_revisiones_publicacion"), "revisiones", ["publicacion"], unique=False)
    op.create_table(
        "valores",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indicador", sa.String(length=80), nullable=False),
        sa.Column("territorio", sa.String(length=6), nullable=False),
        sa.Column("nivel", sa.String(length=14), nullable=False),
        sa.Column("tipo_periodo", sa.String(length=10), nullable=False),
        sa.Column("periodo", sa.String(length=10), nullable=False),
        sa.Column("desglose", sa.String(length=40), nullable=False),
        sa.Column("categoria", sa.String(length=60), nullable=False),
        sa.Column("numerador", sa.Float(), nullable=True),
        sa.Column("denominador", sa.Float(), nullable=True),
        sa.Column("valor", sa.Float(), nullable=True),
        sa.Column("inferior", sa.Float(), nullable=True),
        sa.Column("superior", sa.Float(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("estado", sa.String(length=20), nullable=False),
        sa.Column("avisos", sa.JSON(), nullable=False),
        sa.Column("cobertura", sa.Float(), nullable=True),
        sa.Column("datos_al", sa.Date(), nullable=True),
        sa.Column("periodo_comparado", sa.String(length=10), nullable=True),
        sa.Column("cambio", sa.Float(), nullable=True),
        sa.Column("cambio_inferior", sa.Float(), nullable=True),
        sa.Column("cambio_superior", sa.Float(), nullable=True),
        sa.Column("cambio_relativo", sa.Float(), nullable=True),
        sa.Column("cambio_estado", sa.String(length=20), nullable=True),
        sa.Column("huella", sa.String(length=32), nullable=False),
        sa.Column("desde_publicacion", sa.Integer(), nullable=False),
        sa.Column("hasta_publicacion", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["desde_publicacion"], ["publicaciones.numero"], name=op.f("fk_valores_desde_publicacion")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_valores")),
    )
    op.create_index(op.f("ix_valores_hasta_publicacion"), "valores", ["hasta_publicacion"], unique=False)
    op.create_index("ix_valores_indicador_vigencia", "valores", ["indicador", "desde_publicacion", "tipo_periodo"], unique=False)
    op.create_index("ix_valores_territorio_vigencia", "valores", ["territorio", "desde_publicacion"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_valores_territorio_vigencia", table_name="valores")
    op.drop_index("ix_valores_indicador_vigencia", table_name="valores")
    op.drop_index(op.f("ix_valores_hasta_publicacion"), table_name="valores")
    op.drop_table("valores")
    op.drop_index(op.f("ix_revisiones_publicacion"), table_name="revisiones")
    op.drop_index(op.f("ix_revisiones_indicador"), table_name="revisiones")
    op.drop_table("revisiones")
    op.drop_index(op.f("ix_resultados_calidad_entrega_id"), table_name="resultados_calidad")
    op.drop_table("resultados_calidad")
    op.drop_index(op.f("ix_fuentes_hasta_publicacion"), table_name="fuentes")
    op.drop_table("fuentes")
    op.drop_index(op.f("ix_fichas_hasta_publicacion"), table_name="fichas")
    op.drop_table("fichas")
    op.drop_table("publicaciones")
    op.drop_index("ix_entregas_lugar", table_name="entregas")
    op.drop_table("entregas")
    op.drop_index(op.f("ix_corrida_pasos_corrida_id"), table_name="corrida_pasos")
    op.drop_table("corrida_pasos")
    op.drop_table("tablas_aceptadas")
    op.drop_table("descargas")
    op.drop_table("corridas")
    op.drop_table("arriendos")
    op.drop_table("archivos")
