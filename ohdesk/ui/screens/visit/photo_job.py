"""Storing photos on the worker, one after the other, so that it can be watched and stopped."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ohdesk.domain.progress import Progress
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.visit import photos
from ohdesk.services.visit.photos import Caption
from ohdesk.ui.kit.jobs import ReportingJob


def photo_kinds() -> str:
    """Return the kinds of files that may be chosen."""
    return tr("照片 (*.jpg *.jpeg *.png *.webp *.bmp *.tif)")


def photo_job(ctx: Context, visit: str, question: str, paths: Sequence[Path]) -> ReportingJob:
    """Return the job that stores photos for a question, or for the visit as a whole when that is empty."""
    caption = Caption(taken_by=ctx.actor.name, place=tr("检查现场"))

    def store(report: Progress) -> Any:
        return photos.attach_photos(ctx, visit, question, paths, caption, report)

    return ReportingJob(store)
