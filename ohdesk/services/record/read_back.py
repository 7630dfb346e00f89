"""Records read back from their signed PDFs alone, without a bundle: what they embed, and whether it holds."""

from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from ohdesk.domain.canonical import fingerprint
from ohdesk.domain.facts import Verdict
from ohdesk.domain.progress import Progress, unwatched
from ohdesk.domain.record import InspectionRecord
from ohdesk.errors import UserError
from ohdesk.files import reading_told
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.record.file_verdicts import FileVerdict, FileVerdicts

_WORST = (Verdict.FAILS, Verdict.UNCHECKED, Verdict.HOLDS)


@dataclass(frozen=True, slots=True)
class RecordRead:
    """A record that one or more of the PDFs embed. missing: the keys of its papers that are in none of them."""

    record: InspectionRecord
    record_sha256: str
    papers: tuple[FileVerdict, ...]
    missing: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst that was found of its papers."""
        return next(each for each in _WORST if any(paper.verdict is each for paper in self.papers))


class ReadBack(NamedTuple):
    """The records that PDFs embed, by number, and the files from which none could be read."""

    records: tuple[RecordRead, ...]
    others: tuple[FileVerdict, ...]


def read_back(ctx: Context, folder: Path, report: Progress = unwatched) -> ReadBack:
    """Return what the PDFs in a folder and below it embed; nothing is taken into the workspace.

    What a PDF says counts only where its signatures were followed to a root; of all others the file is named.
    """
    with reading_told(folder):
        files = sorted(path for path in folder.rglob("*") if path.suffix.lower() == ".pdf")
    if not files:
        raise UserError(tr("文件夹里没有 PDF 文件：{folder}", folder=folder), tr("请选择存放签名文书的文件夹。"))
    found = []
    with closing(FileVerdicts(ctx)) as looks:
        for number, path in enumerate(files):
            report(number, len(files))
            found.append(looks.of(path))
    report(len(files), len(files))
    return _gathered(found)


def _gathered(found: Iterable[FileVerdict]) -> ReadBack:
    by_record: dict[str, tuple[InspectionRecord, list[FileVerdict], set[str]]] = {}
    others = []
    for each in found:
        content = _content(each)
        record = None if content is None else _record(content["record"])
        if content is None or record is None:
            others.append(each)
            continue
        held = by_record.setdefault(fingerprint(record), (record, [], set()))
        held[1].append(each)
        held[2].add(str(content.get("paper")))
    records = [
        RecordRead(record, digest, tuple(papers), tuple(key for key in record.papers if key not in keys))
        for digest, (record, papers, keys) in by_record.items()
    ]
    records.sort(key=lambda each: (each.record.office.division, each.record.number, each.record_sha256))
    return ReadBack(tuple(records), tuple(others))


def _content(found: FileVerdict) -> Mapping[str, Any] | None:
    return None if found.found is None else found.found.content


def _record(said: object) -> InspectionRecord | None:
    """Return a record; None for a page of later photos, or what another edition of the program wrote."""
    try:
        return msgspec.convert(said, InspectionRecord)
    except msgspec.ValidationError:
        return None
