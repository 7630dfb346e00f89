"""One PDF of many, written while it is read: whatever is in it, no more than one of them is in memory.

Pages are carried over as they are, what fills fields and what links aside; over each lies a page of another PDF, with
its number.  Whole files go in as attachments, their bytes unchanged.  Read with pyHanko, as everything inside a PDF is.
"""

from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import IO, Any, Literal, NamedTuple

import ohdesk.security.without_aiohttp  # noqa: F401 - before pyHanko, which would load it

# isort: split
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    PdfObject,
    StreamObject,
    pdf_string,
)
from pyhanko.pdf_utils.reader import PdfFileReader

from ohdesk.security.pdf_structure import UPSETS, StructureError

MOST_PAGES = 5_000  # of one PDF
_INHERITED = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
_LEFT_BEHIND = frozenset({"/Parent", "/Annots", "/StructParents", "/B", "/AA", "/Metadata", "/PieceInfo"})
_NUMBER = "/OhdeskNumber"
_DEEPEST = 40  # levels of a tree of pages
_WIDTH, _HEIGHT = 595.2756, 841.8898  # points of what lies over a page: A4


Part = Literal["front", "numbered", "behind"]


class _Source(NamedTuple):
    """A PDF being read: its pages with what they inherit, and the new number of each object that was met."""

    pages: tuple[dict[str, PdfObject], ...]
    numbers: dict[tuple[int, int], int]


class _Bookmark(NamedTuple):
    title: str
    page: int


def page_count(pdf: bytes) -> int:
    """Return how many pages a PDF has. Raises StructureError for what cannot be read."""
    return len(_opened(pdf).pages)


class Joiner:
    """A PDF being written into a file; `finish` ends it.

    numbers: a PDF of A4 pages, of which one after the other lies over the pages that are numbered
    """

    def __init__(self, file: IO[bytes], title: str, numbers: bytes = b"") -> None:
        self._file, self._title = file, title
        self._offsets: list[int] = []
        self._catalog, self._tree, self._saved, self._restored = (self._new() for _ in range(4))
        self._parts: dict[Part, list[int]] = {"front": [], "numbered": [], "behind": []}
        self._bookmarks: list[_Bookmark] = []
        self._attached: list[tuple[str, int]] = []
        self._numbers = _opened(numbers) if numbers else None
        self._say(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        self._write(self._saved, StreamObject(stream_data=b"q"))
        self._write(self._restored, StreamObject(stream_data=b"Q"))

    def add(self, pdf: bytes, title: str = "", part: Part = "numbered") -> None:
        """Add all pages of a PDF to a part, under a bookmark; only those in the middle are numbered.

        Raises StructureError for what cannot be read.
        """
        source, there = _opened(pdf), self._parts[part]
        try:
            pages = [
                self._page(source, page, len(there) + place if part == "numbered" else None)
                for place, page in enumerate(source.pages)
            ]
        except UPSETS as error:
            raise _told(error) from error
        there.extend(pages)
        if title and pages:
            self._bookmarks.append(_Bookmark(title, pages[0]))

    @property
    def pages(self) -> int:
        """How many pages there are so far."""
        return sum(map(len, self._parts.values()))

    def attach(self, name: str, content: bytes) -> None:
        """Put a whole file in, its bytes unchanged."""
        stream = StreamObject({_name("/Type"): _name("/EmbeddedFile")}, encoded_data=content)
        held = _dictionary({"/F": self._put(stream)})
        about: dict[str, PdfObject] = {
            "/Type": _name("/Filespec"),
            "/F": pdf_string(name),
            "/UF": pdf_string(name),
            "/EF": held,
        }
        self._attached.append((name, self._put(_dictionary(about)).idnum))

    def finish(self) -> None:
        """Write what holds it all together."""
        pages = [number for part in self._parts.values() for number in part]
        kids = ArrayObject(_reference(number) for number in pages)
        tree: dict[str, PdfObject] = {"/Type": _name("/Pages"), "/Kids": kids, "/Count": _number(len(pages))}
        self._write(self._tree, _dictionary(tree))
        catalog: dict[str, PdfObject] = {"/Type": _name("/Catalog"), "/Pages": _reference(self._tree)}
        if self._bookmarks:
            catalog |= {"/Outlines": self._outline(), "/PageMode": _name("/UseOutlines")}
        if self._attached:
            # By their bytes: what is not ASCII begins with the mark of UTF-16, behind all that is.
            ordered = sorted(self._attached, key=lambda each: (not each[0].isascii(), each[0].encode("utf-16-be")))
            names = ArrayObject(part for name, at in ordered for part in (pdf_string(name), _reference(at)))
            files = _dictionary({"/Names": names})
            catalog["/Names"] = _dictionary({"/EmbeddedFiles": files})
        catalog["/ViewerPreferences"] = _dictionary({"/DisplayDocTitle": _true()})
        self._write(self._catalog, _dictionary(catalog))
        self._end()

    def _end(self) -> None:
        info = self._put(_dictionary({"/Title": pdf_string(self._title), "/Creator": pdf_string("ohdesk")}))
        start = self._file.tell()
        lines = [f"xref\n0 {len(self._offsets) + 1}\n0000000000 65535 f \n"]
        lines += [f"{offset:010} 00000 n \n" for offset in self._offsets]
        self._say("".join(lines).encode())
        trailer = {"/Size": _number(len(self._offsets) + 1), "/Root": _reference(self._catalog), "/Info": info}
        self._say(b"trailer\n")
        _dictionary(trailer).write_to_stream(self._file, None)
        self._say(f"\nstartxref\n{start}\n%%EOF\n".encode())

    def _page(self, source: _Source, page: dict[str, PdfObject], number: int | None) -> int:
        """Write a page and all that it needs, with a number (from 0) over it; return the number of its object."""
        new = {key: self._carried(source, value) for key, value in page.items()}
        new["/Parent"] = _reference(self._tree)
        if number is not None and self._numbers is not None:
            over = self._form(self._numbers, self._numbers.pages[number])
            drawn = StreamObject(stream_data=f"Q q {_corner(page)} cm {_NUMBER} Do Q".encode())
            new["/Contents"] = self._contents(new.get("/Contents"), page.get("/Contents"), self._put(drawn))
            new["/Resources"] = self._resources(source, page.get("/Resources"), over)
        return self._put(_dictionary(new)).idnum

    def _contents(self, carried: PdfObject | None, found: PdfObject | None, drawn: IndirectObject) -> ArrayObject:
        """Return what is drawn on a page, whatever state it leaves behind, and what lies over it."""
        is_list = found is not None and isinstance(_there(found), ArrayObject)
        if carried is None:
            parts: list[PdfObject] = []
        elif is_list and isinstance(carried, ArrayObject):
            parts = list(carried.iterate())
        else:
            parts = [carried]
        return ArrayObject([_reference(self._saved), *parts, drawn])

    def _resources(self, source: _Source, found: PdfObject | None, over: IndirectObject) -> DictionaryObject:
        """Return the resources of a page and what lies over it."""
        held = _direct(found)
        drawn = {key: self._carried(source, value) for key, value in _raw(_direct(held.get("/XObject"))).items()}
        new = {key: self._carried(source, value) for key, value in _raw(held).items()}
        return _dictionary({**new, "/XObject": _dictionary({**drawn, _NUMBER: over})})

    def _form(self, source: _Source, page: dict[str, PdfObject]) -> IndirectObject:
        """Write a page as something that can be drawn on another one."""
        content = _there(page["/Contents"])
        new: dict[str, PdfObject] = {
            "/Type": _name("/XObject"),
            "/Subtype": _name("/Form"),
            "/BBox": ArrayObject([_number(0), _number(0), _number(_WIDTH), _number(_HEIGHT)]),
            "/Resources": self._carried(source, page["/Resources"]),
        }
        return self._put(StreamObject(_dictionary(new), stream_data=content.data))

    def _carried(self, source: _Source, found: PdfObject) -> PdfObject:
        """Return an object as it stands here; what it refers to is written first."""
        if isinstance(found, IndirectObject):
            key = (found.idnum, found.generation)
            if key not in source.numbers:
                source.numbers[key] = self._new()  # before what it refers to, which may refer back
                self._write(source.numbers[key], self._carried(source, _there(found)))
            return _reference(source.numbers[key])
        if isinstance(found, StreamObject):
            kept = {key: value for key, value in _raw(found).items() if key != "/Length"}
            about = {_name(key): self._carried(source, value) for key, value in kept.items()}
            return StreamObject(about, encoded_data=found.encoded_data)
        if isinstance(found, DictionaryObject):
            return _dictionary({key: self._carried(source, value) for key, value in _raw(found).items()})
        if isinstance(found, ArrayObject):
            return ArrayObject(self._carried(source, each) for each in found.iterate())
        return found

    def _outline(self) -> IndirectObject:
        """Write the bookmarks, one below the other."""
        whole, numbers = self._new(), [self._new() for _ in self._bookmarks]
        for place, (number, bookmark) in enumerate(zip(numbers, self._bookmarks, strict=True)):
            to = ArrayObject([_reference(bookmark.page), _name("/Fit")])
            one = {"/Title": pdf_string(bookmark.title), "/Parent": _reference(whole), "/Dest": to}
            if place:
                one["/Prev"] = _reference(numbers[place - 1])
            if place + 1 < len(numbers):
                one["/Next"] = _reference(numbers[place + 1])
            self._write(number, _dictionary(one))
        ends = {"/First": _reference(numbers[0]), "/Last": _reference(numbers[-1])}
        self._write(whole, _dictionary({"/Type": _name("/Outlines"), **ends, "/Count": _number(len(numbers))}))
        return _reference(whole)

    def _new(self) -> int:
        self._offsets.append(0)
        return len(self._offsets)

    def _put(self, written: PdfObject) -> IndirectObject:
        number = self._new()
        self._write(number, written)
        return _reference(number)

    def _write(self, number: int, written: PdfObject) -> None:
        self._offsets[number - 1] = self._file.tell()
        self._say(f"{number} 0 obj\n".encode())
        written.write_to_stream(self._file, None)
        self._say(b"\nendobj\n")

    def _say(self, text: bytes) -> None:
        self._file.write(text)


def _opened(pdf: bytes) -> _Source:
    try:
        reader = PdfFileReader(BytesIO(pdf))
        is_locked, pages = reader.encrypted, tuple(_pages(_direct(reader.root["/Pages"]), {}, 0))
    except StructureError:
        raise
    except UPSETS as error:
        raise _told(error) from error
    if is_locked:
        raise StructureError("encrypted")
    return _Source(pages, {})


def _pages(node: DictionaryObject, inherited: dict[str, PdfObject], depth: int) -> Iterator[dict[str, PdfObject]]:
    """Yield the pages below a node, each with what it inherits."""
    if depth > _DEEPEST:
        raise StructureError("pages within pages")
    own = _raw(node)
    inherited = inherited | {key: own[key] for key in _INHERITED if key in own}
    kids = node.get("/Kids")
    if not isinstance(kids, ArrayObject):
        yield inherited | {key: value for key, value in own.items() if key not in _LEFT_BEHIND}
        return
    if len(kids) > MOST_PAGES:
        raise StructureError("too many pages")
    for kid in kids.iterate():
        yield from _pages(_direct(kid), inherited, depth + 1)


def _corner(page: dict[str, PdfObject]) -> str:
    """Return where an A4 page lies so that its upper right corner is that of the page as it is shown."""
    box = _there(page.get("/CropBox", page["/MediaBox"]))
    left, lower, right, upper = (float(box[place]) for place in range(4))
    left, right, lower, upper = min(left, right), max(left, right), min(lower, upper), max(lower, upper)
    turned = int(_there(page["/Rotate"])) % 360 if "/Rotate" in page else 0
    wide, high = (upper - lower, right - left) if turned in {90, 270} else (right - left, upper - lower)
    x, y = wide - _WIDTH, high - _HEIGHT
    by_turn = {
        0: (1, 0, 0, 1, left + x, lower + y),
        90: (0, 1, -1, 0, right - y, lower + x),
        180: (-1, 0, 0, -1, right - x, upper - y),
        270: (0, -1, 1, 0, left + y, upper - x),
    }
    return " ".join(f"{number:.3f}" for number in by_turn.get(turned, by_turn[0]))


# What pyHanko leaves untyped, each once.


def _there(found: Any) -> Any:
    """Return what an object is or refers to."""
    return found.get_object()


def _direct(found: PdfObject | None) -> DictionaryObject:
    held = None if found is None else _there(found)
    return held if isinstance(held, DictionaryObject) else _dictionary({})


def _raw(found: DictionaryObject) -> dict[str, PdfObject]:
    """Return the entries of a dictionary without following what they refer to."""
    return {str(key): found.raw_get(key) for key in found}


def _dictionary(entries: Mapping[str, PdfObject]) -> DictionaryObject:
    made: Any = DictionaryObject
    held: DictionaryObject = made({_name(key): value for key, value in entries.items()})
    return held


def _name(text: str) -> NameObject:
    return NameObject(text)


def _true() -> PdfObject:
    made: Any = BooleanObject
    held: PdfObject = made(True)
    return held


def _number(number: float) -> PdfObject:
    made: Any = FloatObject
    held: PdfObject = made(number)
    return held


def _reference(number: int) -> IndirectObject:
    made: Any = IndirectObject
    held: IndirectObject = made(number, 0, None)
    return held


def _told(error: BaseException) -> StructureError:
    return StructureError(f"{type(error).__name__}: {error}"[:200])
