"""The doctor finds what is broken and says nothing worse of what is sound."""

from sqlalchemy import text

from ohdesk.domain.facts import Verdict
from ohdesk.services import blobs
from ohdesk.services.office import doctor


def failing(facts):
    return {fact.key: fact.detail for fact in facts if fact.verdict is Verdict.FAILS}


def test_a_whole_installation_is_sound():
    assert failing(doctor.installation_facts(["json"])) == {}


def test_a_library_that_does_not_load_is_named():
    assert set(failing(doctor.installation_facts(["no_such_library"]))) == {"library.no_such_library"}


def test_versions_tell_program_python_and_libraries():
    assert {"ohdesk", "Python", "SQLAlchemy", "PySide6-Essentials"} <= set(doctor.versions())


def test_lost_fonts_and_data_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "resources", lambda: tmp_path)
    found = failing(doctor.installation_facts([]))
    assert {"font.NotoSansSC-Regular.ttf", "resources.checklists", "resources.calendar", "resources.locale"} <= set(
        found
    )


def test_a_damaged_checklist_is_named_with_its_file(tmp_path, monkeypatch):
    (tmp_path / "checklists" / "trial").mkdir(parents=True)
    (tmp_path / "checklists" / "broken.toml").write_text("= nothing", "utf-8")
    (tmp_path / "checklists" / "trial" / "form.toml").write_text('id = "trail"', "utf-8")
    monkeypatch.setattr(doctor, "resources", lambda: tmp_path)
    told = failing(doctor.installation_facts([]))["resources.checklists"]
    assert "broken.toml" in told
    assert "trial/form.toml" in told


def test_a_wrong_year_of_holidays_is_named_with_its_file(tmp_path, monkeypatch):
    (tmp_path / "calendar").mkdir()
    (tmp_path / "calendar" / "2026.toml").write_text("year = 2025", "utf-8")
    monkeypatch.setattr(doctor, "resources", lambda: tmp_path)
    assert "2026.toml" in failing(doctor.installation_facts([]))["resources.calendar"]


def test_a_new_workspace_is_sound(ctx):
    assert failing(doctor.workspace_facts(ctx)) == {}


def test_a_lost_evidence_file_is_named(ctx):
    with ctx.transaction() as session:
        session.execute(text("INSERT INTO blob (sha256, size, held) VALUES (:digest, 3, 1)"), {"digest": "ab" * 32})
    assert failing(doctor.workspace_facts(ctx)) == {"workspace.blobs": "ab" * 6 + "…"}


def test_evidence_that_rotted_is_named(ctx):
    digest = blobs.put(ctx, b"photo")
    with ctx.transaction() as session:
        blobs.note(session, digest, 5)
    assert failing(doctor.workspace_facts(ctx)) == {}
    (file,) = [path for path in (ctx.folder / "blobs").rglob("*") if path.is_file()]
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    assert failing(doctor.workspace_facts(ctx)) == {"workspace.blobs": f"{digest[:12]}…"}


def test_a_journal_that_lost_its_end_is_named(ctx):
    with ctx.transaction() as session:
        session.execute(text("INSERT INTO replica_head VALUES ('someone', 3, :hash, '000000001')"), {"hash": "1" * 64})
    assert failing(doctor.workspace_facts(ctx)) == {"workspace.journal": "someone: head 3"}
