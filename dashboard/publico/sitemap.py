"""What search engines are told: every page of the publication in force in both languages, and what is not worth reading."""

from __future__ import annotations

from html import escape

from dashboard.publico import catalogue
from dashboard.publico.book import Book
from dashboard.publico.here import PREFIXES, Here


def sitemap(book: Book, base: str, *, static: bool = False) -> str:
    """sitemap.xml; `base` is where the site is, as the protocol asks for whole addresses. Charts for frames are left out."""
    date = book.snap.publication.creada_en.date().isoformat()
    made = []
    for page in catalogue.addresses(book):
        if page.startswith("/insertar/"):
            continue
        for lang in PREFIXES:
            address = f"{base}{Here(book, page, lang, static=static).address()}"
            made.append(f"<url><loc>{escape(address)}</loc><lastmod>{date}</lastmod></url>")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n' + "\n".join(made) + "\n</urlset>\n"
    )


def robots(base: str) -> str:
    """Permanent links are the same pages again, and the interactive ones need scripts: neither is read."""
    barred = ("/p/", "/buscar", "/en/buscar", "/_dash", "/api/v1/figuras")
    return "User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in barred) + (f"\nSitemap: {base}/sitemap.xml\n" if base else "")
