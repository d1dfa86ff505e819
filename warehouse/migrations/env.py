"""Alembic's entry: runs on the connection that `warehouse.database.migrate` hands over, in its transaction."""

from __future__ import annotations

from alembic import context

from warehouse import notice_tables  # noqa: F401 - its tables belong to the same metadata
from warehouse.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=connection.dialect.name == "sqlite", transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
