"""Who has a hazard: posts, results and employers that name it as a whole."""

from ohdesk.forms.hazards import hazards
from ohdesk.services.register import entries as register
from ohdesk.services.roll import entries
from ohdesk.services.roll.hazards import having

TEST = {"kind": "regular", "report_no": "检〔2026〕8号", "sampled_from": "2026-01-02", "reported_on": "2026-02-10"}


def of(ctx, name, most=10):
    (hazard,) = hazards().find(name)
    return having(ctx, hazard, most)


def post(ctx, employer, hazards, exposed):
    texts = {"title": "喷漆", "hazards": hazards, "exposed": str(exposed), "workers": "90"}
    return register.add(ctx, "posts", texts, employer)


def result(ctx, employer, at, hazard, value, day):
    test = register.add(ctx, "tests", TEST | {"lab": employer}, employer)
    texts = {"hazard": hazard, "kind": "PC-TWA", "value": value, "unit": "mg/m3", "sampled_on": day}
    return register.add(ctx, "results", texts | {"test": test, "post": at}, employer)


def test_posts_come_by_the_number_exposed_and_results_by_their_day(ctx):
    plant = entries.add(ctx, {"name": "石桥化工厂"})
    few, many = post(ctx, plant, "甲苯 苯", 3), post(ctx, plant, "甲苯", 30)
    post(ctx, plant, "苯", 9)
    older = result(ctx, plant, few, "甲苯", "51", "2026-01-02")
    newer = result(ctx, plant, many, "甲苯", "50", "2026-02-02")
    result(ctx, plant, few, "苯", "1", "2026-02-02")
    found = of(ctx, "甲苯")
    assert [row.id for row in found.posts] == [many, few]
    assert [row.id for row in found.results] == [newer, older]
    assert (found.posts_in_all, found.results_in_all, found.over) == (2, 2, 1)
    assert [row.id for row in of(ctx, "甲苯", most=1).posts] == [many]
    assert of(ctx, "甲苯", most=1).posts_in_all == 2


def test_an_employer_has_what_its_entry_names_by_any_name_and_as_a_whole(ctx):
    both = entries.add(ctx, {"name": "石桥化工厂", "hazards": "苯、甲苯"})
    other = entries.add(ctx, {"name": "安平家具厂", "hazards": "甲苯"})
    dust = entries.add(ctx, {"name": "三河陶瓷厂", "hazards": "噪声、矽粉尘"})
    assert [each.id for each in of(ctx, "苯").employers] == [both]
    assert {each.id for each in of(ctx, "甲苯").employers} == {both, other}
    assert [each.id for each in of(ctx, "矽尘").employers] == [dust]
    assert of(ctx, "甲苯", most=1).employers_in_all == 2
