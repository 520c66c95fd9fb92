"""A supervisor over workers that are slow, mute or stubborn: `odd_workers.py FOLDER`; each worker is this file too.

What the next worker is like stands in FOLDER/next; each writes its process id to FOLDER/started.
"""

import asyncio
import os
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Final

from taskmanager.serving import listen
from taskmanager.telemetry import configure
from taskmanager.workers import READY, Patience, Supervisor

SLOW_SECONDS: Final = 1.5
"""Longer than a supervisor waits before it replaces a worker that died."""
PATIENCE: Final = Patience(first_start=20.0, start=3.0, stop=1.0)


def work(folder: Path, bond: int) -> None:
    manner = (folder / "next").read_text()
    if manner == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with (folder / "started").open("a") as started:
        started.write(f"{os.getpid()}\n")
    if manner == "slow":
        time.sleep(SLOW_SECONDS)
    with socket.socket(fileno=bond) as supervisor:
        if manner != "mute":
            supervisor.send(READY)
        supervisor.recv(1)


async def supervise(folder: Path) -> int:
    supervisor = Supervisor(
        listen("127.0.0.1", 0),
        1,
        command=(sys.executable, __file__, str(folder)),
        environment=dict(os.environ),
        announce=lambda: None,
        patience=PATIENCE,
    )
    return await supervisor.run()


if __name__ == "__main__":
    home = Path(sys.argv[1])
    if len(sys.argv) > 2:
        work(home, int(next(word for word in sys.argv if word.startswith("--bond=")).removeprefix("--bond=")))
    else:
        configure(level="info", log_dir=None, stream=sys.stdout)
        sys.exit(asyncio.run(supervise(home)))
