"""One gift card through a storm, as one purchase is in ``faults``.

Its buyer pays, changes their mind or has their bank claim it, while processes die, answers are lost
and webhooks come late, twice or out of order.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random

from tests import make
from tests.fakes.stripe import Bank, Fault, cards, disputes, pages
from tests.orders.cards import press, selling
from tests.orders.faults import (
    CHALLENGED,
    DECLINED,
    FAULTS,
    LONGEST,
    VISA,
    Killed,
    deliver,
    dying_before,
    run_settling,
)
from vitrine.catalog.models import Merchant
from vitrine.kernel.errors import Refusal
from vitrine.orders.charges import moving, settling
from vitrine.orders.checkout import Means
from vitrine.orders.giftcards import buying, giving_back
from vitrine.orders.models import CardSale, SaleState
from vitrine.orders.payment.provider import OutcomeUnknown

ENDS = (SaleState.PAID, SaleState.REFUNDED, SaleState.DECLINED, SaleState.ABANDONED)


@dataclass
class CardStage:
    """What all runs share: the bank, and a shop that sells cards."""

    bank: Bank
    shop: Merchant = field(default_factory=selling)
    jobs_done: int = 0


@dataclass
class CardRun:
    """One card. happened: what to read when it went wrong."""

    stage: CardStage
    seed: int
    happened: list[str] = field(default_factory=list)
    deaths: int = 0

    def __post_init__(self) -> None:
        self.luck = Random(self.seed)
        self.at = make.NOON + self.seed * timedelta(hours=3)
        bank, token = self.stage.bank, "page"
        if self.luck.random() < 0.5:
            owner = cards.customer(bank, {})["id"]
            number = self.luck.choice([VISA, VISA, CHALLENGED, DECLINED])
            token = f"{owner}:{cards.method(bank, number, owner)['id']}"
        shown = press(self.stage.shop, key=f"storm-{self.seed}")
        self.press = replace(shown, means=Means("stripe", token, "Card"))
        self.pays_with = self.luck.choice([VISA, VISA, CHALLENGED])

    def go(self) -> None:
        """Buy, through the storm; calm; perhaps give back or dispute; calm; judge."""
        self._mortal("buy", lambda: buying.buy(self.press, at=self.at))
        self._storm()
        self._calm()
        sale = self._sale()
        if sale is not None and sale.state == SaleState.PAID:
            match self.luck.choice(["keep", "give back", "give back", "dispute"]):
                case "give back":
                    self._mortal("give back", self._give_back)
                case "dispute":
                    made = disputes.raise_dispute(self.stage.bank, sale.reference)
                    disputes.decide(self.stage.bank, made["id"], self.luck.choice(["won", "lost"]))
            self._storm()
            self._calm()
        self._judge()

    def _storm(self) -> None:
        acts: dict[str, Callable[[], object]] = {
            "the buyer": self._buyer,
            "webhooks": self._webhooks,
            "jobs": self._jobs,
            "the worker": self._worker,
            "pressed again": lambda: buying.buy(self.press, at=self.at),
        }
        for _ in range(self.luck.randint(2, 5)):
            self.stage.bank.search_is_behind = self.luck.random() < 0.3
            if self.luck.random() < 0.1:
                self.at += settling.HOLD
            name = self.luck.choice(list(acts))
            self._mortal(name, acts[name])

    def _mortal(self, name: str, act: Callable[[], object]) -> None:
        """Do something, with a broken line to the bank, and perhaps die of it."""
        faults = self.luck.choices(FAULTS, k=self.luck.randint(0, 4))
        self.stage.bank.faults.extend(one for one in faults if one is not Fault.SLOW)
        dies = self.luck.randrange(LONGEST) if self.luck.random() < 0.6 else None
        self.happened.append(f"{name} {[str(one) for one in faults]} dies {dies}")
        try:
            with dying_before(10**6 if dies is None else dies):
                act()
        except Killed:
            self.deaths += 1
        except (Refusal, OutcomeUnknown) as refused:
            self.happened.append(f"refused: {refused}")
        self.stage.bank.faults.clear()

    def _buyer(self) -> None:
        bank, sale = self.stage.bank, self._sale()
        if sale is None:
            return
        for page in bank.all("checkout.session"):
            if page["client_reference_id"] == sale.charge_key and page["status"] == "open":
                pages.pay(bank, page["id"], self.pays_with)
        for intent in bank.all("payment_intent"):
            mine = intent["metadata"].get("charge") == sale.charge_key
            if mine and intent["status"] == "requires_action":
                approved = self.luck.random() < 0.8
                pages.answer_challenge(bank, intent["id"], approved=approved)
        if self.luck.random() < 0.5:
            settling.resolve(sale, at=self.at)

    def _webhooks(self, *, calm: bool = False) -> None:
        deliver(self.stage.bank, self.luck, at=self.at, calm=calm)

    def _jobs(self) -> None:
        run_settling(self.stage)

    def _worker(self) -> None:
        """Do what the worker does each minute."""
        self.at += timedelta(minutes=1)
        before, after = self.at - timedelta(seconds=20), self.at - timedelta(hours=1)
        for sale in settling.silent(began_before=before, began_after=after):
            settling.resolve(sale, at=self.at)
        for key in moving.silent(asked_before=before):
            moving.make(key, at=self.at)
        settling.end_overdue(at=self.at)

    def _give_back(self) -> None:
        sale = self._sale()
        assert sale is not None
        moving.make(giving_back.give_back(sale, at=self.at), at=self.at)

    def _calm(self) -> None:
        self.stage.bank.search_is_behind = False
        self._webhooks(calm=True)
        self._jobs()
        for _ in range(2):
            self._worker()
            self._jobs()
        self.at += settling.HOLD
        for _ in range(2):
            self._worker()
            self._jobs()

    def _judge(self) -> None:
        """See that the bank has exactly what the card says."""
        sale, bank = self._sale(), self.stage.bank
        key = sale.charge_key if sale else "none"
        intents = [
            one for one in bank.all("payment_intent") if one["metadata"].get("charge") == key
        ]
        ids = {one["id"] for one in intents}
        taken = sum(one["amount_received"] for one in intents)
        held = sum(one["amount_capturable"] for one in intents)
        back = sum(one["amount"] for one in bank.all("refund") if one["payment_intent"] in ids)
        if sale is None:
            return
        amount = sale.amount_minor
        assert sale.state in ENDS, self
        assert held == 0, self
        assert taken == (amount if sale.is_sold else 0), self
        assert back == (amount if sale.state == SaleState.REFUNDED else 0), self
        assert not sale.moves.filter(state="asked").exists(), self

    def _sale(self) -> CardSale | None:
        return CardSale.objects.filter(key=self.press.key).first()

    def __repr__(self) -> str:
        sale, story = self._sale(), "\n".join(self.happened)
        moves = list(sale.moves.values()) if sale else []
        return f"run {self.seed}: {sale and sale.state}\n{story}\n{moves}"
