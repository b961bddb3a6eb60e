"""How a figure is judged and written down."""

import json
from pathlib import Path

import pytest

from bench import __main__ as bench
from bench.figures import Figure, interleaved


@pytest.mark.parametrize(
    "goal,value,ok",
    [(">= 332", 412.0, True), (">= 332", 331.9, False), ("<= 4", 4.0, True), ("", 9.0, None)],
)
def test_a_goal_is_met_or_not_or_absent(goal: str, value: float, ok: bool | None) -> None:
    assert Figure("any", value, "s", goal=goal).ok is ok


def test_a_figure_is_one_line_of_the_agreed_shape() -> None:
    figure = Figure(
        "orders_per_s_8",
        412.04,
        "1/s",
        goal=">= 332",
        reference="pgbench tpc-b",
        reference_value=2900.0,
        ratio=0.14208,
    )

    assert json.dumps(figure.line("checkout")) == (
        '{"bench": "checkout", "metric": "orders_per_s_8", "value": 412.0, "unit": "1/s", '
        '"reference": "pgbench tpc-b", "reference_value": 2900.0, "ratio": 0.1421, '
        '"goal": ">= 332", "ok": true}'
    )


def test_a_measure_and_its_reference_take_turns_and_give_medians() -> None:
    turns: list[str] = []
    values = iter([10.0, 2.0, 30.0, 3.0, 20.0, 4.0])

    def turn(name: str) -> float:
        turns.append(name)
        return next(values)

    compared = interleaved(lambda: turn("ours"), lambda: turn("theirs"), rounds=3)

    assert turns == ["ours", "theirs"] * 3
    assert (compared.value, compared.reference, compared.ratio) == (20.0, 3.0, 5.0)


def test_a_bench_without_what_it_needs_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert bench.run("browser", as_json=True) is False

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("bench browser: There is no browser here. Install one of: chromium")
    assert "Traceback" not in said.err
