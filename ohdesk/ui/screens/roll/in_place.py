"""A form in the place of an employer's detail."""

from collections.abc import Callable, Mapping
from functools import cached_property, partial

from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.roll import proposals
from ohdesk.services.roll.entries import EstablishmentRow
from ohdesk.ui.kit.form import Form
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.list_with_pane import ListWithPane
from ohdesk.ui.kit.page import Page


class InPlace(Page):
    """Asks about one employer, `establishment`; it is never shown itself."""

    def __init__(self, ctx: Context, jobs: Jobs, listed: ListWithPane[EstablishmentRow]) -> None:
        super().__init__(ctx, jobs)
        self.setParent(listed)
        self.hide()
        self.listed, self.establishment = listed, ""

    @cached_property
    def form(self) -> Form:
        """The form, made when it is first wanted."""
        form = self.make_form()
        form.submitted.connect(self.submit)
        form.closed.connect(self.listed.back)
        return form

    def make_form(self) -> Form:
        """Return the form."""
        raise NotImplementedError

    def submit(self) -> None:
        """Do what was asked for."""

    def ask(self, establishment: str, typed: Mapping[str, str] | None = None) -> None:
        """Ask about an employer; typed: what was typed before a lock."""

    def draft(self) -> dict[str, str] | None:
        """Return what was typed and is not saved."""
        return self.form.draft() if "form" in vars(self) else None

    def save(self, act: Callable[[], Change], said: str) -> None:
        """Have an act done on the worker; said: of what changed something."""
        self.form.save(self, act, partial(self._say, said))

    def _say(self, said: str, change: Change) -> None:
        self.changed.emit(change)
        if Change.PROPOSALS in change:
            said = proposals.proposed_text()
        self.done.emit(said if change else tr("与原值相同，没有改动。"))
