"""TaskManager: a task manager that runs on a laptop and, unchanged, for a company."""
