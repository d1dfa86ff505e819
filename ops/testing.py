"""`siegem test`: what the tests need (a browser; PostgreSQL comes locked), then style, types and tests, in that order."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from ops import screen
from warehouse.errors import SiegemError

ROOT = Path(__file__).resolve().parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def run(arguments: list[str]) -> int:
    """Run everything; gives the first exit code that is not 0. `arguments` go to pytest alone."""
    os.chdir(ROOT)
    with screen.step("Navegador para las pruebas"):
        screen.note(ensure_browser())
    python = sys.executable
    for title, command in (
        ("Estilo", [python, "-m", "ruff", "check", "."]),
        ("Formato", [python, "-m", "ruff", "format", "--check", "."]),
        ("Tipos", [python, "-m", "mypy"]),
    ):
        if arguments:
            break  # someone is after particular tests
        with screen.step(title):
            code = subprocess.run(command, check=False).returncode
        if code:
            return code
    return subprocess.run(
        [python, "-m", "pytest", *(arguments or ["-q", "-n", "auto", "--dist", "loadfile", "--durations=10"])], check=False
    ).returncode


def ensure_browser() -> str:
    """Find Chromium, or install it: Playwright's own first, else Debian's package. Raises SiegemError with the cure."""
    found = find_browser()
    if found:
        return found
    attempts = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get"):
        sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
        attempts += [[*sudo, "apt-get", "update", "-q"], [*sudo, "apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"]]
    for command in attempts:
        subprocess.run(command, check=False, capture_output=True, timeout=900, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
        found = find_browser()
        if found:
            return found
    raise SiegemError(
        "No hay navegador para las pruebas y no se pudo instalar.",
        stands="Nada cambió.",
        cure="Instale Chromium (en Debian: apt-get install chromium) y repita: ./siegem test",
    )


def find_browser() -> str:
    """The path of a Chromium on this machine or of Playwright's own; empty where there is none."""
    for name in BROWSERS:
        path = shutil.which(name)
        if path:
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else ""
