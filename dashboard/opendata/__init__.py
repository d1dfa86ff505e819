"""What of a publication leaves as files: tables in four formats, their dictionary, their citation and the catalogues that portals harvest."""

from dashboard.opendata.making import write
from dashboard.opendata.resource import Resource

__all__ = ["Resource", "write"]
