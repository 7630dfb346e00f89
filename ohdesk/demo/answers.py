"""What the inspectors of the demonstration see and answer."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.forms.definition import Form


@dataclass(frozen=True, slots=True)
class Seen:
    """What one visit finds: facts by question for 不合格, and reasons by section letter for what is left out.

    photos: question → what the photo shows · announced: question → what the photo to follow will show
    """

    facts: dict[str, str]
    absent: dict[str, str] = field(default_factory=dict)
    unchecked: dict[str, str] = field(default_factory=dict)
    photos: dict[str, str] = field(default_factory=dict)
    announced: dict[str, str] = field(default_factory=dict)


_COUNTED = {
    "G03": {"should": "12", "worn": "11", "correct": "10"},
    "H05": {"asked": "5", "aware": "5"},
}

POLISHING = Seen(
    facts={
        "D01": "未能出示 2025 年度职业病危害项目申报回执；现场有打磨、喷漆两个接触危害的岗位。",
        "F03": "打磨岗位 3 台除尘罩中 1 台停用，罩口积尘明显，操作面未见负压吸附。",
        "G01": "打磨岗位 6 名劳动者中 2 名未佩戴防尘口罩，岗位旁的发放箱内口罩为普通纱布口罩。",
    },
    absent={"C": "近五年没有新建、改建、扩建和技术改造项目。", "M": "没有放射工作场所。"},
    unchecked={"A03": "负责保管的人员外出，资料柜上锁，当日未能查阅。", "B05": "当日危害严重岗位停产。"},
    photos={
        "F03": "打磨岗位停用的除尘罩",
        "G01": "打磨岗位未佩戴防尘口罩的作业现场",
        "H03": "喷漆间门口的警示标识",
    },
)
LEATHER = Seen(
    facts={
        "E02": "最近一次定期检测报告日期为 2023 年 6 月，2024、2025 年度未见检测报告。",
        "H03": "刷胶岗位未见中文警示说明，仅在车间入口有“禁止烟火”标识。",
    },
    absent={"C": "没有建设项目。", "M": "没有放射工作场所。"},
    unchecked={"I10": "健康监护档案存放在总部，本次未查阅。"},
    photos={"H03": "刷胶岗位现场"},
    announced={"E02": "2023 年检测报告封面（报告复印件随后送来）"},
)
BATTERY = Seen(
    facts={"I02": "抽查 5 名铅作业劳动者，2 名未能提供 2025 年度在岗期间职业健康检查报告。"},
    absent={"C": "没有建设项目。", "M": "没有放射工作场所。"},
    unchecked={"A07": "制度正在修订，现行版本未能当场提供。"},
    photos={"I02": "在岗期间职业健康检查结果汇总表"},
)
CLEAN = Seen(
    facts={},
    absent={"C": "没有建设项目。", "M": "没有放射工作场所。"},
    unchecked={"B05": "当日没有危害严重岗位作业。"},
    photos={"H02": "车间入口的公告栏"},
)


def answers(form: Form, seen: Seen) -> Iterator[tuple[str, Answer]]:
    """Yield an answer for every question of the form, in order."""
    for question in form.questions:
        yield question.id, _answer(question.id, seen)


def _answer(question: str, seen: Seen) -> Answer:
    if question in seen.facts:
        return Answer(AnswerValue.NOT_MET, fact=seen.facts[question])
    if question in seen.unchecked:
        return Answer(AnswerValue.NOT_INSPECTED, reason=seen.unchecked[question])
    if question[0] in seen.absent:
        return Answer(AnswerValue.NOT_APPLICABLE, reason=seen.absent[question[0]])
    return Answer(AnswerValue.MET, details=_COUNTED.get(question, {}))
