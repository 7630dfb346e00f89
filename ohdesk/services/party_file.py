"""How the inspected party ended the record, read from a JSON file."""

from pathlib import Path

import msgspec

from ohdesk.domain.record import PartyStatement
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.strokes import Strokes

LARGEST = 4_000_000  # bytes
PAD = (12_000, 5_000)  # 1/100 mm, where a file names no pad

Points = tuple[tuple[tuple[int, int, int], ...], ...]


class _Signature(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    strokes: Points
    role: str = "party"
    width: int = PAD[0]
    height: int = PAD[1]


class PartyFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The file as written: `way` is signed, objected, refused or absent; situation: paragraphs on what was seen."""

    way: str
    name: str = ""
    position: str = ""
    statement: str = ""
    reason: str = ""
    witness: str = ""
    video: str = ""
    strokes: tuple[_Signature, ...] = ()
    situation: tuple[str, ...] = ()

    @property
    def party(self) -> PartyStatement:
        """The statement, to be checked by whoever composes the record."""
        return PartyStatement(
            way=self.way,
            name=self.name,
            position=self.position,
            statement=self.statement,
            reason=self.reason,
            witness=self.witness,
            video=self.video,
        )

    @property
    def signatures(self) -> tuple[Strokes, ...]:
        """The handwritten signatures."""
        return tuple(Strokes(one.role, one.name, one.width, one.height, one.strokes) for one in self.strokes)


def read_party(path: Path) -> PartyFile:
    """Return the file's content. Raises UserError when it cannot be read or says something else."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise UserError(tr("读不到文件：{file}").format(file=path), tr("请检查路径和权限。")) from error
    if len(data) > LARGEST:
        raise UserError(tr("当事人意见文件超过 {limit} MB。").format(limit=LARGEST // 1_000_000), tr("请核对文件。"))
    try:
        return msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=PartyFile)
    except (msgspec.DecodeError, RecursionError) as error:
        raise UserError(
            tr("当事人意见文件的内容不对：{reason}").format(reason=error),
            tr("应为 JSON，最少有 way（signed、objected、refused、absent）；各项见 docs/commands.md。"),
        ) from error
