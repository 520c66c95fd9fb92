"""The work: tasks, projects and labels in a workspace, and every rule about them."""
