"""Un índice por categoría: una pantalla lee los valores sin dividir de todos los indicadores, uno de cada diez de la tabla."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NAME = "ix_valores_categoria_vigencia"


def upgrade() -> None:
    op.create_index(_NAME, "valores", ["indicador", "categoria", "tipo_periodo", "desde_publicacion"], unique=False)


def downgrade() -> None:
    op.drop_index(_NAME, table_name="valores")
