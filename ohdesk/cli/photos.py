"""`ohdesk visit photo …`: photos of a visit: one or a folder, put in order, their originals taken out."""

import argparse
from dataclasses import astuple
from pathlib import Path

import msgspec

from ohdesk.cli.common import Answer, Commands, named, on_a_visit
from ohdesk.cli.usage import whole
from ohdesk.domain.calendar import beijing, parse_instant
from ohdesk.domain.masking import read_masks
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.visit import lookup, masking, originals, photo_intake, photo_order, photos
from ohdesk.services.visit.extraction import Extraction
from ohdesk.services.visit.photo_order import Particulars, VisitPhoto


def photo_commands(group: Commands) -> None:
    """Add the commands to those of a visit."""
    photo = on_a_visit(group.unlocked("photo", tr("附照片、先登记编号，或补入已登记的照片"), add_photo))
    photo.add_argument("--file", type=Path, metavar="FILE", help=tr("照片文件；不给时只登记编号"))
    photo.add_argument("--number", type=whole, metavar="N", help=tr("补入已登记的照片编号"))
    photo.add_argument("--question", default="", metavar="ID", help=tr("检查项编号"))
    photo.add_argument("--caption", default="", help=tr("照片说明"))
    photo.add_argument("--place", default="", help=tr("拍摄地点"))

    several = on_a_visit(group.unlocked("photos", tr("收入一个文件夹的照片；不带 --folder 时列出"), take_folder))
    several.add_argument("--folder", type=Path, metavar="DIR", help=tr("直接放着照片的文件夹"))
    several.add_argument("--clock", metavar="FILE", help=tr("拍下电脑时钟的那张照片的文件名"))
    several.add_argument("--shows", default="", metavar="TIME", help=tr("那张照片上电脑显示的时间，如 09:15:07"))
    several.add_argument("--accept", action="store_true", help=tr("还没有归入检查项的，都按时间最近的归入"))

    several.add_argument("--cleared", action="store_true", help=tr("已逐张看过：没有遮盖的照片上没有人脸和姓名"))

    arrange = on_a_visit(group.unlocked("arrange", tr("签名前整理照片：说明、归入、次序、遮盖、移除"), arrange_photo))
    arrange.add_argument("number", type=whole, nargs="?", metavar="N", help=tr("照片编号"))
    arrange.add_argument("--question", metavar="ID", help=tr("归入的检查项；空的表示整次检查"))
    arrange.add_argument("--caption", help=tr("照片说明"))
    arrange.add_argument("--place", help=tr("拍摄地点"))
    arrange.add_argument("--to", type=whole, metavar="M", help=tr("排到第几张"))
    arrange.add_argument("--mask", action="append", metavar="X,Y,W,H", help=tr("遮盖副本上的这一块（像素），可重复"))
    arrange.add_argument("--unmask", action="store_true", help=tr("取消全部遮盖"))
    arrange.add_argument("--cleared", action="store_true", help=tr("已看过：这张照片上没有人脸和姓名"))
    arrange.add_argument("--remove", action="store_true", help=tr("移除这张照片"))
    arrange.add_argument("--restore", action="store_true", help=tr("恢复最后移除的一张"))

    out = on_a_visit(group.unlocked("originals", tr("把照片的原件和清单加密写出，随案卷或移送"), write_originals))
    out.add_argument("--out", type=Path, required=True, metavar="DIR", help=tr("空的或新的文件夹"))
    out.add_argument("--purpose", required=True, choices=("case_file", "hand_over"), help=tr("用途：案卷，或移送"))
    out.add_argument("--to", required=True, metavar="NAME", help=tr("接收机关"))
    out.add_argument("--reason", required=True, metavar="TEXT", help=tr("理由，如案号、移送函文号"))


def add_photo(ctx: Context, args: argparse.Namespace) -> Answer:
    """Attach, announce or bring in a photo."""
    caption = photos.Caption(text=args.caption, place=args.place)
    visit = lookup.find(ctx, args.visit)
    if args.file is None:
        photo = photos.announce_photo(ctx, visit, args.question, caption)
    elif args.number is None:
        photo = photos.attach_photo(ctx, visit, args.question, args.file, caption)
    else:
        photo = photos.bring_in_photo(ctx, visit, args.number, args.file)
    data = named(photo, "number", "question", "sha256")
    if photo.announced:
        return Answer(data, tr("照片 {number} 已登记编号，文件以后补入。", number=photo.number))
    return Answer(data, tr("照片 {number} 已保存。", number=photo.number))


def take_folder(ctx: Context, args: argparse.Namespace) -> Answer:
    """Take in the photos of a folder; without one list those that are there."""
    visit = lookup.find(ctx, args.visit)
    if bool(args.clock) != bool(args.shows):
        raise UserError(tr("--clock 和 --shows 要一起写。"), tr("写明哪一张拍了电脑的时钟、上面显示的时间。"))
    intake = None
    if args.folder is not None:
        intake = photo_intake.take_in(ctx, visit, photo_intake.files_in(args.folder))
    if args.clock:
        photo_order.correct_clock(ctx, visit, _number_of(ctx, visit, args.clock), args.shows)
    if args.accept:
        photo_order.settle_all(ctx, visit)
    if args.cleared:
        masking.clear(ctx, visit)
    held = photo_order.view(ctx, visit).photos
    if intake is None:
        return Answer([_listed(each) for each in held], "\n".join(map(_line, held)) or tr("没有照片。"))
    items = {each.line.number: _item(each) for each in held}
    taken = [{"file": each.file, "sha256": each.sha256, "item": items[each.number]} for each in intake.taken]
    lines = [tr("已收入 {taken} 张，{refused} 个文件不能用。", taken=len(taken), refused=len(intake.refused))]
    lines += [f"· {each.sentence}" for each in intake.refused]
    return Answer(
        {"taken": taken, "refused": [named(each, "file", "reason") for each in intake.refused]}, "\n".join(lines)
    )


def arrange_photo(ctx: Context, args: argparse.Namespace) -> Answer:
    """Put a photo in order, take it away, or bring back the one that was taken away last."""
    visit = lookup.find(ctx, args.visit)
    if args.restore:
        photo_order.restore(ctx, visit)
    elif args.number is None:
        raise UserError(tr("没有写明是哪一张照片。"), tr("请写照片编号，或用 --restore 恢复最后移除的一张。"))
    elif args.remove:
        photo_order.remove(ctx, visit, args.number)
    else:
        photo_order.describe(ctx, visit, args.number, Particulars(args.question, args.caption, args.place))
        _cover(ctx, visit, args)
        if args.to is not None:
            photo_order.move(ctx, visit, args.number, args.to)
    held = photo_order.view(ctx, visit).photos
    return Answer([_listed(each) for each in held], "\n".join(map(_line, held)) or tr("没有照片。"))


def _cover(ctx: Context, visit: str, args: argparse.Namespace) -> None:
    if args.mask and args.unmask:
        raise UserError(tr("--mask 和 --unmask 不能一起写。"), tr("--mask 写出全部要遮盖的地方，代替以前的。"))
    if args.mask or args.unmask:
        masking.mask(ctx, visit, args.number, read_masks(args.mask or ()))
    if args.cleared:
        masking.clear(ctx, visit, (args.number,))


def write_originals(ctx: Context, args: argparse.Namespace) -> Answer:
    """Write the originals of a visit's photos and their list into an encrypted file."""
    said = Extraction(args.purpose, args.to, args.reason)
    written = originals.write_originals(ctx, lookup.find(ctx, args.visit), args.out, said)
    lines = [
        tr("已写出 {count} 张照片的原件和清单，已加密：{file}", count=len(written.manifest.files), file=written.file),
        tr("开启密码（只显示这一次，请另行告知接收机关）：{password}", password=written.password),
    ]
    lines += [tr("照片 {number} 的原件已丢失或损坏，没有写出。", number=each) for each in written.lost]
    data = {**msgspec.to_builtins(written.manifest), "file": str(written.file), "password": written.password}
    return Answer({**data, "lost": list(written.lost)}, "\n".join(lines), int(bool(written.lost)))


def _number_of(ctx: Context, visit: str, file: str) -> int:
    found = [each.line.number for each in photo_order.view(ctx, visit).photos if each.file == file]
    if not found:
        raise UserError(tr("这次检查没有名为“{file}”的照片。", file=file[:80]), tr("请写文件夹里的文件名。"))
    return found[0]


def _item(photo: VisitPhoto) -> str:
    """Return the question a photo belongs to, or else the one that is offered for it."""
    return photo.line.question or next(iter(photo.offers), "")


def _listed(photo: VisitPhoto) -> dict[str, object]:
    line = named(
        photo.line, "number", "sha256", "original_sha256", "question", "caption", "place", "taken_at", "taken_by"
    )
    held = {"file": photo.file, "moment": photo.moment, "offered": list(photo.offers), "cleared": photo.cleared}
    return {**line, **held, "masks": [astuple(each) for each in photo.masks]}


def _line(photo: VisitPhoto) -> str:
    at = f"{beijing(parse_instant(photo.line.taken_at)):%Y-%m-%d %H:%M:%S}" if photo.line.taken_at else ""
    offered = (
        tr("（建议 {item}）", item=_item(photo)) if photo.offers and not photo.line.question else photo.line.question
    )
    parts = (at, photo.moment.word, offered, photo.line.place, photo.line.caption)
    return "\t".join((str(photo.line.number), *parts))
