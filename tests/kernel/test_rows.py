"""HasRow says what Exists says, and InRows what "in" does."""

import pytest
from django.db.models import Exists, OuterRef, Q

from tests import make
from vitrine.accounts.models import Block, Follow, Person
from vitrine.kernel.rows import HasRow, InRows
from vitrine.videos.models import Clip

pytestmark = pytest.mark.django_db


def test_a_row_is_there_for_some_and_not_for_others() -> None:
    fan, liked, other = make.person(), make.person(), make.person()
    fan.follow(liked, at=make.NOON)
    has_row = HasRow(Follow, follower=fan, followed="pk")
    exists = Exists(Follow.objects.filter(follower=fan, followed=OuterRef("pk")))

    for condition in (has_row, exists):
        assert set(Person.objects.filter(condition)) == {liked}
        assert set(Person.objects.filter(~condition)) == {fan, other}
        assert set(Person.objects.filter(Q(pk=other.pk) | Q(condition))) == {liked, other}
        assert Person.objects.annotate(yes=condition).filter(yes=False).count() == 2


def test_fields_are_followed_over_other_tables_and_nothing_is_equal_to_none() -> None:
    origin = make.clip(**make.OPEN)
    remix = make.remix(origin)
    Block.put(by=remix.creator, on=origin.creator, at=make.NOON)
    met = HasRow(Block, by="creator", on="remix__origin__creator")

    assert list(Clip.objects.filter(met)) == [remix]
    assert list(Clip.objects.filter(~met)) == [origin]
    unmet = Person.objects.filter(~HasRow("accounts.Block", on="pk"))
    assert list(Clip.objects.filter(creator__in=unmet)) == [remix]
    assert not Person.objects.filter(HasRow(Block, by=None, on="pk")).exists()


def test_a_field_is_among_those_of_other_rows_or_not() -> None:
    fan, liked, other = make.person(), make.person(), make.person()
    fan.follow(liked, at=make.NOON)
    followed = InRows("pk", Follow, "followed", follower=fan)

    assert set(Person.objects.filter(followed)) == {liked}
    assert set(Person.objects.filter(~followed)) == {fan, other}
    assert set(Person.objects.filter(Q(pk=other.pk) | Q(followed))) == {liked, other}
    assert not Person.objects.filter(InRows("pk", Follow, "followed", follower=other)).exists()
