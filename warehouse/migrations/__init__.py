"""Alembic migrations of the SQL database, run by `warehouse.database.migrate`."""
