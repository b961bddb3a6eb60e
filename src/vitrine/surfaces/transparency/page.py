"""What the transparency pages show: the declarations that the running code is held to."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Sum
from django.utils.translation import gettext

from vitrine.kernel import logs
from vitrine.sovereignty import datamap, destinations, subjects
from vitrine.sovereignty.datamap import DataClass
from vitrine.sovereignty.models import Leaving


@dataclass(frozen=True)
class ClassCount:
    """One of the ten classes, and how many fields are of it."""

    name: str
    meaning: str
    fields: int


@dataclass(frozen=True)
class Shelf:
    """One model: why, how long, whose, and its fields by class."""

    label: str
    purpose: str
    retention: str
    whose: str
    fields: list[tuple[str, list[str]]]


@dataclass(frozen=True)
class Exit:
    """One destination outside the cell, and what has left for it."""

    destination: destinations.Destination
    leavings: int
    size: int
    last_at: datetime | None

    @property
    def purposes(self) -> list[tuple[str, list[str]]]:
        """What for, and the classes that may be told for it."""
        return [(what, sorted(told)) for what, told in self.destination.purposes.items()]


def class_counts() -> list[ClassCount]:
    """Return the ten classes in their order, with the number of fields of each. Queries: 0."""
    counted = Counter(
        data_class for entry in datamap.ENTRIES.values() for data_class in entry.fields.values()
    )
    return [ClassCount(c.value, datamap.MEANING[c], counted[c]) for c in DataClass]


def shelves(*, words: str = "", data_class: str = "", about_people: bool = False) -> list[Shelf]:
    """Return the models that fit: what is about people first, then by name. Queries: 0."""
    found = (
        _shelf(entry, data_class)
        for entry in sorted(datamap.ENTRIES.values(), key=_people_first)
        if _fits(entry, words.lower().split(), about_people=about_people)
    )
    return [shelf for shelf in found if shelf.fields]


def _people_first(entry: datamap.Entry) -> tuple[bool, bool, str]:
    is_machine = set(entry.fields.values()) <= {DataClass.SYSTEM, DataClass.OPS}
    return is_machine, entry.subject == datamap.NOBODY, entry.model_label


def _fits(entry: datamap.Entry, words: list[str], *, about_people: bool) -> bool:
    text = f"{entry.model_label} {entry.purpose} {entry.retention} {' '.join(entry.fields)}".lower()
    is_about = entry.subject != datamap.NOBODY
    return all(word in text for word in words) and (is_about or not about_people)


def _shelf(entry: datamap.Entry, only: str) -> Shelf:
    by_class: dict[str, list[str]] = {}
    for name, data_class in entry.fields.items():
        if only in ("", data_class.value):
            by_class.setdefault(data_class.value, []).append(name)
    order = [data_class.value for data_class in DataClass]
    return Shelf(
        entry.model_label,
        entry.purpose,
        entry.retention,
        whose(entry.subject),
        sorted(by_class.items(), key=lambda item: order.index(item[0])),
    )


def whose(subject: str) -> str:
    """Say in words how a row finds its person, in the language of the page."""
    if subject == datamap.NOBODY:
        return gettext("nobody")
    if subject == "self":
        return gettext("the person")
    by_value = subjects.equal(subject)
    if by_value and by_value.digest:
        said = gettext("the person, by a keyed digest of the {field}")
        return said.format(field=by_value.field.replace("_", " "))
    if by_value:
        said = gettext("the person, where {path} is the same")
        return said.format(path=by_value.path.replace("__", ", "))
    first, *further = (part.replace("_", " ") for part in subject.split("__"))
    owner = gettext("its {thing}").format(thing=first)
    for part in further:
        owner = gettext("{owner}’s {thing}").format(owner=owner, thing=part)
    return owner


def exits() -> list[Exit]:
    """Return each destination of the gate with what has left for it. Queries: 1."""
    left: dict[str, Mapping[str, Any]] = {
        row["destination"]: row
        for row in Leaving.objects.values("destination").annotate(
            leavings=Count("pk"), bytes=Sum("size"), last_at=Max("at")
        )
    }
    nothing: Mapping[str, Any] = {"leavings": 0, "bytes": 0, "last_at": None}
    return [
        Exit(each, row["leavings"], row["bytes"], row["last_at"])
        for each in destinations.KNOWN.values()
        for row in [left.get(each.name, nothing)]
    ]


def file_roots() -> list[datamap.FileRoot]:
    """Return the declared prefixes of the object store and folders on disk. Queries: 0."""
    return sorted(datamap.FILE_ROOTS.values(), key=lambda root: (root.place, root.name))


def log_fields() -> list[str]:
    """Return the only fields that a log line may have. Queries: 0."""
    return sorted(logs.FIELDS)


def document() -> dict[str, Any]:
    """Return the whole map for programs. Queries: 1."""
    return {
        "classes": {each.name: each.meaning for each in class_counts()},
        "models": {
            entry.model_label: {
                "fields": entry.fields,
                "purpose": entry.purpose,
                "retention": entry.retention,
                "subject": entry.subject,
            }
            for _, entry in sorted(datamap.ENTRIES.items())
        },
        "files": {
            root.name: {
                "class": root.data_class,
                "place": root.place,
                "purpose": root.purpose,
                "retention": root.retention,
                "subject": root.subject,
            }
            for root in file_roots()
        },
        "queues": datamap.QUEUES,
        "log_fields": log_fields(),
        "destinations": {
            each.destination.name: {
                "operator": each.destination.operator,
                "country": each.destination.country,
                "purposes": dict(each.purposes),
                "leavings": each.leavings,
                "bytes": each.size,
                "last_at": each.last_at,
            }
            for each in exits()
        },
    }
