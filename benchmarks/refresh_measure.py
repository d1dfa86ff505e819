"""What a command takes with everything it starts: seconds of wall and processor, and the most memory of the process tree at once."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

#: seconds between two looks at the tree's memory
_EVERY = 0.05
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Cost:
    """`fits` is false where the command was ended because it passed the limit of memory; `said`: its last line."""

    wall: float
    cpu: float
    peak: float
    fits: bool = True
    said: str = ""


def measure(command: list[str], folder: Path, env: Mapping[str, str] | None = None, limit: float = float("inf")) -> Cost:
    """Run a command in `folder` to its end. `limit`: gigabytes of memory that it may take. Raises SystemExit with its words where it fails."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    child = subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
    watch = _Watch(child, limit)
    watch.start()
    try:
        said, _ = child.communicate()
    except BaseException:
        os.killpg(child.pid, signal.SIGKILL)  # whoever ends the benchmark ends what it started
        raise
    wall = time.perf_counter() - start
    watch.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if child.returncode and not watch.passed:
        raise SystemExit(f"{' '.join(command)}\n{said[-4000:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall, cpu, watch.peak / 1e9, not watch.passed, next(iter(said.strip().splitlines()[-1:]), ""))


class _Watch(threading.Thread):
    """Looks at the memory of a process and its descendants; ends its group where it passes the limit."""

    def __init__(self, child: subprocess.Popen[str], limit: float) -> None:
        super().__init__(daemon=True)
        self.child, self.limit, self.peak, self.passed = child, limit * 1e9, 0.0, False

    def run(self) -> None:
        while self.child.poll() is None:
            self.peak = max(self.peak, float(sum(map(_resident, _tree(self.child.pid)))))
            if self.peak > self.limit:
                self.passed = True
                os.killpg(self.child.pid, signal.SIGKILL)
                return
            time.sleep(_EVERY)


def _tree(pid: int) -> list[int]:
    """A process and all that descend from it."""
    found = [pid]
    for one in found:
        try:
            found += [int(p) for task in Path(f"/proc/{one}/task").iterdir() for p in (task / "children").read_text().split()]
        except OSError:
            continue  # it ended meanwhile
    return found


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except OSError:
        return 0
