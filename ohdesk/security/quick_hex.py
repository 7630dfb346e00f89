"""Read the long hexadecimal strings of a PDF at once, where pyHanko asks for one character after the other.

A signature's container is one of 16 to 32 thousand digits, and a check reads it a dozen times: a seventh of its time.
It may go when pyHanko reads them so itself.
"""

import re
from binascii import unhexlify
from typing import Any

from pyhanko.pdf_utils import generic

_AT_ONCE = 1 << 16  # bytes
_PLAIN = re.compile(rb"<((?:[0-9a-fA-F]{2})*)>")
one_by_one = generic.read_hex_string_from_stream


def read(stream: Any) -> Any:
    """Return the string that begins here and stand behind it, as pyHanko does; what is not plain it reads itself."""
    start = stream.tell()
    found = _PLAIN.match(stream.read(_AT_ONCE))
    if found is None:
        stream.seek(start)
        return one_by_one(stream)
    stream.seek(start + found.end())
    return generic.pdf_string(unhexlify(found[1]))


generic.read_hex_string_from_stream = read
