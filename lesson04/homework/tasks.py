"""Small functions, such as a first Python course asks for."""

from decimal import ROUND_HALF_UP, Decimal

ROMAN = dict(
    zip(
        "M CM D CD C XC L XL X IX V IV I".split(),
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        strict=True,
    )
)
LATIN = dict(  # as in a Russian passport
    zip(
        "а б в г д е ё ж з и й к л м н о п р с т у ф х ц ч ш щ ъ ы э ю я".split(),
        "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch ie y e iu ia".split(),
        strict=True,
    )
) | {"ь": ""}


def fizz_buzz(last):
    """Return 1, 2, "fizz", 4, "buzz" … up to the last number; 15 is "fizzbuzz"."""
    row = []
    for number in range(1, last + 1):
        word = "fizz" if number % 3 == 0 else ""
        word += "buzz" if number % 5 == 0 else ""
        row.append(word or number)
    return row


def count_words(text):
    """Return how often each word stands in a text; capital letters make no difference."""
    counts = {}
    for word in text.lower().split():
        word = word.strip(".,:;!?…()\"'«»—–-")
        if word:
            counts[word] = counts.get(word, 0) + 1
    return counts


def is_palindrome(text):
    """Tell whether the letters of a text read the same from both ends; Ё counts as Е."""
    letters = [letter for letter in text.lower().replace("ё", "е") if letter.isalnum()]
    return letters == letters[::-1]


def roman(number):
    """Return a number from 1 to 3999 in Roman numerals."""
    if type(number) is not int:  # True is an int too, for isinstance
        raise TypeError("a Roman numeral is made from a whole number")
    if not 1 <= number <= 3999:
        raise ValueError(f"{number} is not between 1 and 3999")
    numeral = ""
    for letters, value in ROMAN.items():
        numeral += letters * (number // value)
        number %= value
    return numeral


def deposit(kopecks, percent, years):
    """Return what a deposit has grown to: interest comes every year, and earns interest too.

    Money is counted in whole kopecks, and half a kopeck is rounded up. The percentage is text or
    a Decimal: as a float, 0.1 would not be exactly 0.1.
    """
    if isinstance(percent, float):
        raise TypeError('write the percentage as text: "7.5"')
    if kopecks < 0 or years < 0:
        raise ValueError("neither money nor time can be negative")
    for _ in range(years):
        interest = kopecks * Decimal(percent) / 100
        kopecks += int(interest.quantize(Decimal(1), ROUND_HALF_UP))
    return kopecks


def average_grade(grades):
    """Return the average of grades from 1 to 5, with two digits after the point."""
    if not grades:
        raise ValueError("there is no average of no grades")
    for grade in grades:
        if grade not in (1, 2, 3, 4, 5):
            raise ValueError(f"{grade!r} is not a grade")
    return round(sum(grades) / len(grades), 2)


def transliterate(name):
    """Return a Russian name in Latin letters; what is not a Russian letter stays as it is."""
    latin = ""
    for letter in name:
        new = LATIN.get(letter.lower(), letter)
        latin += new.capitalize() if letter.isupper() else new
    return latin.upper() if name.isupper() else latin
