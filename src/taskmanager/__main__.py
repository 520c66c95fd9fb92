"""`python -m taskmanager` is `taskmanager`."""

from taskmanager.cli import main

main()
