"""Setting down whether the employer selected is in business, from its detail: since when, by which proof and file."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from ohdesk.domain.calendar import legal_day
from ohdesk.domain.establishment import FIELD_BY_KEY
from ohdesk.domain.register.definition import Field, Kind
from ohdesk.i18n import mark, tr
from ohdesk.services.register import attachments
from ohdesk.services.register.attachments import Attachment
from ohdesk.services.roll import entries, life_cycle
from ohdesk.ui.kit.actions import action, relabel
from ohdesk.ui.kit.files import choose_file, choose_target
from ohdesk.ui.kit.form import Form
from ohdesk.ui.screens.roll.in_place import InPlace

_STATE, _ON, _PROOF, _REASON, _FILE = "status", "status_on", "status_proof", "reason", "file"


class Stating(InPlace):
    """What the last visit suggests stands there to be looked at; a file may stand behind the words of the proof."""

    file: Path | None = None

    def make_form(self) -> Form:
        headings = {key: FIELD_BY_KEY[key].heading for key in (_STATE, _ON, _PROOF)}
        states = tuple((state, tr(state)) for state in life_cycle.STATES)
        proofs, reasons = mark("例如：登记机关注销通知、门牌照片、村委会说明。"), mark("例如：现场核实。")
        asked = (
            Field(_STATE, headings[_STATE], Kind.CHOICE, required=True, choices=states),
            Field(_ON, headings[_ON], Kind.DAY, required=True),
            Field(_PROOF, headings[_PROOF], required=True, help=proofs, most=200),
            Field(_REASON, mark("理由"), required=True, help=reasons, most=200),
        )
        form = Form(asked, self._today())
        self.choose = action("attach", "", self._choose)
        form.extra.addWidget(self.choose)
        return form

    def ask(self, establishment: str, typed: Mapping[str, str] | None = None) -> None:
        self.establishment, form = establishment, self.form
        fields, offered = entries.detail(self.ctx, establishment).fields, life_cycle.offered(self.ctx, establishment)
        held = {_STATE: fields[_STATE], _ON: self._today()}
        if offered is not None:
            held = {_STATE: offered.state, _ON: offered.on, _PROOF: offered.proof}
        file = (typed or {}).get(_FILE)
        self.take_file(Path(file) if file else None)
        self.listed.ask(form)
        form.ask(tr("“{name}”的状态", name=fields["name"]), tr("登记(&W)"), typed or held, held=held)

    def submit(self) -> None:
        state, on, proof, reason = (self.form.value(key) for key in (_STATE, _ON, _PROOF, _REASON))
        act = partial(life_cycle.close, self.ctx, self.establishment, state, on, proof, reason, self.file)
        self.save(act, tr("已登记。"))

    def draft(self) -> dict[str, str] | None:
        typed = super().draft()
        return typed if typed is None or self.file is None else typed | {_FILE: str(self.file)}

    def take_file(self, file: Path | None) -> None:
        """Go on with a file behind the proof; None for none."""
        self.file = file
        # One "&" alone would make a key of the letter behind it.
        name = "" if file is None else file.name.replace("&", "&&")
        relabel(self.choose, tr("依据：{name}(&L)", name=name) if name else tr("附照片或 PDF…(&L)"))

    def save_file(self, establishment: str) -> None:
        """Write the file behind the state of an employer where somebody wants it."""
        self.latest.ask(partial(life_cycle.proof_file, self.ctx, establishment), self._choose_target)

    def _choose(self) -> None:
        kinds = tr("照片和 PDF (*.jpg *.jpeg *.png *.webp *.bmp *.tif *.tiff *.pdf)")
        if file := choose_file(self, tr("状态的依据"), kinds):
            self.take_file(file)

    def _choose_target(self, file: Attachment) -> None:
        name = attachments.file_name(file)
        if path := choose_target(self, tr("另存附件"), name, tr("所有文件 (*)"), self.ctx.folder):
            written = partial(attachments.write_out, self.ctx, file, path)
            self.work(written, lambda _: self.saved.emit(tr("已另存：{path}", path=path), path), tr("另存附件"))

    def _today(self) -> str:
        return legal_day(self.ctx.now()).isoformat()
