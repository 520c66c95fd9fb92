"""A process that begins a migration, says so when it is half done, and stays there until it is killed."""

import sys
from pathlib import Path

import apsw

from taskmanager.storage.sqlite.migrations import MIGRATIONS, migrate
from taskmanager.storage.sqlite.shelf import Shelf
from taskmanager.tasks.model import KINDS


def half_a_migration(connection: apsw.Connection) -> None:
    connection.execute("ALTER TABLE heads ADD COLUMN half INTEGER; UPDATE doc_task SET version = version + 100")
    connection.cache_flush()
    sys.stdout.write("half\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    migrate(Path(sys.argv[1]), list(map(Shelf, KINDS.values())), (*MIGRATIONS, half_a_migration))
