"""`ohdesk doctor`: versions, libraries, fonts and, with a workspace, its database and journal."""

import argparse
from dataclasses import asdict

from ohdesk.cli.common import Answer, Commands, open_if_named
from ohdesk.domain.facts import Verdict
from ohdesk.i18n import tr
from ohdesk.services.office import doctor

UNSOUND = 3  # as for every fault of the machine


def register(commands: Commands) -> None:
    """Add the command."""
    commands.command("doctor", tr("检查程序是否安装完整；给出 --workspace 时一并检查工作区"), run)


def run(args: argparse.Namespace) -> Answer:
    """Report every fact; 0 when all hold, 3 when the installation or the workspace is not sound."""
    facts = doctor.installation_facts()
    with open_if_named(args) as ctx:
        if ctx is not None:
            facts += doctor.workspace_facts(ctx)
    versions, sound = doctor.versions(), all(fact.verdict is Verdict.HOLDS for fact in facts)
    shown = [asdict(fact) | {"verdict": fact.verdict.value} for fact in facts]
    words = {Verdict.HOLDS: tr("正常"), Verdict.FAILS: tr("有问题"), Verdict.UNCHECKED: tr("未核")}
    lines = [f"{name} {version}" for name, version in versions.items()]
    lines += [f"{words[fact.verdict]}  {fact.sentence}{fact.detail and '：'}{fact.detail}" for fact in facts]
    lines.append(tr("一切正常。") if sound else tr("有问题的项目请按说明处理，或重新安装程序、恢复备份。"))
    data = {"sound": sound, "versions": versions, "facts": shown}
    return Answer(data, "\n".join(lines), 0 if sound else UNSOUND)
