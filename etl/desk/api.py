"""The desk's routes as one router, for whoever serves them."""

from __future__ import annotations

from fastapi import APIRouter

from etl.desk import office, tus
from etl.desk.arrival import Desk
from warehouse.store import Warehouse


def router(warehouse: Warehouse) -> APIRouter:
    """Everything under /api/v1/cargas and /api/v1/entregas."""
    desk = Desk(warehouse)
    made = APIRouter()
    made.include_router(tus.router(desk))
    made.include_router(office.router(desk))
    return made
