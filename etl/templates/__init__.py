"""XLSX templates: made from a contract and the reference tables, recognised and brought up to date when they come back.

`template_bytes` makes one, `file_name` names it, `identity` tells which one a workbook is.
"""

from etl.templates.identity import TemplateIdentity, identity
from etl.templates.places import check_place, file_name, last_period
from etl.templates.workbook import template_bytes

__all__ = ["TemplateIdentity", "check_place", "file_name", "identity", "last_period", "template_bytes"]
