"""The child process in which pictures of pages are read: one is asked, the page upright or why there is none said."""

import sys
from typing import NoReturn

import msgspec

from ohdesk.services.child.answering import serve
from ohdesk.services.child.starting import Kind

KIND = Kind("--read-scans", "ohdesk.services.scans.reader", memory=1536 * 1024**2)


def main(arguments: list[str]) -> NoReturn:
    """Answer until the input ends; `arguments` are the limits."""
    serve(arguments, _seen)


def _seen(asked: bytes) -> bytes:
    # Late: what decodes is loaded in the child alone, bound already.
    from ohdesk.services.scans.reading import look
    from ohdesk.services.scans.wire import Asked

    return msgspec.msgpack.encode(look(msgspec.msgpack.decode(asked, type=Asked)))


if __name__ == "__main__":
    main(sys.argv[1:])
