"""`ohdesk doctor`: versions, libraries, fonts and, with a workspace, its database and journal."""

import argparse

from ohdesk.cli.common import Commands, emit, open_context
from ohdesk.i18n import tr


def register(commands: Commands) -> None:
    """Add the command."""
    commands.command("doctor", tr("检查程序是否安装完整；给出 --workspace 时一并检查工作区"), run)


def run(args: argparse.Namespace) -> int:
    """Report every fact; 0 when all hold, 3 when the installation or the workspace is not sound."""
    from ohdesk.domain.facts import Verdict
    from ohdesk.services.office import doctor

    facts = doctor.installation_facts()
    if getattr(args, "workspace", None) is not None:
        with open_context(args) as ctx:
            facts += doctor.workspace_facts(ctx)
    versions, sound = doctor.versions(), all(fact.verdict is Verdict.HOLDS for fact in facts)
    data = {
        "sound": sound,
        "versions": versions,
        "facts": [
            {"key": fact.key, "sentence": fact.sentence, "verdict": fact.verdict.value, "detail": fact.detail}
            for fact in facts
        ],
    }
    words = {Verdict.HOLDS: tr("正常"), Verdict.FAILS: tr("有问题"), Verdict.UNCHECKED: tr("未核")}
    lines = [f"{name} {version}" for name, version in versions.items()]
    lines += [f"{words[fact.verdict]}  {fact.sentence}{fact.detail and '：'}{fact.detail}" for fact in facts]
    lines.append(tr("一切正常。") if sound else tr("有问题的项目请按说明处理，或重新安装程序、恢复备份。"))
    emit(args, data, "\n".join(lines))
    return 0 if sound else 3
