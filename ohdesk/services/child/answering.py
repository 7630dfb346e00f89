"""A child process that answers one message after the other: asked on its standard input, on its standard output."""

import os
import sys
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import BinaryIO, NoReturn

from ohdesk import collector
from ohdesk.services.child import limits

_LENGTH = 8  # bytes before each message
_LONGEST = 1 << 30  # bytes of a message: whoever names more of them babbles


def serve(arguments: list[str], answer: Callable[[bytes], bytes]) -> NoReturn:
    """Answer until the input ends; `arguments` are the limits: memory (bytes) and processor time (seconds)."""
    memory, seconds = map(int, arguments)
    # Before anything that parses is even imported.
    limits.bind_process(memory, seconds)
    collector.collect_seldom()
    asked: SimpleQueue[bytes] = SimpleQueue()
    Thread(target=_listen, args=(asked,), daemon=True).start()
    while True:
        send(sys.stdout.buffer, answer(asked.get()))


def _listen(asked: SimpleQueue[bytes]) -> NoReturn:
    """Take in what is asked; when the input ends, whoever asked is gone, also in the middle of an answer."""
    while (message := receive(sys.stdin.buffer)) is not None:
        asked.put(message)
    os._exit(0)


def send(stream: BinaryIO, message: bytes) -> None:
    """Write one message, its length before it."""
    stream.write(len(message).to_bytes(_LENGTH))
    stream.write(message)
    stream.flush()


def receive(stream: BinaryIO) -> bytes | None:
    """Read one message; None at the end of the stream, where it breaks off, or where no message can be so long."""
    length = int.from_bytes(start) if len(start := stream.read(_LENGTH)) == _LENGTH else 0
    if not 0 < length <= _LONGEST:
        return None
    message = stream.read(length)
    return message if len(message) == length else None
