"""A step of a draw: it can be shown to the public."""

from ohdesk.ui.kit.step_page import StepPage


class DrawStep(StepPage):
    """A step that knows what of it the public may see."""

    def project(self, *, on: bool) -> None:
        """Show only what the public may see, in large type, or everything again."""
