"""Puts the built web app into every wheel, so that what is installed needs nothing but Python."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebBuild(BuildHookInterface):  # type: ignore[type-arg]  # generic in a builder that this hook never asks for
    """Build web/ into src/taskmanager/static before the files are collected."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - the plugin's interface
        if version == "editable":  # a checkout builds its web app when it is served, tested or shipped
            return
        sys.path.insert(0, str(Path(self.root, "scripts")))
        import web  # noqa: PLC0415 - lies in the tree that is being built

        if web.main(["app"]):
            raise RuntimeError("the web app could not be built")
