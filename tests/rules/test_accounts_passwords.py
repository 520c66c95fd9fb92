"""Passwords: Argon2 in a bounded pool, and which passwords are refused."""

import asyncio
from importlib.resources import files

import pytest
from argon2 import PasswordHasher, extract_parameters

from taskmanager.accounts.emails import folded
from taskmanager.accounts.passwords import Passwords, personal_texts, refuse_weak
from taskmanager.errors import Invalid, Unavailable

ADA = personal_texts("ada.l@example.org", "Ada Lovelace")


@pytest.fixture
def passwords() -> Passwords:
    return Passwords(workers=1)


async def test_a_hash_is_argon2id_of_19_mib_two_passes_and_one_lane(passwords: Passwords) -> None:
    hashed = await passwords.hash("violet umbrella")
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not passwords.is_outdated(hashed)


async def test_only_the_same_password_verifies(passwords: Passwords) -> None:
    hashed = await passwords.hash("violet umbrella")
    assert await passwords.verify(hashed, "violet umbrella")
    assert not await passwords.verify(hashed, "violet umbrellas")
    assert not await passwords.verify(hashed, "")


async def test_how_a_keyboard_composes_a_letter_does_not_matter(passwords: Passwords) -> None:
    assert await passwords.verify(await passwords.hash("cre\u0300me bru\u0302le\u0301e"), "cr\u00e8me br\u00fbl\u00e9e")


async def test_what_is_no_unicode_text_is_just_wrong(passwords: Passwords) -> None:
    assert not await passwords.verify(await passwords.hash("violet umbrella"), "\ud800\0")


async def test_a_hash_that_nothing_can_read_matches_nothing(passwords: Passwords) -> None:
    assert not await passwords.verify("not a hash", "violet umbrella")


async def test_an_absent_account_costs_one_run_of_the_same_cost_and_matches_nothing(passwords: Passwords) -> None:
    assert not await passwords.verify(None, "violet umbrella")
    assert passwords.runs == 1
    nobody, somebody = passwords.nobody, await passwords.hash("violet umbrella")
    assert extract_parameters(nobody) == extract_parameters(somebody)
    assert [len(part) for part in nobody.split("$")] == [len(part) for part in somebody.split("$")]


async def test_an_absent_account_matches_nothing_even_if_its_hash_were_guessed(passwords: Passwords) -> None:
    passwords.nobody = await passwords.hash("violet umbrella")
    assert not await passwords.verify(None, "violet umbrella")


async def test_a_hash_of_other_parameters_verifies_and_is_outdated(passwords: Passwords) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash("violet umbrella")
    assert passwords.is_outdated(old)
    assert await passwords.verify(old, "violet umbrella")


async def test_a_full_pool_says_come_back_and_takes_the_next_when_there_is_room() -> None:
    passwords = Passwords(workers=1, waiting=2)
    runs = [asyncio.create_task(passwords.verify(None, "violet umbrella")) for _ in range(8)]
    answers = await asyncio.gather(*runs, return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, Unavailable)]
    assert (answers.count(False), len(refused)) == (3, 5)
    assert passwords.runs == 3
    assert all(answer.retry_after > 0 for answer in refused)
    assert await passwords.verify(None, "violet umbrella") is False


async def test_who_hangs_up_while_waiting_gives_the_place_free() -> None:
    passwords = Passwords(workers=1, waiting=3)
    runs = [asyncio.create_task(passwords.verify(None, "violet umbrella")) for _ in range(4)]
    await asyncio.sleep(0)
    for run in runs[1:]:
        run.cancel()
    await asyncio.gather(*runs, return_exceptions=True)
    answers = await asyncio.gather(*(passwords.verify(None, "violet umbrella") for _ in range(4)))
    assert answers == [False] * 4


@pytest.mark.parametrize(
    "password",
    [
        "correct violet staple",
        "hunter2 is not mine",
        "Ünïcödé-Wörter",
        "長い合言葉を使います",
        "ada and lovelace",
        " " * 3 + "x9!kd",
    ],
)
def test_a_password_without_digits_capitals_or_symbols_is_as_good_as_any(password: str) -> None:
    refuse_weak(password, "/password", ADA)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "too_short"),
        ("violet7", "too_short"),
        ("e\u0301" * 7, "too_short"),
        ("v" + "iolet" * 60, "too_long"),
        ("password", "too_common"),
        ("PassWord", "too_common"),
        ("ｐａｓｓｗｏｒｄ", "too_common"),
        ("password1", "too_common"),
        ("Password123!", "too_common"),
        ("P@ssw0rd", "too_common"),
        ("iloveyou2", "too_common"),
        ("Sommer2026", "too_common"),
        ("qwertyuiop", "too_common"),
        ("1qaz2wsx", "too_common"),
        ("12345678", "too_common"),
        ("87654321", "too_common"),
        ("23456789", "too_common"),
        ("abcdefghijk", "too_common"),
        ("aaaaaaaaaaaa", "too_common"),
        ("abcabcabcabc", "too_common"),
        ("taskmanager", "too_common"),
        ("TaskManager2026", "too_common"),
        ("ada.l@example.org", "too_personal"),
        ("Ada.L@Example.ORG", "too_personal"),
        ("ada.l123456", "too_personal"),
        ("Ada Lovelace", "too_personal"),
        ("AdaLovelace", "too_personal"),
        ("lovelace", "too_personal"),
        ("Lovelace1815!", "too_personal"),
    ],
)
def test_a_password_that_would_be_guessed_is_refused_at_its_place(password: str, code: str) -> None:
    for pointer in ("/password", "/new"):
        with pytest.raises(Invalid) as refused:
            refuse_weak(password, pointer, ADA)
        assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [(pointer, code)]


def test_the_list_of_common_passwords_is_long_sorted_and_folded() -> None:
    listed = files("taskmanager.accounts").joinpath("common_passwords.txt").read_text("utf-8").splitlines()
    assert len(listed) > 3_000
    assert listed == sorted({folded(password) for password in listed})
