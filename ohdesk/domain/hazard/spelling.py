"""How names, units and conditions are compared, however somebody typed them."""

import unicodedata


def folded(text: str) -> str:
    """Return text in one width and case, without spaces: NFKC, so that ℃ is °c, ³ is 3 and Ⅱ is ii."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())
