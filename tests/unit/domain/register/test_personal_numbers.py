"""No book takes a personal identity number by hand, in no field of text."""

import pytest

from ohdesk.domain.register.definition import Field, Kind
from ohdesk.domain.register.values import problem_of


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.NOTE])
@pytest.mark.parametrize(
    "text", ["11010519491231002X", "王某 11010519491231002x 来电", "１１０１０５１９４９１２３１００２Ｘ"]
)
def test_a_personal_number_is_refused_and_shown_masked(kind: Kind, text: str) -> None:
    problem = problem_of(Field("said", "内容", kind), text)
    assert problem is not None
    assert problem.field == "said"
    assert "11**************2X" in problem.found
    assert "0519491231002" not in str(problem)


def test_other_numbers_stay() -> None:
    assert problem_of(Field("said", "内容", Kind.NOTE), "电话 13800000000，注册号 441900600123456") is None
