"""Put `resources/` into the wheel as `ohdesk/resources`; an editable install reads it where it stands."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ResourcesHook(BuildHookInterface[Any]):
    """Force the resources into a wheel, also files that git ignores."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "standard":
            build_data["force_include"]["resources"] = "ohdesk/resources"
