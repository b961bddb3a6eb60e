"""Bank files, field by field at the positions that their standards publish."""

from datetime import UTC, date, datetime

import pytest

from vitrine.orders.payouts.formats import aba, cpa005, ib4b, nacha, payer, returned
from vitrine.orders.payouts.formats.batch import Batch, Payer, Payment, Unwritable

MADE = datetime(2026, 11, 20, 15, 42, tzinfo=UTC)


def batch(who: Payer, *payments: Payment, number: int = 7) -> Batch:
    return Batch(number, MADE, date(2026, 11, 23), who, payments)


def at(line: str, first: int, last: int) -> str:
    """Return the characters of a line from one position to another, counted from 1."""
    return line[first - 1 : last]


def lines(written: bytes, width: int) -> list[str]:
    assert written.endswith(b"\r\n")
    found = written.decode("ascii").removesuffix("\r\n").split("\r\n")
    assert {len(line) for line in found} == {width}
    return found


def test_a_nacha_file_is_blocked_hashed_and_added_up() -> None:
    who = Payer("Vitrine Inc", "1234567890", "First Bank", "021000021", "9988776655")
    one = Payment("K3V7Q2XM9ABC", "Lamp Shöp", "121000358", "123456789", 989_512)
    two = Payment("ZZZZQ2XM9ABC", "Mugs", "021000021", "4321", 5)

    head, company, first, second, control, end, *filler = lines(
        nacha.write(batch(who, one, two)), 94
    )

    assert head[:40] == "101 02100002112345678902611201542G094101"
    assert at(head, 41, 63).strip() == "FIRST BANK"
    assert at(head, 64, 86).strip() == "VITRINE INC"
    assert company[:20] == "5220VITRINE INC     "
    assert at(company, 41, 53) == "1234567890CCD"
    assert at(company, 64, 94) == "          261123261123   1021000020000001"[-31:]
    assert first == (
        "622" "121000358" "123456789        " "0000989512" "K3V7Q2XM9ABC   "
        "LAMP SHOP             " "  " "0" "021000020000001"
    )  # fmt: skip
    assert at(second, 30, 39) == "0000000005"
    assert at(second, 80, 94) == "021000020000002"
    # 12100035 + 02100002, the banks without their check digits.
    assert control[:44] == "8220000002001420003700000000000000000098951" + "7"
    assert at(control, 45, 54) == "1234567890"
    assert at(control, 80, 94) == "021000020000001"
    assert end[:55] == "9000001000001000000020014200037000000000000000000989517"
    assert filler == ["9" * 94] * 4


def test_an_aba_file_has_its_descriptive_record_payments_and_total() -> None:
    who = Payer("Vitrine Ltd", "301500", "WBC", "032001", "123456")
    one = Payment("K3V7Q2XM9ABC", "Lamp Shop", "062000", "12345678", 989_512)
    two = Payment("ZZZZQ2XM9ABC", "Mugs & Co", "082088", "87654321", 5)

    head, first, second, total = lines(aba.write(batch(who, one, two)), 120)

    assert head == (
        "0" + " " * 17 + "01" + "WBC" + " " * 7 + "VITRINE LTD".ljust(26) + "301500"
        "PAYOUTS     " "231126" + " " * 40
    )  # fmt: skip
    assert first == (
        "1" "062-000" " 12345678" " " "50" "0000989512" + "LAMP SHOP".ljust(32)
        + "K3V7Q2XM9ABC".ljust(18) + "032-001" "   123456" + "VITRINE LTD".ljust(16) + "00000000"
    )  # fmt: skip
    assert at(second, 31, 62).strip() == "MUGS & CO"
    assert total == (
        "7" "999-999" + " " * 12 + "0000989517" "0000989517" "0000000000" + " " * 24
        + "000002" + " " * 40
    )  # fmt: skip


def test_a_cpa_005_file_has_six_payments_a_record_and_their_total() -> None:
    who = Payer("Vitrine Canada Inc", "0999999999", "Vitrine", "00355555", "7777777", "01600")
    many = [
        Payment(f"K3V7Q2XM9AB{n}", "Lamp Shop", "00312345", "7654321", 50_000) for n in range(7)
    ]

    head, first, second, end = lines(cpa005.write(batch(who, *many, number=13)), 1_464)

    assert head.rstrip() == "A0000000010999999999001302632401600" + " " * 20 + "CAD"
    assert at(first, 1, 24) == "C00000000209999999990013"
    one = at(first, 25, 264)
    assert one == (
        "460" "0000050000" "026327" "000312345" "7654321     " + "0" * 22 + "000"
        + "VITRINE".ljust(15) + "LAMP SHOP".ljust(30) + "VITRINE CANADA INC".ljust(30)
        + "0999999999" + "K3V7Q2XM9AB0".ljust(19) + "000355555" "7777777     " + " " * 15
        + " " * 22 + "  " + "0" * 11
    )  # fmt: skip
    assert at(first, 1_225, 1_227) == "460"
    assert second[:24] == "C00000000309999999990013"
    assert second[264:].strip() == ""
    assert end.rstrip() == (
        "Z000000004" "0999999999" "0013" + "0" * 22 + "00000000350000" "00000007" + "0" * 44
    )  # fmt: skip


def test_an_nz_file_is_in_cents_and_hashes_branch_and_account() -> None:
    who = Payer("Vitrine NZ", "", "", "020108", "0123456000")
    one = Payment("K3V7Q2XM9ABC", "Lamp, Shop", "010902", "0068389000", 989_512)
    two = Payment("ZZZZQ2XM9ABC", "Mugs", "129999", "9876543050", 5)

    assert ib4b.write(batch(who, one, two)).decode("ascii").split("\r\n") == [
        "1,,,,0201080123456000,7,261123,261120,",
        "2,0109020068389000,50,989512,LAMP  SHOP,K3V7Q2XM9ABC,,,PAYOUT,"
        "VITRINE NZ,,K3V7Q2XM9ABC,PAYOUT",
        "2,1299999876543050,50,5,MUGS,ZZZZQ2XM9ABC,,,PAYOUT,VITRINE NZ,,ZZZZQ2XM9ABC,PAYOUT",
        # 0902 0068389 + 9999 9876543: without the bank and the suffix
        "3,989517,2,09019944932",
        "",
    ]


@pytest.mark.parametrize("write", [nacha.write, aba.write, cpa005.write])
def test_what_has_no_room_is_refused_by_name(write: object) -> None:
    who = Payer("V", "1", "WBC", "021000021", "1", "01600")
    large = Payment("K", "Shop", "021000021", "1", 10**10)

    with pytest.raises(Unwritable, match="10000000000"):
        write(batch(who, large))  # type: ignore[operator]


def test_the_operators_account_is_read_from_a_setting_or_its_part_is_named() -> None:
    said = "name=Vitrine Ltd; ident=301500; bank=WBC; routing=032-001; number=123 456"

    assert payer.read(said, "au") == Payer("Vitrine Ltd", "301500", "WBC", "032001", "123456")
    assert payer.read(" ", "au") is None
    for wrong in ("routing=32-001", "number=", "bank=WESTPAC", "ident=x", "colour=red"):
        part = wrong.partition("=")[0]
        with pytest.raises(ValueError, match=part):
            payer.read(f"{said}; {wrong}", "au")
    with pytest.raises(ValueError, match="centre"):
        payer.read("name=V; ident=0999999999; bank=V; routing=00312345; number=1234567", "ca")


def test_returns_are_read_in_each_form() -> None:
    entry = (
        "626" "121000358" "123456789        " "0000989512" "K3V7Q2XM9ABC   "
        "LAMP SHOP             " "  " "1" "021000020000001"
    )  # fmt: skip
    came = "799R03021000020000001      02100002" + " " * 44 + "121000350000001"
    us = "\n".join(["101" + " " * 91, entry, came])
    record = (
        "2" "062-000" " 12345678" "3" "50" "0000989512" + "LAMP SHOP".ljust(32)
        + "K3V7Q2XM9ABC".ljust(18) + "032-001" "   123456" + "VITRINE LTD".ljust(16) + "20301500"
    )  # fmt: skip
    au = "\n".join(["0" + " " * 119, record])
    table = "Reference,Amount,Reason\nK3V7Q2XM9ABC,9895.12,Moved away\n"

    for text, reason, row in (
        (us, "There is no such account.", 3),
        (au, "The account is closed.", 2),
        (table, "Moved away", 2),
    ):
        assert returned.read(text) == [returned.Returned(row, "K3V7Q2XM9ABC", "989512", reason)]
    unreadable = {
        "": 1,
        "a,b\n1,2\n": 1,
        table + "X,1.5,\n": 3,
        table + "X\n": 3,
        table + "X,²,\n": 3,
        table + f"X,{'9' * 5_000},\n": 3,
        table + f'"{"X" * 200_000}",1,\n': 3,
        table + "\0,1,\n": 1,
        us.replace("0000989512", "00009895X2"): 3,
        au.replace("0000989512", "000098951²"): 2,
    }
    for bad, row in unreadable.items():
        with pytest.raises(returned.Unreadable) as refused:
            returned.read(bad)
        assert refused.value.row == row
