"""What proves something in a visit: photos, files put to it, recordings that lie elsewhere, and who may see them."""

from dataclasses import dataclass

from ohdesk.domain.worded import Worded
from ohdesk.i18n import mark


class EvidenceKind(Worded):
    """A kind of evidence."""

    PHOTO = "photo", mark("照片")
    PAPER = "paper", mark("文件")
    SHEET = "sheet", mark("表格")
    SOUND = "sound", mark("录音")
    RECORDING = "recording", mark("执法记录仪")


class Sensitive(Worded):
    """Why a piece of evidence is not for everybody."""

    NO = "no", mark("—")
    TRADE_SECRET = "trade_secret", mark("涉商业秘密")
    PRIVACY = "privacy", mark("涉个人隐私")


KIND_OF = {
    **dict.fromkeys((".pdf", ".ofd", ".doc", ".docx", ".wps", ".txt"), EvidenceKind.PAPER),
    **dict.fromkeys((".xls", ".xlsx", ".et", ".csv"), EvidenceKind.SHEET),
    **dict.fromkeys((".m4a", ".mp3", ".wav", ".aac", ".amr", ".ogg"), EvidenceKind.SOUND),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A line of the schedule.

    id: of its row · sha256: of the bytes as they came; copy_sha256: of the copy in papers, of a photo alone
    pages, seconds: 0 where there are none, or nobody knows · at: instant it was shot or recorded, "" unknown
    kept: where the bytes lie
    """

    id: str
    number: int
    kind: EvidenceKind
    name: str
    about: str
    sha256: str
    copy_sha256: str
    size: int
    pages: int
    seconds: int
    at: str
    maker: str
    device: str
    kept: str
    sensitive: Sensitive
    added_at: str

    @property
    def extent(self) -> str:
        """How long it is: pages, or hours, minutes and seconds."""
        if self.seconds:
            return f"{self.seconds // 3600}:{self.seconds // 60 % 60:02}:{self.seconds % 60:02}"
        return str(self.pages or "")
