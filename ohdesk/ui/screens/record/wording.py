"""The words of signing on screen: how a party ends a record, and fingerprints to be compared."""

from ohdesk.i18n import mark, tr

_GROUP = 8  # digits of a fingerprint, so that it can be compared and broken into lines
_WAYS = {
    "signed": mark("核对属实，签名"),
    "objected": mark("有异议，签名"),
    "refused": mark("拒绝签名"),
    "absent": mark("不在现场"),
}


def way_word(way: str) -> str:
    """Return how the party ends the record, in words."""
    return tr(_WAYS[way])


def grouped(fingerprint: str) -> str:
    """Return a whole fingerprint in groups of eight digits."""
    return " ".join(fingerprint[start : start + _GROUP] for start in range(0, len(fingerprint), _GROUP))
