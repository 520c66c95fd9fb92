"""The normal form of e-mail addresses: one mailbox, one text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskmanager.accounts.emails import folded, normal_email
from taskmanager.errors import Invalid

texts = st.text(max_size=40)
addresses = st.builds("{}@{}".format, texts, st.sampled_from(["example.org", "BÜCHER.example", "mail.İstanbul.tr"]))


@given(st.one_of(texts, addresses, st.emails()))
def test_an_address_has_a_normal_form_that_stays_as_it_is_or_is_refused(text: str) -> None:
    try:
        normal = normal_email(text)
    except Invalid:
        return
    assert normal_email(normal) == normal
    assert normal.count("@") == 1
    assert len(normal.encode()) <= 254


@given(texts)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(st.emails())
def test_an_address_of_the_standard_is_not_refused_and_its_case_does_not_matter(email: str) -> None:
    local = email.partition("@")[0]
    if len(local) <= 64:
        assert normal_email(email.upper()) == normal_email(email)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Ada@Example.ORG", "ada@example.org"),
        ("  ada@example.org\t", "ada@example.org"),
        ("ada@example.org.", "ada@example.org"),
        ("ａｄａ＠ｅｘａｍｐｌｅ．ｏｒｇ", "ada@example.org"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@XN--BCHER-KVA.example", "ada@xn--bcher-kva.example"),
        ("ada@bu\u0308cher.example", "ada@xn--bcher-kva.example"),
        ("ada@faß.example", "ada@fass.example"),
        ("straße@example.org", "strasse@example.org"),
        ("re\u0301ne\u0301@example.org", "réné@example.org"),
        ("ada+lists@example.org", "ada+lists@example.org"),
        ("ada@localhost", "ada@localhost"),
        ("ada@例え。jp", "ada@xn--r8jz45g.jp"),
    ],
)
def test_the_normal_form_of(text: str, normal: str) -> None:
    assert normal_email(text) == normal


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "ada",
        "ada@",
        "@example.org",
        "ada@@example.org",
        "ada@example.org@example.com",
        "ada@exa mple.org",
        "ada@example..org",
        "ada@.example.org",
        "ada@-example.org",
        "ada@example.org..",
        "ada@exa_mple.org",
        "ada@[127.0.0.1]",
        "ada@xn--a.example",
        "a da@example.org",
        "a\nda@example.org",
        "a\0da@example.org",
        "a\u200bda@example.org",
        "a\u202eda@example.org",
        "a\ud800da@example.org",
        '"ada"@example.org',
        "ada<ada@example.org",
        "ada,bob@example.org",
        "a" * 65 + "@example.org",
        "é" * 33 + "@example.org",
        "ada@" + "a" * 64 + ".org",
        "ada@" + ".".join(["a" * 50] * 5),
        "a" * 64 + "@" + ".".join(["ü" * 20] * 9),
        "a" * 300,
        "\ufdfa" * 254,
        "ada@" + "\ufdfa" * 250,
    ],
)
def test_what_is_no_address_is_refused_at_its_place(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        normal_email(text)
    assert refused.value.faults[0].pointer == "/email"
