"""Numbers of businesses in four countries: what fits, what is wrong, and how that is said."""

import pytest

from vitrine.catalog import business_numbers


def _faults(country: str, business: str, **typed: str) -> dict[str, str]:
    found = business_numbers.checks(typed, country=country, business=business)
    return {check.number.code: check.fault for check in found if check.fault}


@pytest.mark.parametrize(
    "country, typed",
    [
        ("US", {"ein": "12-3456789"}),
        ("CA", {"bn": "12302 6635 RT 0001"}),
        ("NZ", {"nzbn": "9429041098660", "ird": "49-091-850"}),
        ("AU", {"abn": "53 004 085 616", "acn": "004 085 616"}),
    ],
)
def test_a_company_with_right_numbers_has_no_fault(country: str, typed: dict[str, str]) -> None:
    assert _faults(country, "company", **typed) == {}


def test_each_wrong_number_says_what_is_wrong_with_it() -> None:
    lacks = "A business of this kind has one. It looks like 12-3456789."
    unknown = "No such number was ever given out: look at its first digits."
    slip = "Its check digit does not fit: look for a slip. E.g. 83 914 571 673."

    assert _faults("US", "company") == {"ein": lacks}
    assert _faults("US", "sole") == {}
    assert _faults("US", "company", ein="07-1144442") == {"ein": unknown}
    assert _faults("AU", "sole", abn="83 914 571 674") == {"abn": slip}
    assert _faults("CA", "sole", bn="1230") == {"bn": "It has 9 digits, e.g. 12302 6635."}
    assert _faults("NZ", "sole", ird="49091850", nzbn="4006381333931") == {"nzbn": unknown}
    assert _faults("NZ", "sole", ird="49-09a-850") == {
        "ird": "It is written in digits, e.g. 49-091-850."
    }


def test_a_companys_abn_ends_in_its_acn() -> None:
    typed = {"abn": "83 914 571 673", "acn": "004 085 616"}

    assert _faults("AU", "company", **typed) == {
        "acn": "A company's ABN ends in its ACN. These two are of different businesses."
    }
    assert _faults("AU", "partnership", **typed) == {}


def test_a_number_is_shown_as_its_office_writes_it() -> None:
    [check] = business_numbers.checks({"ein": "123456789"}, country="US", business="company")

    assert check.shown == "12-3456789"
