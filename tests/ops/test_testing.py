"""What ./vitrine test hands on to the tests."""

from vitrine.ops import testing


def test_the_settings_of_a_running_cell_stay_outside_and_the_nights_come_in() -> None:
    ours = {"PATH": "/bin", "VITRINE_CELL": "nz", "VITRINE_NIGHTLY": "1", "VITRINE_FIRST_SEED": "7"}

    found = testing.environment(ours)

    assert found == {"PATH": "/bin", "VITRINE_NIGHTLY": "1", "VITRINE_FIRST_SEED": "7"}
