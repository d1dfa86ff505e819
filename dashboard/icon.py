"""The site's icon: in the head of every page as part of the page itself, and at the address that browsers ask for where a page names none."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from dashboard.answers import answer

MEDIA = "image/svg+xml"
SVG = (
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><rect width='16' height='16' rx='3' fill='#A0551A'/>"
    "<path d='M3 12V8h2.5v4zm3.8 0V4h2.5v8zm3.8 0V6H13v6z' fill='#fff'/></svg>"
)
#: what a page's head names; every page's policy lets `data:` images be
DATA = f"data:{MEDIA},{quote(SVG, safe='/:=. ')}"

router = APIRouter()


@router.api_route("/favicon.ico", methods=["GET", "HEAD"], include_in_schema=False)
async def icon(request: Request) -> Response:
    """For who opens an answer of the API or a file by itself: those have no head."""
    return answer(request, SVG.encode(), pinned=False, media=MEDIA)
