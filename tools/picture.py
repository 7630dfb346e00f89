"""The picture of the architecture, drawn from what really imports what.

python tools/picture.py draw      write docs/architecture.svg
python tools/picture.py check     say when docs/architecture.svg shows other imports than there are

Bands are the layers of the import contract of the whole package in `pyproject.toml`.  The boxes in a layer are its
packages, in the order of that layer's own contract, or each below those that import it where there is none.  An arrow
that follows from others is left out: a → c where a → b → c.
"""

import ast
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from textwrap import wrap
from typing import NamedTuple

import grimp

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "ohdesk"
PICTURE = ROOT / "docs" / "architecture.svg"

# Pixels at the picture's own size.
WIDTH, EDGE, GAP = 1000, 24, 34  # of the picture; around it; between bands, where their arrows are seen
INSIDE, ROW_GAP, LANE = 14, 18, 46  # in a frame: around, between rows, and beside them for arrows that skip a row
NAME, WORDS = 20, 16  # heights of a line
LETTER = 6.6  # mean width of a letter of the words
STYLE = """
  text { font: 12px "DejaVu Sans", Verdana, sans-serif; fill: #4a5a68 }
  .name { font-size: 14px; font-weight: bold; fill: #17324d }
  .frame { fill: #eef3f7; stroke: #9db2c4 }
  .room { fill: #ffffff; stroke: #9db2c4 }
  .arrow { fill: none; stroke: #2f6690; stroke-width: 1.4; marker-end: url(#head) }
"""
HEAD = (
    '<marker id="head" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
    '<path d="M0 0 8 4 0 8z" fill="#2f6690"/></marker>'
)

Arrow = tuple[str, str]


class Box(NamedTuple):
    """A rectangle of the picture, in pixels, and what stands in it."""

    left: float
    top: float
    width: float
    height: float
    name: str
    words: tuple[str, ...]

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height


# --- what there is ---------------------------------------------------------------------------------------------------


def contracted() -> dict[str, list[list[str]]]:
    """Return what the contracts put in layers: per package, rows from the top down, siblings side by side."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    return {
        contract["containers"][0]: [[name.strip(" ()") for name in row.split("|")] for row in contract["layers"]]
        for contract in contracts
        if contract["type"] == "layers"
    }


def about(module: str) -> str:
    """Return the first line of what a module says of itself."""
    path = ROOT.joinpath(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    said = ast.get_docstring(ast.parse(file.read_text("utf-8"))) or ""
    return said.partition("\n")[0].replace("`", "")


def imports() -> set[Arrow]:
    """Return which layer or package ("services", "services.draw") imports which other one."""
    graph = grimp.build_graph(PACKAGE, cache_dir=None)
    packages = {module.rpartition(".")[0] for module in graph.modules}

    def place(module: str) -> str:
        layer, *rest = module.split(".")[1:3]
        return f"{layer}.{rest[0]}" if rest and f"{PACKAGE}.{layer}.{rest[0]}" in packages else layer

    inside = [module for module in graph.modules if module != PACKAGE]
    found = {
        (place(module), place(other))
        for module in inside
        for other in graph.find_modules_directly_imported_by(module)
        if other != PACKAGE
    }
    return {(above, below) for above, below in found if above != below}


def layer_of(place: str) -> str:
    """Return the layer of a layer or package."""
    return place.partition(".")[0]


# --- order -----------------------------------------------------------------------------------------------------------


def reachable(arrows: Iterable[Arrow], start: str) -> set[str]:
    """Return all that arrows lead to from `start`, in one step or many."""
    below: dict[str, set[str]] = {}
    for above, other in arrows:
        below.setdefault(above, set()).add(other)
    found: set[str] = set()
    ahead = [start]
    while ahead:
        new = below.get(ahead.pop(), set()) - found
        found |= new
        ahead += new
    return found


def needed(arrows: set[Arrow]) -> set[Arrow]:
    """Return the arrows without those that follow from the others."""
    return {arrow for arrow in arrows if arrow[1] not in reachable(arrows - {arrow}, arrow[0])}


def rows(places: Iterable[str], arrows: set[Arrow]) -> list[list[str]]:
    """Return the places in rows, each below every place that imports it. Raises ValueError when they form a circle."""
    left, ordered = set(places), []
    while left:
        row = sorted(left - {below for above, below in arrows if above in left})
        if not row:
            raise ValueError("packages that import each other in a circle: " + ", ".join(sorted(left)))
        ordered.append(row)
        left -= set(row)
    return ordered


# --- drawing ---------------------------------------------------------------------------------------------------------


def box(left: float, top: float, width: float, place: str) -> Box:
    """Return the box of a layer or package, as high as its words need."""
    words = tuple(wrap(about(f"{PACKAGE}.{place}"), int((width - 2 * INSIDE) / LETTER)))
    return Box(left, top, width, NAME + WORDS * len(words) + INSIDE, place.rpartition(".")[2], words)


def side_by_side(left: float, top: float, width: float, shares: Mapping[str, int]) -> dict[str, Box]:
    """Return boxes that share a width."""
    unit = (width - INSIDE * (len(shares) - 1)) / sum(shares.values())
    boxes = {}
    for place, share in shares.items():
        boxes[place] = box(left, top, unit * share, place)
        left += unit * share + INSIDE
    return boxes


def rooms_in(frame: Box, rows_inside: Sequence[Sequence[str]]) -> dict[str, Box]:
    """Return the boxes of a layer's packages, row by row below its own words."""
    boxes: dict[str, Box] = {}
    top = frame.bottom
    for row in rows_inside:
        placed = side_by_side(frame.left + LANE, top, frame.width - 2 * LANE, dict.fromkeys(row, 1))
        height = max(each.height for each in placed.values())
        boxes |= {place: each._replace(height=height) for place, each in placed.items()}
        top += height + ROW_GAP
    return boxes


def between(above: Box, below: Box, shift: float) -> str:
    """Return the line from one box down to another one: upright where they overlap."""
    left, right = max(above.left, below.left), min(above.right, below.right)
    start = end = (left + right) / 2 + shift
    if left >= right:
        start, end = (above.right - INSIDE, below.left + INSIDE)
        if above.left > below.left:
            start, end = (above.left + INSIDE, below.right - INSIDE)
    return f'<path class="arrow" d="M{start:.0f} {above.bottom:.0f} {end:.0f} {below.top - 2:.0f}"/>'


def around(above: Box, below: Box, edges: tuple[float, float]) -> str:
    """Return the line from one box past the rows between to another one, on the side where both are outermost."""
    start, end = above.top + above.height * 2 / 3, below.top + below.height / 3
    bend = min(LANE - 6, 14 + (end - start) / 14)
    outer = [side for side, edge in enumerate(edges) if abs((above.left, above.right)[side] - edge) < 1]
    if 1 in outer and abs(below.right - edges[1]) < 1:
        x, bent = edges[1], edges[1] + bend
    else:
        x, bent = edges[0], edges[0] - bend
    return (
        f'<path class="arrow" d="M{x:.0f} {start:.0f}C{bent:.0f} {start:.0f} {bent:.0f} {end:.0f} {x:.0f} {end:.0f}"/>'
    )


def drawn(each: Box, look: str) -> str:
    """Return a box with its name and words."""
    left, baseline = each.left + INSIDE, each.top + NAME
    size = f'x="{each.left:.0f}" y="{each.top:.0f}" width="{each.width:.0f}" height="{each.height:.0f}"'
    lines = [
        f'<rect class="{look}" {size} rx="5"/>',
        f'<text class="name" x="{left:.0f}" y="{baseline:.0f}">{escape(each.name)}</text>',
    ]
    lines += [
        f'<text x="{left:.0f}" y="{baseline + WORDS * number:.0f}">{escape(line)}</text>'
        for number, line in enumerate(each.words, 1)
    ]
    return "\n".join(lines)


def picture(arrows: set[Arrow], layers: Mapping[str, Sequence[Sequence[str]]]) -> str:
    """Return the SVG of these imports, in the layers that contracts give the package and its parts."""
    between_layers = {(layer_of(above), layer_of(below)) for above, below in arrows}
    between_layers = needed({arrow for arrow in between_layers if arrow[0] != arrow[1]})
    places = {place for arrow in arrows for place in arrow if "." in place}
    frames: dict[str, Box] = {}
    rooms: dict[str, Box] = {}
    inner: list[str] = []
    top = float(EDGE)
    for band in layers[PACKAGE]:
        packages = {layer: {place for place in places if layer_of(place) == layer} for layer in band}
        shares = {layer: 3 if packages[layer] else 1 for layer in band}
        placed = side_by_side(EDGE, top, WIDTH - 2 * EDGE, shares)
        for layer, frame in placed.items():
            own = needed({arrow for arrow in arrows if set(arrow) <= packages[layer]})
            ordered = rows(packages[layer], own)
            if given := layers.get(f"{PACKAGE}.{layer}"):
                ordered = [[f"{layer}.{name}" for name in row if f"{layer}.{name}" in packages[layer]] for row in given]
            inside = rooms_in(frame, [row for row in ordered if row])
            rooms |= inside
            inner += arrows_inside(own, inside)
            lowest = max((each.bottom + INSIDE for each in inside.values()), default=frame.bottom)
            placed[layer] = frame._replace(height=lowest - frame.top)
        height = max(frame.height for frame in placed.values())
        frames |= {layer: frame._replace(height=height) for layer, frame in placed.items()}
        top += height + GAP
    outer = [
        between(frames[above], frames[below], 16 * (number % 5 - 2))
        for number, (above, below) in enumerate(sorted(between_layers))
    ]
    body = [*outer, *(drawn(each, "frame") for each in frames.values()), *inner]
    body += [drawn(each, "room") for each in rooms.values()]
    height = top - GAP + EDGE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}">\n'
        f"<!-- drawn by tools/picture.py -->\n<style>{STYLE}</style>\n<defs>{HEAD}</defs>\n"
        f'<rect width="{WIDTH}" height="{height:.0f}" fill="#ffffff"/>\n' + "\n".join(body) + "\n</svg>\n"
    )


def arrows_inside(arrows: set[Arrow], boxes: Mapping[str, Box]) -> list[str]:
    """Return the lines between the packages of a layer: straight to the next row, around the side past others."""
    tops = sorted({each.top for each in boxes.values()})
    edges = (
        min((each.left for each in boxes.values()), default=0),
        max((each.right for each in boxes.values()), default=0),
    )
    lines = []
    for above, below in sorted(arrows):
        one, other = boxes[above], boxes[below]
        next_row = tops.index(other.top) == tops.index(one.top) + 1
        lines.append(between(one, other, 0) if next_row else around(one, other, edges))
    return lines


def check(now: str) -> int:
    """Say when the picture that is there is not the one of now; 1 then."""
    if PICTURE.is_file() and PICTURE.read_text("utf-8") == now:
        return 0
    print(f"{PICTURE.relative_to(ROOT)} shows other imports than there are; dev.py fmt draws it anew")
    return 1


def main() -> int:
    """Draw, or check."""
    now = picture(imports(), contracted())
    if sys.argv[1] == "check":
        return check(now)
    PICTURE.write_text(now, "utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
