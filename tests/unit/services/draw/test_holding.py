"""A draw over a real roll: frozen before the seed, drawn once, void with a reason, the same after a crash."""

import csv
import io
import json
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from msgspec import structs
from sqlalchemy import delete, select, text

from ohdesk.db import journal
from ohdesk.db.models import Draw, DrawSheet, Establishment, FrozenFile, FrozenPiece, OperationRow
from ohdesk.db.queries.draws import files_of
from ohdesk.domain.draw.proof import recomputation_problem
from ohdesk.domain.establishment import uscc_check_character
from ohdesk.domain.operations import EstablishmentWritten, PersonWritten
from ohdesk.errors import MachineError, ProblemsError, UserError
from ohdesk.services.context import Context
from ohdesk.services.draw.held import frozen_file
from ohdesk.services.draw.holding import SeedMinutes, compute, freeze, set_seed, void
from ohdesk.services.draw.papers import commitment_pdf
from ohdesk.services.draw.plan import Absence, DrawPlan, Exclusion, Recusal, StratumPlan
from ohdesk.services.draw.views import draw_detail, find_draw, frozen_view, list_draws
from ohdesk.services.office.workspace import NewWorkspace, create_workspace, open_workspace
from tests.conftest import signing

SEED = "2023733112"
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
MINUTES = SeedMinutes(source="十面骰 10 枚", thrown_by="司马、欧阳", witnesses=("上官", "诸葛"))
PLAN = DrawPlan(
    plan="2026-HY-001",
    title="职业卫生双随机抽查",
    seed_source="现场掷十面骰",
    strata=(
        StratumPlan(code="甲", where={"risk_class": ("甲",)}, num=50, den=100, least=1),
        StratumPlan(code="乙", where={"risk_class": ("乙", "丙")}, num=1, den=3),
    ),
    team=2,
    cap=9,
    slack=1,
)


def code(number: int) -> str:
    first = f"91000000MA{number:07d}"
    return first + uscc_check_character(first)


def add_firm(ctx: Context, number: int, **fields: str) -> str:
    firm = ctx.new_id()
    values = {"name": f"琥珀{number}厂", "uscc": code(number), "risk_class": "甲", "status": "在业"} | fields
    with ctx.transaction() as session:
        journal.record(session, EstablishmentWritten(record=firm, fields=values), ctx.stamp())
    return firm


def add_person(ctx: Context, name: str, number: str, **fields: str) -> str:
    person = ctx.new_id()
    values = {"name": name, "role": "inspector", "certificate_no": number, "certificate_until": "2027-12-31"}
    with ctx.transaction() as session:
        operation = PersonWritten(record=person, fields=values | {"leads": True, "unit": ""} | fields)
        journal.record(session, operation, ctx.stamp())
    return person


@pytest.fixture
def town(ctx: Context) -> Context:
    for number in range(6):
        add_firm(ctx, number)
    for number in range(6, 12):
        add_firm(ctx, number, risk_class="乙")
    for name, number in (("闻人甲", "粤Z-001"), ("闻人乙", "Z-002"), ("闻人丙", "Z-003")):
        add_person(ctx, name, number)
    return signing(ctx)


def kept_sheet(ctx: Context, draw_id: str) -> dict[str, object]:
    with ctx.reading() as session:
        return json.loads(b"".join(frozen_file(session, draw_id, FrozenFile.SHEET)))


def kept_pool(ctx: Context, draw_id: str) -> dict[str, tuple[str, str, str]]:
    with ctx.reading() as session:
        pool = b"".join(frozen_file(session, draw_id, FrozenFile.POOL)).decode()
        rows = csv.reader(io.StringIO(pool))
    return {row[0]: tuple(row[1:]) for row in rows}


def drawn(ctx: Context, plan: DrawPlan = PLAN) -> str:
    frozen = freeze(ctx, plan)
    set_seed(ctx, frozen, SEED, SEED, MINUTES)
    compute(ctx, frozen)
    return frozen


def test_a_draw_runs_from_the_roll_to_teams_with_names(town):
    draw_id = drawn(town)
    detail = draw_detail(town, draw_id)
    assert [detail.row.state, detail.row.number, detail.minutes["witnesses"]] == ["computed", 1, "上官、诸葛"]
    assert sorted(firm.stratum for firm in detail.firms) == ["乙", "乙", "甲", "甲", "甲"]
    for firm in detail.firms:
        assert firm.establishment
        assert firm.name.startswith("琥珀")
        assert firm.id == firm.uscc
        assert all(seat.person and seat.name.startswith("闻人") for seat in firm.seats)
    assert {seat.number for firm in detail.firms for seat in firm.seats} == {"Z-001", "Z-002", "Z-003"}


def test_the_firms_of_a_result_with_another_pool_are_found_by_their_codes(town):
    draw_id = drawn(town)
    expected = draw_detail(town, draw_id).firms
    with town.transaction() as session:
        session.get_one(Draw, draw_id).pool_sha256 = "0" * 64  # as if it were of another list than was frozen here
        session.execute(delete(FrozenPiece))
    assert draw_detail(town, draw_id).firms == expected


def test_after_the_result_sheet_and_pool_stand_in_the_journal_alone(town):
    frozen = freeze(town, PLAN)
    with town.reading() as session:
        pool = b"".join(frozen_file(session, frozen, FrozenFile.POOL))
        candidates = session.get_one(DrawSheet, frozen).candidates
    set_seed(town, frozen, SEED, SEED, MINUTES)
    compute(town, frozen)
    with town.reading() as session:
        draw = session.get_one(Draw, frozen)
        kept = set(session.scalars(select(FrozenPiece.file)))
        assert (kept, draw.candidates, draw.drawn) == ({FrozenFile.FIRMS}, candidates, 5)
        assert files_of(session, draw).pool == pool
    assert [row.candidates for row in list_draws(town)] == [candidates]
    assert frozen_view(town, frozen).firms == candidates
    assert commitment_pdf(town, frozen).startswith(b"%PDF")


def test_only_the_commit_travels_before_the_result(town):
    frozen = freeze(town, PLAN)
    sheet = kept_sheet(town, frozen)
    with town.reading() as session:
        bodies = b"".join(session.scalars(select(OperationRow.body).where(OperationRow.record == frozen)))
        draw = session.get_one(Draw, frozen)
        assert (files_of(session, draw), draw.seed) == (None, "")
    view = frozen_view(town, frozen)
    assert view.row.commit.encode() in bodies
    assert sheet["nonce"].encode() not in bodies
    assert view.row.fingerprint.replace(" ", "") == view.row.commit


def test_the_pool_names_every_firm_left_out_and_why(town):
    closed = add_firm(town, 20, status="注销")
    add_firm(town, 21, inspected_on="2026-01-05")
    add_firm(town, 22, inspected_on="2025-12-31")
    add_firm(town, 23, risk_class="")
    special = add_firm(town, 24)
    add_firm(town, 25, local_id="L-25")
    add_firm(town, 25, local_id="L-25")
    add_firm(town, 26, tags="重点、不予公示", local_id="l-26")
    add_firm(town, 27, uscc="")
    add_firm(town, 28, uscc="91000000MA00000280")
    frozen = freeze(
        town, structs.replace(PLAN, exclusions=(Exclusion(establishment=special, code="special", note="内情"),))
    )
    pool = kept_pool(town, frozen)
    reasons = {name: row[2] for name, row in pool.items() if name != "id" and row[2]}
    assert reasons == {
        code(20): "已停业、注销、搬迁或失联",
        code(21): "本年度已检查",
        code(23): "不在本次抽查范围",
        code(24): "已列入专项或个案检查",
        "L-25": "与名录中另一家信用代码相同",
    }
    assert pool[code(22)] == ("琥珀22厂", "甲", "")
    assert pool["L-26"] == ("", "甲", "")
    assert pool["91000000MA00000280"][0] == "琥珀28厂"
    assert [row[0] for name, row in pool.items() if len(name) == 36] == ["琥珀27厂"]
    assert frozen_view(town, frozen).excluded == 5
    sheet = kept_sheet(town, frozen)
    assert dict(sheet["exclusions"])[code(20)] == "closed"
    assert closed not in json.dumps(sheet)
    assert "内情" not in json.dumps(sheet, ensure_ascii=False)


def test_the_hash_of_the_pool_stands_in_the_sheet(town):
    frozen = freeze(town, PLAN)
    with town.reading() as session:
        pool = b"".join(frozen_file(session, frozen, FrozenFile.POOL))
    assert kept_sheet(town, frozen)["pool_sha256"] == sha256(pool).hexdigest()
    with town.reading() as session:
        side_file = session.get_one(DrawSheet, frozen).side_file
    assert kept_sheet(town, frozen)["side_sha256"] == sha256(side_file.encode()).hexdigest()


def test_a_closed_firm_keeps_the_open_one_with_the_same_code_in_the_pool(ctx):
    for name, number in (("甲", "1"), ("乙", "2")):
        add_person(ctx, name, number)
    add_firm(ctx, 1, status="注销", local_id="OLD-1")
    add_firm(ctx, 1, name="琥珀新厂")
    pool = kept_pool(ctx, freeze(signing(ctx), PLAN))
    assert pool[code(1)] == ("琥珀新厂", "甲", "")
    assert pool["OLD-1"][2]


def test_inspectors_without_a_valid_certificate_or_on_leave_are_left_out_with_the_reason(town):
    add_person(town, "过期", "Z-900", certificate_until="2026-03-01")
    add_person(town, "今日", "Z-901", certificate_until="2026-03-02")
    add_person(town, "无证", "")
    add_person(town, "协管", "Z-902", role="assistant")
    away = add_person(town, "请假", "Z-903")
    frozen = freeze(town, structs.replace(PLAN, absences=(Absence(person=away, code="leave"),)))
    sheet = kept_sheet(town, frozen)
    assert [each["id"] for each in sheet["inspectors"]] == ["Z-001", "Z-002", "Z-003", "Z-901"]
    assert sheet["absences"] == [["", "certificate"], ["Z-900", "certificate"], ["Z-903", "leave"]]


def test_a_recusal_bars_the_pair_and_its_reason_stays_in_the_side_file(town):
    firm = add_firm(town, 30, risk_class="丁")
    only = structs.replace(PLAN, strata=(StratumPlan(code="丁", where={"risk_class": ("丁",)}, least=1),))
    person = add_person(town, "妹夫", "Z-777")
    bar = Recusal(person=person, establishment=firm, code="kin", note="姻亲")
    draw_id = freeze(town, structs.replace(only, recusals=(bar,)))
    sheet = kept_sheet(town, draw_id)
    set_seed(town, draw_id, SEED, SEED, MINUTES)
    compute(town, draw_id)
    assert sheet["recusals"] == [["Z-777", code(30)]]
    assert "kin" not in json.dumps(sheet)
    assert "Z-777" not in {seat.number for seat in draw_detail(town, draw_id).firms[0].seats}
    with town.reading() as session:
        assert "姻亲" in session.get_one(DrawSheet, draw_id).side_file


def test_a_fixed_total_is_shared_out_over_the_strata(town):
    frozen = freeze(town, structs.replace(PLAN, total=5))
    assert frozen_view(town, frozen).quotas == {"乙": (3, 6), "甲": (2, 6)}
    assert [(each["num"], each["den"]) for each in kept_sheet(town, frozen)["strata"]] == [(0, 1), (0, 1)]


def test_everything_wrong_with_a_plan_is_said_at_once(town):
    strata = (StratumPlan(code="甲", num=-1), StratumPlan(code="甲", where={"colour": ("红",)}))
    plan = structs.replace(
        PLAN, plan="", seed_source=" ", team=1, strata=strata, absences=(Absence(person="x", code="why"),)
    )
    with pytest.raises(ProblemsError) as caught:
        freeze(town, plan)
    assert len(caught.value.problems) == 7
    stranger = Recusal(person="nobody", establishment="nowhere", code="kin")
    with pytest.raises(ProblemsError) as caught:
        freeze(town, structs.replace(PLAN, recusals=(stranger,)))
    assert [problem.found for problem in caught.value.problems] == ["nowhere", "nobody"]


def test_too_few_inspectors_or_an_empty_pool_are_refused_and_nothing_is_kept(ctx):
    add_person(ctx, "独一", "Z-1", leads=False)
    with pytest.raises(ProblemsError) as caught:
        freeze(signing(ctx), PLAN)
    assert len(caught.value.problems) == 3
    assert list_draws(ctx) == []


def test_the_seed_is_typed_twice_and_kept_as_ascii_digits(town):
    frozen = freeze(town, PLAN)
    for first, second, minutes, wrong in (
        (SEED, SEED + "1", MINUTES, ["second"]),
        ("12a4567890", "12a4567890", MINUTES, ["first"]),
        ("٢" * 10, "٢" * 10, MINUTES, ["first"]),
        (SEED, "", replace(MINUTES, source=" ", witnesses=("上官",)), ["second", "source", "witnesses"]),
    ):
        with pytest.raises(ProblemsError) as caught:
            set_seed(town, frozen, first, second, minutes)
        assert [problem.field for problem in caught.value.problems] == wrong
    set_seed(town, frozen, " ２０２３ 733112", "2023733112 ", MINUTES)
    assert draw_detail(town, frozen).row.seed == SEED


def test_what_is_no_digit_in_a_seed_is_named_with_its_place(town):
    with pytest.raises(ProblemsError) as caught:
        set_seed(town, freeze(town, PLAN), "12345O7890", "12345O7890", MINUTES)
    assert "第 6 位是“O”" in caught.value.problems[0].remedy


def test_the_seed_comes_only_once_and_only_after_the_freeze(town):
    frozen = freeze(town, PLAN)
    with pytest.raises(UserError, match="先冻结"):
        compute(town, frozen)
    set_seed(town, frozen, SEED, SEED, MINUTES)
    with pytest.raises(UserError, match="还没有种子"):
        set_seed(town, frozen, "9" * 10, "9" * 10, MINUTES)
    compute(town, frozen)
    with pytest.raises(UserError, match="还没有种子"):
        set_seed(town, frozen, "9" * 10, "9" * 10, MINUTES)


def test_computing_again_changes_nothing_and_gives_the_same(town):
    draw_id = drawn(town)
    before = draw_detail(town, draw_id)
    compute(town, draw_id)
    assert draw_detail(town, draw_id) == before


def test_a_crash_between_seed_and_result_changes_nothing(town, monkeypatch):
    frozen = freeze(town, PLAN)
    set_seed(town, frozen, SEED, SEED, MINUTES)
    real: Callable[..., str] = journal.record_many

    def interrupted(*arguments: object) -> str:
        real(*arguments)
        raise MachineError("停电")

    monkeypatch.setattr(journal, "record_many", interrupted)
    with pytest.raises(MachineError):
        compute(town, frozen)
    monkeypatch.undo()
    assert draw_detail(town, frozen).row.state == "seeded"
    compute(town, frozen)
    assert draw_detail(town, frozen).row.state == "computed"


def test_a_plan_with_an_unfinished_draw_is_not_frozen_again(town):
    frozen = freeze(town, PLAN)
    with pytest.raises(UserError, match="还没有结果"):
        freeze(town, PLAN)
    void(town, frozen, "名录有误")
    again = freeze(town, PLAN)
    assert frozen_view(town, again).row.commit != frozen_view(town, frozen).row.commit
    assert [(row.number, row.state) for row in list_draws(town)] == [(2, "committed"), (1, "void")]
    assert find_draw(town, PLAN.plan) == again
    assert find_draw(town, PLAN.plan, 1) == frozen


def test_a_void_draw_has_a_reason_and_takes_no_seed(town):
    frozen = freeze(town, PLAN)
    with pytest.raises(UserError, match="原因"):
        void(town, frozen, " ")
    void(town, frozen, "名录有误")
    with pytest.raises(UserError, match="还没有种子"):
        set_seed(town, frozen, SEED, SEED, MINUTES)
    with pytest.raises(UserError, match="已经作废"):
        void(town, frozen, "再来")


def test_a_commit_without_a_result_for_a_fortnight_counts_as_void(town):
    frozen = freeze(town, PLAN)
    last = replace(town, now=lambda: town.now() + timedelta(days=14, hours=11))
    assert not list_draws(last)[0].overdue
    later = replace(town, now=lambda: town.now() + timedelta(days=14, hours=12))  # midnight in Beijing
    assert list_draws(later)[0].overdue
    with pytest.raises(UserError, match="到 2026-03-16 没有结果"):
        set_seed(later, frozen, SEED, SEED, MINUTES)


def test_the_county_recomputes_and_finds_every_change(town):
    draw_id = drawn(town)
    with town.reading() as session:
        draw = session.get_one(Draw, draw_id)
        files = files_of(session, draw)
        held = (draw.commit, files.sheet, draw.seed, files.pool, files.result)
    assert recomputation_problem(*held) == ""
    changed = {
        0: ("0" * 64, "公布的指纹"),
        1: (held[1].replace(b'"cap":9', b'"cap":8'), "公布的指纹"),
        2: ("1" * 10, "结果"),
        3: (held[3].replace("琥珀1厂".encode(), "琥珀9厂".encode()), "抽取池"),
        4: (held[4].replace(b"Z-001", b"Z-002"), "结果"),
    }
    for place, (value, message) in changed.items():
        told = recomputation_problem(*held[:place], value, *held[place + 1 :])
        assert message in told
        assert told.count("不成立") == {1: 2}.get(place, 1)


def test_texts_that_a_sheet_cannot_hold_are_tidied_before_the_freeze(town):
    frozen = freeze(town, structs.replace(PLAN, plan=" 2026\t〔3〕号", title="e\u0301"))
    assert kept_sheet(town, frozen)["plan"] == "2026 〔3〕号"
    assert kept_sheet(town, frozen)["title"] == "é"


def test_the_same_roll_and_random_bits_give_the_same_sheet_on_any_machine(tmp_path):
    commits = set()
    for place in ("one", "two"):
        new = NewWorkspace("town", "000000001", "石桥镇", "李旸", "ohdesk-test")
        create_workspace(tmp_path / place, new, practice=True)
        with open_workspace(tmp_path / place, "李旸", "ohdesk-test", lambda: NOON) as ctx:
            firms = [add_firm(ctx, number // 2, uscc="", local_id=f"L-{number}") for number in range(8)]
            people = [add_person(ctx, name, number) for name, number in (("甲", "Z-1"), ("乙", "Z-2"), ("丙", "Z-3"))]
            bar = Recusal(person=people[0], establishment=firms[0], code="kin")
            out = Exclusion(establishment=firms[1], code="special")
            plan = structs.replace(PLAN, recusals=(bar,), exclusions=(out,))
            commits.add(frozen_view(ctx, freeze(replace(signing(ctx), entropy=bytes), plan)).row.commit)
    assert len(commits) == 1


def test_of_a_long_roll_a_draw_holds_a_few_hundred_bytes_of_each_firm(town):
    drawn(town)
    firms = 10_000
    with town.transaction() as session:
        columns = [column.name for column in Establishment.__table__.columns]
        ids = {"id": "substr(id, 1, 24) || printf('%012d', i)", "uscc": "printf('91440000%010d', i)"}
        new = ids | {"town": f"'{town.office.division}'"}
        numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {firms})"  # noqa: S608
        values = ", ".join(new.get(each, each) for each in columns)
        one = f"SELECT {values} FROM (SELECT * FROM establishment LIMIT 1), n"  # noqa: S608 - of our own names
        session.execute(text(f"{numbers} INSERT INTO establishment ({', '.join(columns)}) {one}"))
    tracemalloc.start()
    plan = structs.replace(PLAN, plan="2026-HY-002", total=5)
    long = drawn(town, plan)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert draw_detail(town, long).row.candidates > firms
    assert peak < 700 * firms
