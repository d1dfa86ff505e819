"""A real server in a thread and a real Chromium, for tests that open pages. Used by browser tests of the dashboard."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """Serve an ASGI application on a free port; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < deadline, "el servidor no arrancó"
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium found on the machine, else Playwright's own."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium") or None, args=ARGS)
        try:
            yield browser
        finally:
            browser.close()


class Visit:
    """A page with what happened on it: messages of the console, errors, addresses asked and bytes of each."""

    def __init__(self, browser: Browser, base: str, **context: Any) -> None:
        self.base = base
        self.context = browser.new_context(viewport={"width": 1440, "height": 900}, **context)
        self.page: Page = self.context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.bytes: dict[str, int] = {}
        self.page.on("console", lambda m: self.said.append(f"{m.type}: {m.text}") if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda e: self.said.append(f"error: {e}"))
        self.page.on("request", lambda r: self.asked.append(r.url))
        self.page.on("response", lambda r: self.bytes.update({r.url: int(r.headers.get("content-length") or 0)}))

    def open(self, path: str, *, drawn: bool = False) -> Page:
        """Go to a path and wait until React has drawn it; `drawn`: until its first figure has too."""
        self.page.goto(self.base + path)
        self.page.wait_for_selector("#previa", state="detached", timeout=20_000)
        if drawn:
            self.page.wait_for_selector(".js-plotly-plot .main-svg", timeout=20_000)
        return self.page

    def local(self) -> bool:
        """Whether nothing was asked of any other host."""
        return all(url.startswith((self.base, "data:", "blob:")) for url in self.asked)


def until(condition: Callable[[], bool], page: Page, seconds: float = 10) -> None:
    """Wait for a condition on what was seen of a page, letting the page go on meanwhile."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "la condición no se cumplió a tiempo"
        page.wait_for_timeout(50)
