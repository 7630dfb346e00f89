"""What a password must be, and what is said of one that is not."""

import pytest

from ohdesk.forms.passwords import password_help, password_problems


def said(password: str, account: str = "李旸", *, practice: bool = False) -> list[str]:
    return [problem.remedy for problem in password_problems(password, account, practice=practice)]


@pytest.mark.parametrize(
    "password", ["correct horse battery", "红灯笼挂在门前树", "own-password-one", "Kornblume7!", "李旸今天要去镇上"]
)
def test_a_password_of_words_that_do_not_belong_together_is_taken(password):
    assert said(password) == []


@pytest.mark.parametrize("password", ["a", "kornblume", "红灯笼挂在门前", "🏮🏮灯", "cafe\u0301 gart"])
def test_a_short_password_is_told_how_long_it_is_and_how_long_it_has_to_be(password):
    assert any("至少 10 个字符，含汉字的至少 8 个" in each for each in said(password))


@pytest.mark.parametrize(
    "password",
    [
        *("1234567890", "13800138000", "1986-10-10 1986", "00000000000", "5201314520"),
        *(
            "password123!",
            "Password2026",
            "PASSWORD@2026",
            "woaini1314520",
            "admin888888",
            "zhang19861010",
            "Wang@123456",
        ),
        *("qwertyuiop", "1qaz2wsx3edc", "1q2w3e4r5t", "asdfghjkl;", "abcabcabcabc", "红灯红灯红灯红灯", "123456789abc"),
        *(
            "p@ssw0rd2026",
            "P4ssword2026",
            "!!Adm1n2026",
            "Pässword2026!!",
            "passwordpassword",
            "123456789012345678901234",
        ),
        *("abcdefghijklmnop", "zhangwei1990", "          ", "\u3000" * 10, "\u200b" * 12, "pa\u200bssword2026"),
    ],
)
def test_a_common_password_is_refused_however_it_is_dressed_up(password):
    assert any("太常见" in each for each in said(password))


def test_the_name_of_the_account_with_digits_is_no_password():
    assert any("账户名" in each for each in said("李旸20260302"))


def test_everything_that_is_wrong_is_said_at_once():
    assert len(said("12345")) == 2


def test_the_demonstrations_password_is_good_for_practice_and_nowhere_else():
    assert said("ohdesk-demo", practice=True) == []
    assert any("练习库" in each for each in said("ohdesk-demo"))
    for dressed in ("OHDesk-Demo", " ohdesk-demo ", "ohdesk-demo1", "ohdesk_demo2026"):
        assert any("练习库" in each for each in said(dressed)), dressed
    assert said("12345", practice=True)


def test_the_rules_stand_in_one_sentence():
    assert "10" in password_help()
    assert "8" in password_help()
