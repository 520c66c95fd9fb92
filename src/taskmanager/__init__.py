"""TaskManager: a task manager that runs on a laptop and, unchanged, for a company."""

__version__ = "0.1.0"
