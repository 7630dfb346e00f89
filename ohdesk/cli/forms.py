"""`ohdesk forms`: the checklists there are, whether one is sound, what they cover, and their workbooks for a lawyer."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ohdesk.cli.common import Answer, Commands, named
from ohdesk.domain.problems import in_list
from ohdesk.i18n import tr

if TYPE_CHECKING:
    from ohdesk.services.visit.form_editing import Checked


def register(commands: Commands) -> None:
    """Add the commands."""
    group = commands.group("forms", tr("检查表"))
    group.command("list", tr("列出检查表：版本、适用单位、检查项数、待核条款的项数"), list_all)
    checking = group.command("check", tr("检查一份检查表是否符合格式"), check)
    checking.add_argument("file", type=Path, metavar="FILE", help=tr("检查表的文件夹、其中的文件，或者交回的 xlsx"))
    group.command("coverage", tr("国卫监督发〔2020〕17号所列各项由哪些检查项覆盖"), cover)
    exporting = group.command("export", tr("把一份检查表写成工作簿，交懂法律的人修改"), export)
    exporting.add_argument("form", metavar="ID", help=tr("检查表编号"))
    exporting.add_argument("--out", type=Path, required=True, metavar="FILE", help=tr("写到哪个 xlsx 文件"))
    importing = group.command("import", tr("把改好的工作簿读成新的一版"), take)
    importing.add_argument("file", type=Path, metavar="FILE", help=tr("交回的 xlsx 文件"))
    importing.add_argument("--out", type=Path, required=True, metavar="DIR", help=tr("写到哪个文件夹"))


def list_all(_args: argparse.Namespace) -> Answer:
    """List the forms that can be used, and name those that cannot."""
    from ohdesk.forms.loader import form_files

    files = form_files()
    data = [
        {
            "id": form.id,
            "edition": form.version,
            "title": form.title,
            "kinds": form.kinds,
            "mode": form.mode,
            "items": len(form.questions),
            "unconfirmed": sum(question.unconfirmed for question in form.questions),
            "sha256": form.sha256,
        }
        for form in files.forms
    ]
    lines = [
        tr(
            "{id}\t{edition}\t{title}\t{kinds}\t{items} 项，其中待核 {unconfirmed} 项",
            **{**row, "kinds": "、".join(form.kinds)},
        )
        for row, form in zip(data, files.forms, strict=True)
    ]
    lines += [f"{form_id}\t{error.message}" for form_id, error in files.faults.items()]
    return Answer(data, "\n".join(lines))


def check(args: argparse.Namespace) -> Answer:
    """Say what is wrong with a form; exit status 1 where anything is."""
    from ohdesk.services.visit.form_editing import check_form

    found = check_form(args.file)
    data = [_told(each) for each in found]
    lines = []
    for each in found:
        lines.append(
            tr("{file}：有 {count} 处不符合格式，不能使用。", file=each.file, count=len(each.faults))
            if each.faults
            else tr("{file}：可以使用，{items} 项。", file=each.file, items=each.items)
        )
        lines += [tr("· {problem}", problem=in_list(fault)) for fault in each.faults]
    status = 1 if any(each.faults for each in found) else 0
    return Answer(data[0] if len(data) == 1 else {"forms": data}, "\n".join(lines), status)


def _told(checked: "Checked") -> dict[str, object]:
    faults = []
    for fault in checked.faults:
        # As the loader names a place: the file, and what stands in it.
        file, _, key = fault.place.partition(" ")
        faults.append({"file": file, "key": key, "expected": fault.expected, "found": fault.found})
    return {
        "file": str(checked.file),
        "good": not faults,
        **named(checked, "form", "edition", "items", "unconfirmed"),
        "faults": faults,
    }


def cover(_args: argparse.Namespace) -> Answer:
    """Say which items look at each subject of supervision."""
    from ohdesk.forms.coverage import coverage

    found = coverage()
    lines = [f"{number}. {each.subject}\t{'、'.join(each.items)}" for number, each in enumerate(found, 1)]
    return Answer(found, "\n".join(lines))


def export(args: argparse.Namespace) -> Answer:
    """Write a form into a workbook."""
    from ohdesk.services.visit.form_editing import export_form

    form = export_form(args.form, args.out)
    said = tr("《{title}》{version} 版已写到 {file}。", title=form.title, version=form.version, file=args.out)
    return Answer({"file": str(args.out), "form": form.id, "edition": form.version, "items": len(form.questions)}, said)


def take(args: argparse.Namespace) -> Answer:
    """Read a workbook into a new edition."""
    from ohdesk.services.visit.form_editing import import_form

    found = import_form(args.file, args.out)
    if not found.edits:
        return Answer(found._asdict(), tr("工作簿与现有的一版相同，没有写出新的一版。"))
    lines = [
        tr("{form} {edition} 版，改动 {count} 处：", form=found.form, edition=found.edition, count=len(found.edits))
    ]
    lines += [f"· {each.question} {each.key}：{each.before or '—'} → {each.after or '—'}" for each in found.edits]
    return Answer({**found._asdict(), "files": [str(file) for file in found.files]}, "\n".join(lines))
