"""The child process: a workbook on standard input, its cells as MessagePack on standard output."""

import sys

from ohdesk.services.child import limits


def main(arguments: list[str]) -> int:
    """Read one workbook; `arguments` are its suffix, the memory limit (bytes) and the time limit (seconds)."""
    suffix, memory, seconds = arguments
    # Before anything that parses is even imported.
    limits.bind_process(int(memory), int(seconds))
    from ohdesk.services.roll.workbook import formats, wire

    data = sys.stdin.buffer.read()
    try:
        answer = wire.encode(formats.read(data, suffix.lower()))
    except wire.NotReadableError as refusal:
        answer = wire.encode_refusal(refusal.code)
    except MemoryError:
        answer = wire.encode_refusal("too_large")
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
