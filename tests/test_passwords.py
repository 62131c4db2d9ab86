"""Passwords, and hashes of them that other programs have made."""

import bcrypt
import pytest
from argon2 import PasswordHasher

from kallithea_host.passwords import BadPassword, hash_password, is_outdated, verify_password

OF_PASSLIB = "$2a$12$NT0I31Sa7ihGEWpka9ASYeEFkhuTNeBQ2xfZskIiiJeyFXhRgS.Sy"
"""Of ``password``, from the documentation of passlib."""


@pytest.fixture(scope="module")
def ours():
    return hash_password("pässword")


def made_by_bcrypt(password, rounds=4):
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(rounds)).decode()


def test_a_hash_fits_its_password_only(ours):
    assert verify_password(ours, "pässword")
    assert not verify_password(ours, "passwörd")
    assert not is_outdated(ours)


def test_a_password_without_end_is_not_hashed(ours):
    with pytest.raises(BadPassword, match="at most 1024 bytes") as caught:
        hash_password("ä" * 513)
    assert "ä" not in str(caught.value)
    assert not verify_password(ours, "x" * 10**7)
    assert verify_password(hash_password("ä" * 512), "ä" * 512)


@pytest.mark.parametrize("version", ["2a", "2b", "2y"])
def test_a_hash_of_bcrypt_fits_its_password_whatever_its_version(version):
    stored = made_by_bcrypt("pässword").replace("$2b$", f"${version}$")
    assert verify_password(stored, "pässword")
    assert not verify_password(stored, "password")
    assert is_outdated(stored)


def test_a_hash_of_old_is_understood():
    assert verify_password(OF_PASSLIB, "password")


def test_bcrypt_saw_72_bytes_of_a_password_and_so_it_stays():
    stored = made_by_bcrypt("ä" * 36)
    assert verify_password(stored, "ä" * 36)
    assert verify_password(stored, "ä" * 36 + " and more that it never saw")
    assert not verify_password(stored, "ä" * 35)


@pytest.mark.parametrize(
    "stored",
    [
        None,
        "",
        "password",
        "5f4dcc3b5aa765d61d8327deb882cf99",
        "$2b$04$tooshort",
        "$2x$04$" + "a" * 53,
        "$argon2id$v=19$m=19456,t=2,p=1$x",
        "$2b$31$" + "a" * 53,
        "$2b$04$" + "z" * 53,
    ],
)
def test_what_is_no_hash_or_would_take_hours_matches_nothing(stored):
    assert not verify_password(stored, "password")
    assert not verify_password(stored, "")


def test_a_hash_of_other_parameters_is_outdated():
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("password")
    assert verify_password(cheap, "password")
    assert is_outdated(cheap)
