"""The REST API over publications: /api/v1. Every answer names its publication; errors are Spanish sentences with a cure.

`questions` is what may be asked, `models` what is given, `reply` how it travels; a resource says all three once (`resource`). `/api` explains them.
"""

from dashboard.api import catalogue, changes, document, drawn, finding, guide, quality, values  # noqa: F401 - each registers its resources  # noqa: F401, I001 - what tells of resources comes after them
from dashboard.api.resource import otherwise, router

__all__ = ["router"]

router.add_api_route(
    "/api/{rest:path}", otherwise, methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"], include_in_schema=False
)
