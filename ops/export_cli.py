"""`siegem export`: what people take away, one function for each kind of file."""

from __future__ import annotations

import typer

from ops import reports_cli, slides_cli

app = typer.Typer(no_args_is_help=True, help="Archivos para llevar, hechos de una publicación.", rich_markup_mode=None)

app.command("fichas")(reports_cli.fichas)
app.command("laminas")(slides_cli.slides)
