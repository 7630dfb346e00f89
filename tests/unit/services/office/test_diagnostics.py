"""The diagnostic file tells what the program is and how it is, and nothing of employers and people."""

import json
import logging
import zipfile

import pytest

from ohdesk.errors import UserError
from ohdesk.services.office import diagnostics
from tests.visiting import started_visit

SECRETS = ("青溪竹器厂", "工业路", "周沄", "吴翙", "李旸", "石桥镇", "T0001", "000000001", "陈砚", "公布的事项目录")


def written(ctx, tmp_path):
    target = tmp_path / "诊断.zip"
    diagnostics.write(ctx, target, {"screen 1": "1366 x 768 at 1"})
    with zipfile.ZipFile(target) as file:
        assert file.namelist() == [diagnostics.NAME]
        return file.read(diagnostics.NAME).decode("utf-8")


def test_versions_counts_and_soundness_are_told(ctx, tmp_path):
    started_visit(ctx)
    told = json.loads(written(ctx, tmp_path))
    assert {"ohdesk", "Python", "SQLAlchemy"} <= set(told["versions"])
    assert (told["rows"]["visit"], told["rows"]["person"], told["rows"]["establishment"]) == (1, 2, 1)
    assert told["workspace"]["workspace.journal"] == "holds"
    assert told["surroundings"] == {"screen 1": "1366 x 768 at 1"}


def test_no_employer_person_code_or_folder_is_in_it(ctx, tmp_path):
    started_visit(ctx)
    diagnostics.keep()
    logger = logging.getLogger("ohdesk.test")
    try:
        int(f"青溪竹器厂 {ctx.folder}")
    except ValueError:
        logger.exception("李旸 opened %s", ctx.folder)
    logger.warning("青溪竹器厂 91000000MA1002768X")
    text = written(ctx, tmp_path)
    for secret in (*SECRETS, str(ctx.folder), str(tmp_path), "MA1002768X", ctx.office.replica):
        assert secret not in text
    assert "ValueError" in text
    assert "ohdesk.test" in text


def test_the_trail_keeps_the_last_lines_only():
    diagnostics.keep()
    for _ in range(diagnostics.KEPT + 20):
        logging.getLogger("ohdesk.test").warning("again")
    assert len(diagnostics.lines()) == diagnostics.KEPT


def test_a_place_that_cannot_be_written_is_said(ctx, tmp_path):
    with pytest.raises(UserError, match="没有这个文件夹"):
        diagnostics.write(ctx, tmp_path / "no such folder" / "x.zip")
    (tmp_path / "x.zip").mkdir()
    with pytest.raises(UserError, match="这个路径不能用"):
        diagnostics.write(ctx, tmp_path / "x.zip")
