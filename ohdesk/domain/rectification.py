"""How a finding stands on a day (期限内, 逾期, 已安排复查 …): always worked out from what is on file, never stored."""

from dataclasses import dataclass
from datetime import date

from ohdesk.domain.calendar import WorkCalendar, legal_day, parse_day, parse_instant
from ohdesk.domain.worded import Worded
from ohdesk.i18n import mark, tr


class Standing(Worded):
    """What is known of a finding.

    draft: the record is not final · in_time, due, overdue: the deadline runs, ends this week, has passed ·
    planned: a re-inspection is arranged · met, again: a later record answered the same question 合格, 不合格 ·
    corrected, referred, noted: what was done about it has no deadline
    bad: the PDF of the record it stands in was looked at and is not good, so it does not count
    """

    DRAFT = "draft", mark("未定稿")
    IN_TIME = "in_time", mark("期限内")
    DUE = "due", mark("本周到期")
    OVERDUE = "overdue", mark("逾期 {days} 天")
    PLANNED = "planned", mark("已安排复查")
    MET = "met", mark("复查合格")
    AGAIN = "again", mark("复查仍不合格")
    CORRECTED = "corrected", mark("当场改正")
    REFERRED = "referred", mark("待移送")
    NOTED = "noted", mark("不设期限")
    BAD = "bad", mark("核对不通过")

    def word_after(self, days: int) -> str:
        """Return the word as shown; `days` since the deadline."""
        return tr(self.said, days=days)


WAITING = frozenset({Standing.IN_TIME, Standing.DUE, Standing.OVERDUE})  # a re-inspection is still to be arranged
UNSETTLED = WAITING | {Standing.PLANNED}  # nobody has looked again yet
FINISHED = frozenset({Standing.MET, Standing.CORRECTED})
OF_DISPOSAL = {"on_spot": Standing.CORRECTED, "refer": Standing.REFERRED}  # without a deadline


@dataclass(frozen=True, slots=True)
class Later:
    """A later final record of the same establishment that answered the same question.

    at: instant of its visit, as text · met: 合格, else 不合格
    """

    visit: str
    number: str
    at: str
    met: bool

    @property
    def day(self) -> str:
        """The legal day of its visit."""
        return legal_day(parse_instant(self.at)).isoformat()


def days_late(due_on: str, today: date) -> int:
    """Return how many days ago the deadline was: 0 on its last day, negative before, 0 without one."""
    return (today - parse_day(due_on)).days if due_on else 0


def re_inspection_day(due_on: str, today: date, calendar: WorkCalendar) -> date:
    """Return the day proposed for a re-inspection: the first working day after the deadline, not in the past."""
    after = calendar.after_working_days(parse_day(due_on), 1) if due_on else today
    return calendar.working_day_from(max(after, today))
