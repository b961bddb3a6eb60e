"""The data map: what each stored field is, why it is kept, how long, and whose it is.

Declared beside the model, checked against the models at start and against the live database
(``checks.py``), shown at ``/transparency/data``. Source: the ten classes of the design.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from django.db.models import Model

M = TypeVar("M", bound=type[Model])


class DataClass(StrEnum):
    """The closed set of classes. A field has exactly one."""

    PUBLIC = "PUBLIC"
    LOCAL_PUBLIC = "LOCAL_PUBLIC"
    PERSONAL = "PERSONAL"
    SENSITIVE = "SENSITIVE"
    COMMS = "COMMS"
    MONEY = "MONEY"
    BUSINESS = "BUSINESS"
    SECRET = "SECRET"  # noqa: S105 (the name of a class, not a secret)
    OPS = "OPS"
    SYSTEM = "SYSTEM"


MEANING = {
    DataClass.PUBLIC: "Published to the world by its author; the only class that may leave.",
    DataClass.LOCAL_PUBLIC: "Published for this country only.",
    DataClass.PERSONAL: "About a person; staff need a grant to read it.",
    DataClass.SENSITIVE: "About a person and dangerous in wrong hands; a second approver.",
    DataClass.COMMS: "What people write to each other or to support.",
    DataClass.MONEY: "Orders, postings, tax: kept as the law demands.",
    DataClass.BUSINESS: "Merchants' settings and figures; models trained here.",
    DataClass.SECRET: "Hashes, tokens, keys: read by no human, ever.",
    DataClass.OPS: "Counters and times of the machine, without people.",
    DataClass.SYSTEM: "Schema, keys between rows, flags.",
}

NOBODY = "nobody"
"""The subject of rows that are about no person."""


ABOUT_PEOPLE = frozenset({DataClass.PERSONAL, DataClass.SENSITIVE, DataClass.COMMS})
"""Classes whose rows must lead to their person."""


@dataclass(frozen=True)
class Entry:
    """One model's declaration. fields: name -> class. subject: see ``subjects.py``."""

    model_label: str
    fields: dict[str, DataClass]
    purpose: str
    retention: str
    subject: str


@dataclass(frozen=True)
class FileRoot:
    """One prefix of the object store or folder on disk, declared like a field.

    subject: label of the model whose rows own the files, or NOBODY. place: "store", or "disk"
    for a folder beside the database.
    """

    name: str
    data_class: DataClass
    purpose: str
    retention: str
    subject: str
    place: str = "store"


ENTRIES: dict[str, Entry] = {}
FILE_ROOTS: dict[str, FileRoot] = {}
QUEUES = {
    "encode": "the key of a clip to prepare or to compare",
    "hear": "the keys of clips to listen to",
    "settle": "the keys of payments and shipments to carry through, of clips to compare or to draw "
    "the sound of, and of pictures to remove",
    "mail": "the id of an order, a digest, a decision, a verdict, an invitation, a person or a "
    "notice to tell; the address is read when it is sent",
    "import": "the id of a merchant's import",
    "hooks": "the key of an address that a merchant's program is told at",
    "learn": "the day to learn from",
    "log": "the id of a log entry to publish",
    "builtin": "nothing: the queue's own housekeeping",
}
"""What the jobs of each queue hold: names of rows, never words about people."""


def _fields(classes: dict[str, str], where: str) -> dict[str, DataClass]:
    fields: dict[str, DataClass] = {}
    for class_name, names in classes.items():
        for name in names.split():
            if name in fields:
                raise ValueError(f"{where}.{name} is declared twice in the data map")
            fields[name] = DataClass(class_name)
    return fields


def declare(
    *, purpose: str, retention: str, subject: str = NOBODY, **classes: str
) -> Callable[[M], M]:
    """Declare a model's fields, by class: ``PUBLIC="title caption", SYSTEM="id"``.

    subject: how a row finds its person: "creator", "self", NOBODY, or by an equal value in
    another model, ``"viewer = accounts.Person.public_id"`` (``subjects.py``).
    """

    def register(model: M) -> M:
        label = model._meta.label
        ENTRIES[label] = Entry(label, _fields(classes, label), purpose, retention, subject)
        return model

    return register


def declare_borrowed(
    label: str, *, purpose: str, retention: str, subject: str = NOBODY, **classes: str
) -> None:
    """Declare a model of a library, by its label "app.Model"."""
    ENTRIES[label] = Entry(label, _fields(classes, label), purpose, retention, subject)


def file_root(
    name: str,
    data_class: str,
    *,
    purpose: str,
    retention: str,
    subject: str = NOBODY,
    place: str = "store",
) -> str:
    """Declare a prefix of the object store and return it, for use as a constant."""
    FILE_ROOTS[name] = FileRoot(name, DataClass(data_class), purpose, retention, subject, place)
    return name
