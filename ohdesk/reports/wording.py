"""The wording of statutory documents: dated sets in `resources/documents`, selectable per county."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.paths import resources

DEFAULT = "moj-2025"


@dataclass(frozen=True, slots=True)
class Mode:
    """How a document looks in one mode: its title, its sections in order, and words of its own by their places."""

    title: str
    sections: tuple[str, ...]
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wording:
    """One set of wording.

    texts:       every sentence and label by its place in the file, "labels.body"
    modes:       "own", "entrusted", "patrol", "off-site"
    unconfirmed: places in the file that have not been checked against the original
    """

    id: str
    name: str
    source: str
    valid_from: date
    unconfirmed: tuple[str, ...]
    modes: Mapping[str, Mode]
    texts: Mapping[str, str]

    def of(self, mode: str) -> "Wording":
        """Return the set as a mode words it."""
        return replace(self, texts={**self.texts, **self.modes[mode].texts})

    def __getitem__(self, place: str) -> str:
        return self.texts[place]


def wording_ids() -> tuple[str, ...]:
    """Return the ids of all sets there are, sorted."""
    return tuple(sorted(file.stem for file in (resources() / "documents").glob("*.toml")))


@cache
def load_wording(wording_id: str) -> Wording:
    """Return one set. Raises UserError when there is no set of that id."""
    if wording_id not in wording_ids():
        raise UserError(
            tr("没有名为 {name} 的文书格式。", name=wording_id),
            tr("可用的文书格式：{names}。", names="、".join(wording_ids())),
        )
    raw = tomllib.loads((resources() / "documents" / f"{wording_id}.toml").read_text("utf-8"))
    modes = {
        key: Mode(value["title"], tuple(value["sections"]), dict(_flat(value.get("texts", {}), "")))
        for key, value in raw.pop("modes").items()
    }
    unconfirmed = tuple(raw.pop("unconfirmed"))
    valid_from = raw.pop("valid_from")
    texts = dict(_flat(raw, ""))
    return Wording(wording_id, texts["name"], texts["source"], valid_from, unconfirmed, modes, texts)


def _flat(raw: Mapping[str, Any], before: str) -> Iterator[tuple[str, str]]:
    for key, value in raw.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield before + key, value
