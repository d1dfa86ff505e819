"""What the operator sees in the terminal: steps, progress, errors with their cure. Spanish."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from warehouse.errors import SiegemError

console = Console(highlight=False)
if not console.is_terminal:
    console.width = 160  # into a file or a pipe nobody wants eighty columns
error_console = Console(stderr=True, highlight=False)

Advance = Callable[[str, int, int], None]


@contextmanager
def step(title: str) -> Iterator[Advance]:
    """A step with its bar; yields `advance(what, done, total)`. Prints the time it took when it ends."""
    start = time.monotonic()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=24), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        task = bars.add_task(title, total=None)

        def advance(what: str, done: int, total: int) -> None:
            bars.update(task, description=f"{title}: {escape(what)}" if what else title, completed=done, total=total or None)

        yield advance
    console.print(f"[green]✓[/green] {title} [dim]({time.monotonic() - start:.1f} s)[/dim]")


def note(text: str) -> None:
    """A plain line below the step it belongs to."""
    console.print(f"  {escape(text)}")


def show_error(error: SiegemError) -> None:
    """The three parts of an operator error, each on its line."""
    error_console.print(f"[bold red]✗[/bold red] {escape(error.what)}")
    for part in (error.stands, error.cure):
        if part:
            error_console.print(f"  {escape(part)}")
