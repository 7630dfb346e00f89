"""What signed PDFs embed is read back from them alone; of a file that proves nothing, only its name is told."""

from ohdesk.domain.canonical import fingerprint
from ohdesk.domain.facts import Verdict
from ohdesk.services.record import file_verdicts, finalizing, views
from ohdesk.services.record.read_back import read_back
from tests.unit.services.record import record_world
from tests.unit.services.record.record_world import party, pen, second


def test_the_papers_of_one_act_are_one_record_and_what_is_missing_or_changed_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(file_verdicts, "SECONDS", 60.0)  # this machine may be busy
    world = record_world.filled(tmp_path / "town")
    folder = tmp_path / "signed" / "below"
    folder.mkdir(parents=True)
    with world.opened() as ctx:
        final = finalizing.finalize(ctx, world.visit, party(), (pen(),), second())
        record, sheet, *_photos = (views.export(paper, folder) for paper in views.open_record(ctx, world.visit).papers)
        (read,) = read_back(ctx, folder.parent).records
        assert read.record == final.record
        assert (read.record_sha256, read.missing) == (fingerprint(final.record), ())
        assert read.verdict is Verdict.HOLDS
        sheet.write_bytes(sheet.read_bytes() + b"\n")
        (folder / "note.PDF").write_bytes(b"hello")
        found = read_back(ctx, folder)
    assert [(each.missing, each.papers[0].path) for each in found.records] == [(("checklist",), record)]
    assert sorted(each.path.name for each in found.others) == sorted((sheet.name, "note.PDF"))
