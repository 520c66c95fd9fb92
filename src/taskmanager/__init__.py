"""TaskManager: tasks, projects and labels, served by one process."""

__version__ = "0.1.0"
