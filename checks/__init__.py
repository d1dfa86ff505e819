"""Judges what it is handed and does no I/O: (contract, table, references) -> findings -> verdict."""
