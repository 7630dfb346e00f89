"""Load SQLAlchemy without asyncio, the sockets and TLS behind it, and the reader of packages' metadata.

SQLAlchemy 2.1 imports them for engines that are asynchronous and for dialects that others install, and this program has
neither: 6 MB of memory, and 20 ms of processor time.  It may go when SQLAlchemy imports them where it needs them.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from inspect import iscoroutine
from types import ModuleType
from typing import Any


class _StandIn(ModuleType):
    """Has nothing of its own: whoever asks for a name gets it from the module itself, which is loaded then."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # the import system asks these of every module
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


@contextmanager
def _standing_in(*modules: ModuleType) -> Iterator[None]:
    missing = [module for module in modules if module.__name__ not in sys.modules]
    sys.modules.update({module.__name__: module for module in missing})
    try:
        yield
    finally:
        for module in missing:
            if sys.modules.get(module.__name__) is module:
                del sys.modules[module.__name__]


_asyncio = _StandIn("asyncio")
_asyncio.iscoroutine = iscoroutine  # type: ignore[attr-defined]  # the one name that is asked for at once
with _standing_in(_asyncio, _StandIn("importlib.metadata")):
    import sqlalchemy.dialects.sqlite
    import sqlalchemy.orm  # noqa: F401 - the first import is the work
