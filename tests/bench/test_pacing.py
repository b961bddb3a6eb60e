"""How logs of auctions are read, what could be had of them, and what was published of them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench import pacing
from bench.figures import Figure, NotMeasurable
from bench.pacing import Auctions

TRAINED = {"cost_train": 4_000, "imp_train": 100, "clk_train": 10}
LOG = "4\t1000\n1\n0\t30\t0.5\n1\t10\t0.25\n0\t20\t0.125\n0\t40\t0.5\n"
ROW = (
    "ipinyou, camp=7, algo={}, N=1000, c0={}    |  0 |   {} |  3 |  {} |  {} |  15.07% | 14.1 | 3.8"
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a folder with one campaign of four auctions."""
    (tmp_path / "7.info.json").write_text(json.dumps(TRAINED))
    (tmp_path / "7.validation.txt").write_text(LOG)
    return tmp_path


def figures(data: Path) -> dict[str, Figure]:
    return {one.metric: one for one in pacing.run(data)}


def test_a_log_is_read_without_its_header_and_where_episodes_begin(data: Path) -> None:
    found = pacing.read(data, "7")

    assert found.clicks.tolist() == [0, 1, 0, 0]
    assert found.prices.tolist() == [30, 10, 20, 40]
    assert found.values.tolist() == [0.5, 0.25, 0.125, 0.5]
    assert (found.price, found.usual, found.episodes) == (40, 400, 1)
    (data / "7.test.txt").write_text("1 5 1\n")
    assert pacing.read(data, "7").prices.tolist() == [5]  # what was kept back comes first


def test_the_best_that_could_be_had_is_a_linear_program(data: Path) -> None:
    of = pacing.read(data, "7")

    def best(budget: float) -> float:
        return pacing.best_value(of, slice(0, 1_000), budget)

    assert best(0) == 0
    assert best(10) == 0.25
    assert best(25) == 0.25 + 0.5 * 15 / 30  # half of the next
    assert best(40) == 0.75
    assert best(99) == best(100) - 0.125 * 1 / 20
    assert best(100) == best(10**6) == 1.375
    assert pacing.best_value(of, slice(3, 4), 20) == 0.25


def test_the_best_is_what_trying_all_whole_choices_comes_to_with_one_in_part() -> None:
    dice = np.random.default_rng(2)
    for _ in range(50):
        prices, values = dice.integers(1, 20, 6).astype(float), dice.random(6)
        of, budget = Auctions(values, prices, values, 1.0, 1.0), float(dice.integers(0, 60))
        found = []
        for chosen in range(2**6):
            taken = np.array([bool(chosen & 1 << n) for n in range(6)])
            left = budget - prices[taken].sum()
            if left < 0:
                continue
            parts = np.where(taken, 0.0, np.minimum(left / prices, 1.0) * values)
            found.append(values[taken].sum() + parts.max())

        assert pacing.best_value(of, slice(0, 6), budget) == pytest.approx(max(found))


def test_what_was_published_of_the_same_log_stands_beside_what_was_bought(data: Path) -> None:
    rows = [
        ROW.format("rlb", 0.5, 4, 2, 15),
        ROW.format("ss_mdp", 0.5, 4, 4, 18),
        ROW.format("lin_bid", 0.5, 4, 5, 9),
        ROW.format("rlb", 0.125, 400, 6, 9),  # of another part of the log
    ]
    (data / pacing.TABLE).write_text("setting | objective\n" + "\n".join(rows))

    found = figures(data)

    own = found["clicks_7_2"].value
    assert own > 0
    rlb, mdp = found["clicks_7_2"], found["clicks_7_2_ss_mdp"]
    assert (rlb.reference, rlb.reference_value, rlb.ratio) == ("RLB, published", 2, own / 2)
    assert (mdp.reference, mdp.reference_value, mdp.ratio) == ("SS-MDP, published", 4, own / 4)
    spent = found["spent_7_2"]
    assert (spent.reference, spent.reference_value) == ("RLB, published", 15 / 20_000)
    assert found["clicks_7_8"].reference == ""
    assert "clicks_7_8_ss_mdp" not in found


@pytest.mark.parametrize(
    "told, log",
    [({"cost_train": 1, "imp_train": 10**6}, LOG), ({}, "0 30 0\n1 10 0\n")],
    ids=["no budget", "no value"],
)
def test_where_nothing_can_be_bought_there_is_no_share_of_it(
    data: Path, told: dict[str, Any], log: str
) -> None:
    (data / "7.info.json").write_text(json.dumps(TRAINED | told))
    (data / "7.validation.txt").write_text(log)

    found = figures(data)

    assert found.keys() == {"lp_7_32", "lp_7_8", "lp_7_2"}
    assert {one.value for one in found.values()} == {0}


@pytest.mark.parametrize(
    "name, text, said",
    [
        ("7.validation.txt", LOG + "0 many 0.1\n", "7.validation.txt, line 7: 'many' is no price."),
        ("7.validation.txt", "1 5 nan\n", "7.validation.txt, line 1: 'nan' is no chance."),
        ("7.validation.txt", "4 1000\n", "7.validation.txt has no line of click, price, chance."),
        ("7.info.json", "{\n", "7.info.json, line 2: "),
        ("7.info.json", "[]", "7.info.json, line 1: not an object."),
        ("7.info.json", '{"cost_train": 1}', "7.info.json: imp_train is None"),
        (pacing.TABLE, ROW.format("rlb", 0.5, 4, "few", 9), f"{pacing.TABLE}, line 1: not a row"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(
    data: Path, name: str, text: str, said: str
) -> None:
    (data / name).write_text(text)

    with pytest.raises(NotMeasurable) as refused:
        figures(data)

    assert said in str(refused.value)


def test_a_campaign_without_a_log_is_named(data: Path) -> None:
    (data / "7.validation.txt").unlink()

    with pytest.raises(NotMeasurable, match=r"neither 7\.test\.txt nor 7\.validation\.txt"):
        figures(data)
