"""What is worked out of decrypted texts and kept for speed: it goes when a workspace is locked."""

from typing import Protocol, TypeVar


class _Cached(Protocol):
    def cache_clear(self) -> None: ...


_Function = TypeVar("_Function", bound=_Cached)
_kept: list[_Cached] = []


def until_locked(function: _Function) -> _Function:
    """Mark a cached function whose arguments are texts of a workspace."""
    _kept.append(function)
    return function


def forget() -> None:
    """Let go of everything that was kept."""
    for function in _kept:
        function.cache_clear()
