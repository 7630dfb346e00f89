"""部门联合: other departments stand beside our two inspectors, on a sheet that all of them sign."""

import re

import pytest

from ohdesk.domain.visit import PartnerOfficer, Task
from ohdesk.errors import ProblemsError, UserError
from ohdesk.services.record import composing, joint_sheet
from ohdesk.services.roll import entries
from ohdesk.services.visit import conduct, partners, planning, views
from tests.printed import pages_of
from tests.rectifying import fill, finalize, on, team
from tests.visiting import ARRIVAL, add_firm

LABOUR, UNION = "青原县人力资源和社会保障局", "青原县总工会"
OFFICERS = (
    PartnerOfficer(LABOUR, "何苒", "R0001"),
    PartnerOfficer(LABOUR, "苏映", "R0002"),
    PartnerOfficer(UNION, "郑沂", "G-01"),
    PartnerOfficer(UNION, "陈砚", "G-02"),
)


def planned(ctx, *officers, name="青溪竹器厂"):
    task = Task("case", "complaint", "2026-03-02", "来电反映粉尘", number="联〔2026〕3号")
    new = planning.NewVisit(establishment=add_firm(ctx, name), inspectors=team(ctx), task=task, partners=officers)
    return planning.plan(ctx, new)


def started(ctx, *officers):
    now = on(ctx, "2026-03-02")
    visit = planned(now, *officers)
    conduct.approve_on_paper(now, visit, "苏映", "2026-03-01", "2026-0001")
    conduct.start(now, visit, conduct.StartData(mode="own", accompanied_by="陈砚", arrival=ARRIVAL))
    return visit


def test_the_sheet_holds_the_result_of_every_department_and_a_place_for_each_to_sign(ctx):
    visit = started(ctx, *OFFICERS)
    with pytest.raises(UserError, match="没有“税务局”"):
        partners.set_result(ctx, visit, "税务局", "未发现问题")
    partners.set_result(ctx, visit, UNION, "未发现问题")
    fill(ctx, visit, breaches=("F03",))
    assert "笔录未定稿" in "".join(pages_of(joint_sheet.joint_sheet_pdf(ctx, visit)))
    finalize(ctx, visit)
    partners.set_result(ctx, visit, LABOUR, "欠缴工伤保险，责令补缴")  # theirs comes when ours is signed long since
    found = joint_sheet.joint_results(ctx, visit)
    assert [each.department for each in found][1:] == [LABOUR, UNION]
    assert (found[0].own, [each.certificate_no for each in found[0].officers]) == (True, ["T0001", "T0002"])
    assert "问题 1 个" in found[0].result
    text = "".join(pages_of(joint_sheet.joint_sheet_pdf(ctx, visit)))
    said = (
        "联合检查结果汇总表",
        "青溪竹器厂",
        "2026-03-02",
        "联〔2026〕3号",
        LABOUR,
        UNION,
        "欠缴工伤保险，责令补缴",
        "未发现问题",
    )
    said += ("何苒（执法证号R0001）", "周沄（执法证号T0001）", found[0].result.replace(" ", ""))
    assert [word for word in said if word not in text] == []
    assert text.count("年月日") == 6
    for inside in ("投诉", "粉尘"):
        assert inside not in text


def test_partners_stand_on_no_record_and_are_no_inspectors_of_ours(ctx):
    visit = started(ctx, *OFFICERS)
    assert "何苒" not in str(composing.visit_facts(ctx, visit).record)
    other = planning.NewVisit(
        establishment=add_firm(ctx, "沧浪木业"), inspectors=team(ctx)[:1], task=Task("daily", "plan"), partners=OFFICERS
    )
    short = planning.plan(ctx, other)
    with pytest.raises(ProblemsError, match="不能开始"):
        conduct.start(ctx, short, conduct.StartData(mode="own", accompanied_by="陈砚", arrival=ARRIVAL))


@pytest.mark.parametrize(
    ("officers", "key"),
    [
        (OFFICERS[:1], "partners"),
        ((PartnerOfficer("", "何苒", "R0001"),), "partners.0.department"),
        ((PartnerOfficer("石桥镇", "何苒", "R0001"), OFFICERS[1]), "partners.0.department"),
        ((OFFICERS[0], PartnerOfficer(LABOUR, "苏映", " ｔ０００１ ")), "partners.1.certificate_no"),
        ((OFFICERS[0], PartnerOfficer(LABOUR, "苏映", "r0001")), "partners.1.certificate_no"),
        ((OFFICERS[0], PartnerOfficer(LABOUR, "", "R0002")), "partners.1.name"),
    ],
)
def test_what_is_wrong_with_a_partner_is_told_at_its_cell(ctx, officers, key):
    with pytest.raises(ProblemsError) as refused:
        planned(ctx, *officers)
    assert key in {each.field for each in refused.value.problems}
    assert views.list_visits(ctx) == []


def test_without_other_departments_and_of_an_employer_with_secrets_there_is_no_sheet(ctx, tmp_path):
    with pytest.raises(UserError, match="没有登记联合"):
        joint_sheet.joint_sheet_pdf(ctx, planned(ctx, name="沧浪木业"))
    visit = started(ctx, *OFFICERS[:2])
    entries.correct(ctx, views.visit_view(ctx, visit).establishment, {"state_secrets": "是"}, "定密")
    with pytest.raises(UserError, match="涉密"):
        joint_sheet.write_joint_sheet(ctx, visit, tmp_path / "sheet.pdf")
    assert not list(tmp_path.glob("*.pdf"))


def test_many_officers_with_long_names_go_on_to_the_next_page(ctx):
    department = "青原县人力资源和社会保障综合行政执法大队" * 3
    officers = [PartnerOfficer(department, f"何苒{number}", f"R{number:04}") for number in range(24)]
    texts = pages_of(joint_sheet.joint_sheet_pdf(ctx, started(ctx, *officers)))
    assert len(texts) > 1
    assert len(re.findall(r"执法证号R", "".join(texts))) == 48
