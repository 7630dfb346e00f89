"""Where the program finds its own files."""

from functools import cache
from pathlib import Path


@cache
def resources() -> Path:
    """Return the folder of fonts, checklists, locale and templates.

    Inside the package in a wheel and in a frozen program; beside it in a checkout.
    """
    package = Path(__file__).resolve().parent
    inside = package / "resources"
    return inside if inside.is_dir() else package.parent / "resources"
