"""Owns how people are looked for: names folded and compared, and what else a search may be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

# Letters that Unicode does not take apart into a plain letter and a mark.
PLAIN = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
        "ħ": "h", "ŧ": "t", "ŋ": "n", "ƒ": "f", "ɖ": "d", "ə": "e", "ɨ": "i", "ŀ": "l", "ĸ": "k",
    }
)  # fmt: skip
MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
APOSTROPHES = frozenset("'’‘`´ʼʻʹ＇′")

LABEL = re.compile(r"(?:\*|born|dob|geb|tel|phone|mobile)[.:]?\s*", re.ASCII | re.IGNORECASE)
"""What people write in front of a date of birth or a phone number."""
YEAR_FIRST = re.compile(r"(\d{4})([./-])(\d{1,2})\2(\d{1,2})", re.ASCII)
YEAR_FIRST_BARE = re.compile(r"(19\d\d|20\d\d)()(\d{2})(\d{2})", re.ASCII)
YEAR_LAST_SPACED = re.compile(r"(\d{1,2})(\s+)(\d{1,2})\s+(\d{4})", re.ASCII)
YEAR = re.compile(r"(19|20)\d\d", re.ASCII)
YEAR_LAST = re.compile(r"(\d{1,2})\s*([./-])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})", re.ASCII)
YEAR_LAST_BARE = re.compile(r"(\d{2})()(\d{2})(\d{4}|\d{2})", re.ASCII)
DAY_THEN_NAME = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?(?:\s+of\s)?[\s.-]*([a-z]{3,9})[\s.,-]*(\d{4}|\d{2})", re.ASCII
)
NAME_THEN_DAY = re.compile(r"([a-z]{3,9})[\s.-]*(\d{1,2})(?:st|nd|rd|th)?[\s.,-]+(\d{4}|\d{2})", re.ASCII)
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
SHORTEST_SLIP = 4
"""With fewer letters, one mistaken letter leaves too little to go by."""
FIRST_BIRTH_YEAR = 1850
FIRST_OF_TWO_DIGITS = 1926
"""A year of two digits lies in the hundred years from this one on: 26 is 1926, 25 is 2025."""

TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")
PHONE = re.compile(r"(?:\+|00)?[\d\s()./-]+", re.ASCII)
SHORTEST_PHONE = 6
SHORTEST_PHONE_END = 5
"""So many last digits of a number are enough to look for it: people say them so."""
LONGEST_WITHOUT_TRUNK = 6
"""With so few digits it is the end of a number, and a zero in front belongs to it."""
LONGEST_PHONE = 15  # ITU-T E.164


def fold(text: str) -> str:
    """The form in which names are stored and searched: plain small letters and digits, single spaces.

    Accents go (ü is u, é is e), ß is ss, ø is o, ł is l; apostrophes go (O'Brien is obrien); every other
    sign, hyphens and control characters among them, is a space. Marks that are vowels of other scripts
    stay. Folding twice changes nothing.
    """
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = unicodedata.normalize("NFC", MARKS.sub("", apart).translate(PLAIN))
    return " ".join("".join(map(_letter, plain)).split())


def likeness(one: str, other: str) -> float:
    """How alike two names are, 0 to 1: shared ÷ all trigrams of the folded names, as pg_trgm counts."""
    ours, theirs = _trigrams(fold(one)), _trigrams(fold(other))
    return len(ours & theirs) / len(ours | theirs) if ours and theirs else 0.0


def swaps(word: str) -> list[str]:
    """The word with each two neighbouring letters swapped: what may have been meant by a slip of the fingers."""
    return [
        word[:i] + word[i + 1] + word[i] + word[i + 2 :]
        for i in range(len(word) - 1)
        if word[i] != word[i + 1]
    ]


def slips(word: str) -> str:
    """A regular expression for a part of a name that begins with the word but for one slip of the fingers: two
    neighbouring letters swapped, or from four letters on another letter typed than the first."""
    mistaken = (
        [word[:i] + "." + word[i + 1 :] for i in range(1, len(word))] if len(word) >= SHORTEST_SLIP else []
    )
    return f"(^| )({'|'.join([word, *swaps(word), *mistaken])})"


def looks_like_birth_date(text: str, *, day_first: bool = True) -> date | None:
    """The date that a search text is, or None.

    Reads 1991-09-03, 1991/09/03, 19910903, 3.9.1991, 03/09/1991, 3-9-1991, 3 9 1991, 3 Sep 1991, September 3, 1991,
    03091991, and each but the first three with two digits for the year: those of 1926 to 2025. With slashes, or
    without any sign between, the day stands first, or the month where `day_first` is False. A word before it (born,
    *) is passed over. Digits alone may be a phone or patient number as well.
    """
    text = LABEL.sub("", text.strip().lower(), count=1)
    for year, month, day in _readings(text, day_first=day_first):
        full = _year(year)
        try:
            if full >= FIRST_BIRTH_YEAR:
                return date(full, int(month), int(day))
        except ValueError:
            continue
    return None


def _readings(text: str, *, day_first: bool) -> Iterator[tuple[str, str, str]]:
    """Year, month and day in each way in which the text may be meant, the likeliest first."""
    if found := YEAR_FIRST.fullmatch(text):
        yield found[1], found[3], found[4]
    for pattern in (YEAR_LAST, YEAR_LAST_SPACED, YEAR_LAST_BARE):
        if found := pattern.fullmatch(text):
            day, sign, month, year = found.groups()
            if not day_first and (sign == "/" or not sign.strip()):
                day, month = month, day
            yield year, month, day
    if found := YEAR_FIRST_BARE.fullmatch(text):
        yield found[1], found[3], found[4]
    if found := DAY_THEN_NAME.fullmatch(text):
        yield found[3], _month(found[2]), found[1]
    if found := NAME_THEN_DAY.fullmatch(text):
        yield found[3], _month(found[1]), found[2]


@dataclass(frozen=True)
class Asked:
    """A name that is looked for, and the date or the year of birth that was typed behind it, if any."""

    name: str
    born: date | None = None
    year: int | None = None


def name_and_birth(text: str) -> Asked:
    """What a search text asks for: `Ruiz 1.2.1980`, `ruiz elena 1 Feb 80` and `Ruiz 1980` name a birth too."""
    words = text.replace(",", " ").split()
    for size in range(min(4, len(words) - 1), 0, -1):
        if born := looks_like_birth_date(" ".join(words[-size:])):
            rest = words[:-size]
            return Asked(" ".join(rest), born=born)
    if len(words) > 1 and YEAR.fullmatch(words[-1]):
        return Asked(" ".join(words[:-1]), year=int(words[-1]))
    return Asked(text)


def looks_like_phone(text: str) -> str | None:
    """The digits that end the phone number which a search text is, or None; 5 to 15 of them.

    The leading zeros and the sign of an international number are gone, so `030 12 34 56`, `+49 (0)30
    123456` and `0049 30 123456` all give the end of the number as it is stored, the last two with its
    country. Up to six digits are the end of a number, zeros and all. A date is not a phone number, but for
    one of digits alone, which may be either.
    """
    text = TRUNK_ZERO.sub("", LABEL.sub("", text.strip(), count=1))
    is_bare = "".join(text.split()).isdecimal()
    if not PHONE.fullmatch(text) or (looks_like_birth_date(text) and not is_bare):
        return None
    digits = re.sub(r"\D", "", text)
    if len(digits) > LONGEST_WITHOUT_TRUNK:
        digits = digits.lstrip("0")
    return digits if SHORTEST_PHONE_END <= len(digits) <= LONGEST_PHONE else None


def initials(name: str) -> str:
    """The first letters of the first and the last word, in capitals; one letter for one word, "" for none."""
    composed = unicodedata.normalize("NFKC", name)
    words = [word for raw in composed.split() if (word := "".join(map(_letter, raw)).strip())]
    ends = words[:1] + words[1:][-1:]
    return "".join(word[0].upper()[0] for word in ends)


def _month(name: str) -> str:
    """Its number; "0", which is no month, for a word that begins no month's name."""
    return str(next((n for n, month in enumerate(MONTHS, start=1) if month.startswith(name)), 0))


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) > 2:
        return year
    return FIRST_OF_TWO_DIGITS + (year - FIRST_OF_TWO_DIGITS) % 100


def _letter(character: str) -> str:
    """The character where it is a letter, mark or digit, nothing for an apostrophe, else a space."""
    if character in APOSTROPHES:
        return ""
    category = unicodedata.category(character)
    if category[0] in "LMN":
        return character
    return "" if category == "Cf" else " "


def _trigrams(folded: str) -> set[str]:
    padded = [f"  {word} " for word in folded.split()]
    return {word[i : i + 3] for word in padded for i in range(len(word) - 2)}
