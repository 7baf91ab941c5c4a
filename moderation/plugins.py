"""Third-party parts: entry points in ``moderation.extractors``, ``.scorers``, ``.exporters``."""

from importlib.metadata import entry_points
from typing import Any

from moderation.errors import PluginError


def load(group: str) -> tuple[Any, ...]:
    """Return what every installed entry point of ``moderation.<group>`` names, sorted by name.

    Args:
        group: ``"extractors"``, ``"scorers"`` or ``"exporters"``.

    Raises:
        PluginError: An entry point could not be imported; the message names its package.
    """
    parts = []
    for point in sorted(entry_points(group=f"moderation.{group}"), key=lambda point: point.name):
        try:
            parts.append(point.load())
        except (ImportError, AttributeError) as error:
            package = point.dist.name if point.dist else "unknown package"
            msg = f"plug-in {point.name!r} of {package} ({point.value}) cannot be loaded: {error}"
            raise PluginError(msg) from error
    return tuple(parts)
