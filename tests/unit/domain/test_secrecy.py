"""A mark of a state secret is known wherever it stands; ordinary words about secrets refuse nothing."""

import pytest

from ohdesk.domain.secrecy import SecretError, refuse_row, secret_mark, starred_mark


@pytest.mark.parametrize(
    "text",
    [
        "秘密",
        "机 密",
        "绝密",
        "秘密★1年",
        "机密★ 长期",
        "绝密★",
        "机密 10年",
        "机密10年",
        "【机密】",
        "（秘密）石桥镇用人单位名单",
        "石桥镇用人单位名单（秘密★3年）",
        "石桥镇用人单位名单 机密",
        "密级：秘密",
        "密级:机密★5年",
        "机密级",
        "机密文件",
        "秘密-用人单位名单",
        "机密名单",
        "绝密企业名单",
        "本件属机密★，不得外传",
        "涉密单位名单 机密件",
    ],
)
def test_a_mark_is_known(text: str) -> None:
    assert secret_mark(text)


@pytest.mark.parametrize(
    "text",
    [
        "商业秘密",
        "商业 秘密",
        "是否签订商业秘密保护协议",
        "保密协议",
        "秘密级别无",
        "秘密级别",
        "密级：无",
        "密级：公开",
        "保守秘密人人有责",
        "工作 秘密",
        "国家秘密载体印制单位名单",
        "秘密花园餐饮店",
        "深圳市机密科技有限公司",
        "机密仪器厂",
        "精密机械★五星",
        "保密级别",
        "泄露秘密",
        "石桥镇用人单位名单",
        "无秘密事项",
        "秘密通道物流部",
    ],
)
def test_ordinary_words_are_no_mark(text: str) -> None:
    assert secret_mark(text) == ""


def test_in_a_row_of_many_cells_only_the_star_tells() -> None:
    refuse_row(["秘密", "公开", "内部", "机密", "绝密"], "表")
    with pytest.raises(SecretError, match="机密★"):
        refuse_row(["单位名称", "地址", "电话", "机密★1年", "备注"], "表")
    with pytest.raises(SecretError, match="秘密"):
        refuse_row(["石桥镇名单", "秘密"], "表")


def test_in_a_cell_only_the_star_tells() -> None:
    assert starred_mark("秘密★3年")
    assert starred_mark("秘密") == ""
