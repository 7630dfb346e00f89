"""The child process in which pictures are decoded: a picture is asked, its copy or the reason against it answered."""

import sys
from typing import NoReturn

import msgspec

from ohdesk.services.child.answering import serve
from ohdesk.services.child.starting import Kind

KIND = Kind("--shrink-pictures", "ohdesk.services.pictures.decoder", memory=1536 * 1024**2)


def main(arguments: list[str]) -> NoReturn:
    """Answer until the input ends; `arguments` are the limits."""
    serve(arguments, _shrunk)


def _shrunk(asked: bytes) -> bytes:
    # Late: what decodes is loaded in the child alone, bound already.
    from ohdesk.services.pictures.shrinking import shrink
    from ohdesk.services.pictures.wire import Asked

    picture = msgspec.msgpack.decode(asked, type=Asked)
    return msgspec.msgpack.encode(shrink(picture.original, picture.masks))


if __name__ == "__main__":
    main(sys.argv[1:])
