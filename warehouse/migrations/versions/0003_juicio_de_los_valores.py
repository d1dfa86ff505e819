"""Lo que se dice de cada valor: meta, lugar entre las regiones, señal del proceso, tendencia, supresión y frase."""

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


def downgrade() -> None:
    with op.batch_alter_table("valores") as batch:
        for name, _ in reversed(_COLUMNS):
            batch.drop_column(name)
