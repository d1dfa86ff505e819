"""Lo que se dice de cada valor (meta, lugar entre las regiones, señal, tendencia, supresión, frase) y los índices compuestos."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_COLUMNS: tuple[tuple[str, sa.types.TypeEngine[object]], ...] = (
    ("meta", sa.Float()),
    ("meta_estado", sa.String(length=20)),
    ("avance_meta", sa.Float()),
    ("frente_al_pais", sa.String(length=20)),
    ("senal", sa.String(length=24)),
    ("variacion", sa.String(length=20)),
    ("aseguramiento", sa.String(length=20)),
    ("tendencia", sa.String(length=20)),
    ("supresion", sa.String(length=20)),
    ("frase", sa.Text()),
)


def upgrade() -> None:
    for name, kind in _COLUMNS:
        op.add_column("valores", sa.Column(name, kind, nullable=True))
    op.create_table(
        "indices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clave", sa.String(length=120), nullable=False),
        sa.Column("indice", sa.String(length=80), nullable=False),
        sa.Column("territorio", sa.String(length=6), nullable=False),
        sa.Column("tipo_periodo", sa.String(length=10), nullable=False),
        sa.Column("periodo", sa.String(length=10), nullable=False),
        sa.Column("resultado", sa.JSON(), nullable=False),
        sa.Column("huella", sa.String(length=64), nullable=False),
        sa.Column("desde_publicacion", sa.Integer(), nullable=False),
        sa.Column("hasta_publicacion", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["desde_publicacion"], ["publicaciones.numero"], name=op.f("fk_indices_desde_publicacion")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indices")),
    )
    op.create_index(op.f("ix_indices_hasta_publicacion"), "indices", ["hasta_publicacion"], unique=False)
    op.create_index("ix_indices_vigencia", "indices", ["indice", "desde_publicacion"], unique=False)


def downgrade() -> None:
    op.drop_table("indices")
    with op.batch_alter_table("valores") as batch:
        for name, _ in reversed(_COLUMNS):
            batch.drop_column(name)
