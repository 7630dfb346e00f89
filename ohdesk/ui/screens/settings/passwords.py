"""A new password, asked for twice."""

from ohdesk.domain.register.definition import Field, Kind
from ohdesk.errors import Problem
from ohdesk.i18n import mark, tr
from ohdesk.ui.kit.form import Form

NEW_PASSWORD = (
    Field("new", mark("新密码"), Kind.PASSWORD, required=True),
    Field("again", mark("再输入一次"), Kind.PASSWORD, required=True),
)


def refuse_unlike(form: Form) -> bool:
    """Say at its field that the password was typed differently the second time; True when it was."""
    if form.value("new") == form.value("again"):
        return False
    form.refuse(Problem(tr("再输入一次"), "", "", tr("两次输入的密码不一样，请重新输入。"), field="again"))
    return True
