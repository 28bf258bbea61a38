"""Letters that stand for a name."""

import pytest

from clinic.templatetags.words import initials


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Asha Menon", "AM"),
        ("Anneke de Wit", "AW"),
        ("élodie", "É"),
        ("  ", ""),
        ("Ørjan Ågren", "ØÅ"),
    ],
)
def test_initials_take_the_first_and_the_last_part(name: str, letters: str) -> None:
    assert initials(name) == letters
