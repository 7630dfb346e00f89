"""Stand-ins for modules that a library imports and this program does not use.

A stand-in has nothing of its own: whoever asks for a name gets it from the module itself, which is loaded then.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any


class _StandIn(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # the import system asks these of every module
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


@contextmanager
def standing_in(*modules: str, **has: dict[str, Any]) -> Iterator[None]:
    """Let stand-ins be imported in the block for modules that are not loaded yet.

    has: by module, what is asked of it while the block runs, as the types in signatures are, without loading it
    """
    missing = {name: _StandIn(name) for name in (*modules, *has) if name not in sys.modules}
    for name, module in missing.items():
        vars(module).update(has.get(name, {}))
    sys.modules.update(missing)
    try:
        yield
    finally:
        for name, module in missing.items():
            for each in has.get(name, {}):
                delattr(module, each)
            if sys.modules.get(name) is module:
                del sys.modules[name]
