"""A process that has imported the whole chain and forks one child a command: so twenty kills do not cost twenty imports.

Argument: a folder of definitions; the others are left out, so that a run is short and each stage of it is met by kills.

Protocol on standard input: `<databases url>|<data folder>` runs the chain in a child; its pid is printed, then its exit code.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

import checks.suite  # noqa: F401  # the slow import, Great Expectations, paid once
from ops import chain
from warehouse import catalogue
from warehouse.settings import load
from warehouse.store import Warehouse


def child(url: str, folder: str) -> int:
    try:
        chain.run(Warehouse(load(datos=Path(folder), base_datos=url)).prepare(), "prueba")
        return 0
    except BaseException:  # noqa: BLE001  # a child reports and ends, whatever happened
        traceback.print_exc()
        return 1


def main() -> None:
    catalogue.DEFINITIONS, catalogue.INDICES = (Path(sys.argv[1]) / name for name in ("definiciones", "indices"))
    print("listo", flush=True)
    for line in sys.stdin:
        url, folder = line.strip().split("|")
        pid = os.fork()
        if pid == 0:
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115
            os._exit(child(url, folder))
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
