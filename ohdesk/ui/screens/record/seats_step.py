"""A step that ends with the inspectors' certificates: what is still missing, and whose password was refused."""

from ohdesk.services.context import Context
from ohdesk.services.record.signing import SignerError
from ohdesk.ui.kit.jobs import Jobs
from ohdesk.ui.kit.step_page import StepPage
from ohdesk.ui.screens.record.seats_box import SeatsBox


class SeatsStep(StepPage):
    """Holds the inspectors; a refusal that concerns one of them is said beside their password."""

    def __init__(self, ctx: Context, jobs: Jobs) -> None:
        super().__init__(ctx, jobs)
        self.seats = SeatsBox()
        self.seats.changed.connect(self.show_state)

    def refuse(self, error: Exception) -> None:
        if isinstance(error, SignerError):
            self.seats.show_error(error)
        else:
            super().refuse(error)
