"""What was served, and how likely it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


@dataclass(frozen=True)
class Logged:
    """A page as it was chosen, to be kept with what of it is served: see ``Slate``.

    signs: of each as many bytes. experiments, arms: of each experiment that had a part in it, the
    arm: see ``Exposure``.
    """

    version: str
    clips: Sequence[int]
    turns: str
    chances: Sequence[float]
    worths: Sequence[float]
    whys: str
    causes: Sequence[int]
    signs: Sequence[bytes]
    experiments: Sequence[int] = ()
    arms: Sequence[int] = ()


@datamap.declare(
    purpose="Say why a clip was shown; learn what foretells a watch; work out what other rules "
    "would have been worth",
    retention="30 days, or until the person clears what they watched",
    subject="viewer = accounts.Person.public_id",
    PERSONAL="viewer served_at clips turns chances worths whys causes signs",
    SYSTEM="id home_cell version",
)
class Slate(models.Model):
    """A page of For you as it was served, clip by clip in its order.

    turns: the first letter of a ``mixing.Turn``. chances: how likely each was in its place, given
    those before it. worths: what the ranking held it to be worth. version: the tables and news that
    it was ranked by. whys, causes: for each its ``causes.Why``, and the clip of the viewer's that
    caused it, or 0. signs: what was known of each before, see ``feed/signs.py``. Pages of those who
    keep no history, or are not profiled, are not kept.
    """

    home_cell = HomeCellField()
    viewer = models.CharField(max_length=40, db_collation="C")
    served_at = models.DateTimeField()
    version = models.CharField(max_length=40)
    clips = ArrayField(models.BigIntegerField())
    turns = models.CharField(max_length=40)
    chances = ArrayField(models.FloatField())
    worths = ArrayField(models.FloatField())
    whys = models.CharField(max_length=40, default="", db_default="")
    signs = models.BinaryField(default=b"", db_default=b"")
    causes = ArrayField(models.BigIntegerField(), default=list, db_default=[])

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["viewer", "served_at"], name="slate_by_viewer"),
            models.Index(fields=["served_at"], name="slate_by_age"),
        ]
