"""Mesa de partes: cargas, dispensas, descargos, recordatorios, diferencias entre versiones y conciliaciones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cargas",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("nombre", sa.String(length=300), nullable=False),
        sa.Column("tabla", sa.String(length=60), nullable=False),
        sa.Column("cod_region", sa.String(length=6), nullable=False),
        sa.Column("periodo", sa.String(length=20), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("recibidos", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("estado", sa.String(length=20), nullable=False),
        sa.Column("solo_revisar", sa.Boolean(), nullable=False),
        sa.Column("motivo", sa.Text(), nullable=False),
        sa.Column("remitente", sa.String(length=200), nullable=False),
        sa.Column("creada_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recibida_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("terminada_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entrega_id", sa.String(length=64), nullable=True),
        sa.Column("mensaje", sa.Text(), nullable=False),
        sa.Column("resultado", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cargas")),
    )
    op.create_index("ix_cargas_estado", "cargas", ["estado", "recibida_en"], unique=False)
    op.create_table(
        "descargos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tabla", sa.String(length=60), nullable=False),
        sa.Column("cod_region", sa.String(length=6), nullable=False),
        sa.Column("periodo", sa.String(length=20), nullable=False),
        sa.Column("entrega_id", sa.String(length=64), nullable=True),
        sa.Column("autor", sa.String(length=200), nullable=False),
        sa.Column("texto", sa.Text(), nullable=False),
        sa.Column("creado_en", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_descargos")),
    )
    op.create_index(op.f("ix_descargos_cod_region"), "descargos", ["cod_region"], unique=False)
    op.create_table(
        "dispensas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("regla_id", sa.String(length=40), nullable=False),
        sa.Column("tabla", sa.String(length=60), nullable=False),
        sa.Column("cod_region", sa.String(length=6), nullable=False),
        sa.Column("periodo", sa.String(length=20), nullable=False),
        sa.Column("nombre", sa.String(length=200), nullable=False),
        sa.Column("motivo", sa.Text(), nullable=False),
        sa.Column("vence", sa.Date(), nullable=False),
        sa.Column("creada_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retirada_en", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispensas")),
    )
    op.create_table(
        "recordatorios",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cod_region", sa.String(length=6), nullable=False),
        sa.Column("texto", sa.Text(), nullable=False),
        sa.Column("pendientes", sa.JSON(), nullable=False),
        sa.Column("enviado_por", sa.String(length=200), nullable=False),
        sa.Column("enviado_en", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recordatorios")),
    )
    op.create_index(op.f("ix_recordatorios_cod_region"), "recordatorios", ["cod_region"], unique=False)
    op.create_table(
        "conciliaciones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("regla_id", sa.String(length=10), nullable=False),
        sa.Column("titulo", sa.JSON(), nullable=False),
        sa.Column("cod_region", sa.String(length=6), nullable=False),
        sa.Column("periodo", sa.String(length=20), nullable=False),
        sa.Column("clave", sa.String(length=200), nullable=False),
        sa.Column("valor_a", sa.Float(), nullable=True),
        sa.Column("valor_b", sa.Float(), nullable=True),
        sa.Column("diferencia", sa.Float(), nullable=True),
        sa.Column("tolerancia", sa.Float(), nullable=True),
        sa.Column("estado", sa.String(length=20), nullable=False),
        sa.Column("severidad", sa.String(length=20), nullable=False),
        sa.Column("casos", sa.Integer(), nullable=False),
        sa.Column("casos_fallidos", sa.Integer(), nullable=False),
        sa.Column("frase", sa.Text(), nullable=False),
        sa.Column("versiones", sa.JSON(), nullable=False),
        sa.Column("evaluado_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrida_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["corrida_id"], ["corridas.id"], name=op.f("fk_conciliaciones_corrida_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conciliaciones")),
    )
    op.create_index("ix_conciliaciones_lugar", "conciliaciones", ["regla_id", "cod_region", "periodo"], unique=False)
    op.create_table(
        "diferencias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entrega_id", sa.String(length=64), nullable=False),
        sa.Column("tipo", sa.String(length=10), nullable=False),
        sa.Column("clave", sa.JSON(), nullable=False),
        sa.Column("columnas", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["entrega_id"], ["entregas.entrega_id"], name=op.f("fk_diferencias_entrega_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_diferencias")),
    )
    op.create_index(op.f("ix_diferencias_entrega_id"), "diferencias", ["entrega_id"], unique=False)
    op.add_column("entregas", sa.Column("motivo", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("entregas", sa.Column("filas_agregadas", sa.Integer(), nullable=False, server_default=sa.text("'0'")))
    op.add_column("entregas", sa.Column("filas_cambiadas", sa.Integer(), nullable=False, server_default=sa.text("'0'")))
    op.add_column("entregas", sa.Column("filas_retiradas", sa.Integer(), nullable=False, server_default=sa.text("'0'")))
    op.add_column("entregas", sa.Column("dispensas", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))


def downgrade() -> None:
    with op.batch_alter_table("entregas") as batch:
        for column in ("dispensas", "filas_retiradas", "filas_cambiadas", "filas_agregadas", "motivo"):
            batch.drop_column(column)
    for table in ("conciliaciones", "diferencias", "recordatorios", "descargos", "dispensas", "cargas"):
        op.drop_table(table)
