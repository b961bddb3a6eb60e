"""Word list, pace and echoes: machines are held and slowed, people are not."""

import random
import string
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests import make
from tests.safety import judged
from vitrine.accounts import limits
from vitrine.accounts.limits import Action, TooFast
from vitrine.accounts.models import Notice, Pace, Person
from vitrine.accounts.tasks import forget_before
from vitrine.accounts.telling import Kind
from vitrine.safety import commenting, echoes, judging
from vitrine.safety.filtering import WordRefused
from vitrine.safety.models import Case, Effect, ListedWord
from vitrine.safety.policy import Measure
from vitrine.videos.models import Clip, Comment

pytestmark = pytest.mark.django_db
LATER = make.NOON + timedelta(hours=1)


def old_hand(handle: str = "") -> Person:
    """Make somebody whose account is a month old."""
    person = make.person(handle)
    Person.objects.filter(pk=person.pk).update(joined_at=make.NOON - timedelta(days=30))
    person.refresh_from_db()
    return person


def list_words(words: list[str], effect: Effect) -> None:
    ListedWord.put(words, effect, by=judged.moderator(), at=make.NOON)


def test_a_thousand_comments_a_minute_are_held_and_slowed_and_people_are_not() -> None:
    clip, bots = make.clip(), [make.person() for _ in range(50)]
    people, passed = [old_hand() for _ in range(20)], []
    sent = refused = 0

    for round_ in range(20):
        for number, bot in enumerate(bots):
            at = make.NOON + timedelta(seconds=3 * round_, milliseconds=number)
            sent += 1
            try:
                text = f"Cheap followers at my place {round_}{number}!!! 😀" * (1 + number % 2)
                commenting.say(clip, text, by=bot, at=at)
            except TooFast:
                refused += 1
        person, at = people[round_], make.NOON + timedelta(seconds=3 * round_ + 1)
        said = ("Love this", "So beautiful!", f"My lamp from 19{round_:02d} looks like this one")
        passed.append(commenting.say(clip, said[round_ % 3], by=person, at=at))

    out = Comment.objects.out()
    of_bots, of_people = out.filter(author__in=bots), out.filter(author__in=people)
    assert sent == 1000
    assert refused == 600
    assert of_bots.count() <= 4
    assert of_people.count() == len(passed) == 20
    assert Case.objects.filter(kind="person", reason="spam", author__in=bots).count() == 50
    assert not Case.objects.exclude(author__in=bots).exists()


def test_a_flood_of_texts_that_all_differ_is_held_to_the_first_and_goes_on_being_held() -> None:
    clip, bots = make.clip(), [make.person() for _ in range(10)]
    guest = old_hand()
    dice = random.Random(1000)

    def flood(*, rounds: int, began_at: datetime) -> int:
        refused = 0
        for round_ in range(rounds):
            for bot in bots:
                at = began_at + timedelta(seconds=3 * round_)
                text = "".join(dice.choices(string.ascii_letters + "   ", k=40))
                try:
                    commenting.say(clip, text, by=bot, at=at)
                except TooFast:
                    refused += 1
        commenting.say(clip, "Lovely", by=guest, at=began_at)
        return refused

    refused = flood(rounds=20, began_at=make.NOON)
    flood(rounds=3, began_at=make.NOON + timedelta(minutes=2))

    out = Comment.objects.out()
    assert refused == 120
    assert not out.filter(author__in=bots).exists()
    assert out.filter(author=guest).count() == 2
    assert Comment.objects.filter(author__in=bots).count() == 110
    assert Case.objects.count() == 10


def test_a_moderator_lets_out_all_that_was_held_of_somebody_at_once() -> None:
    clip, hasty = make.clip(), make.person()
    for number in range(6):
        commenting.say(clip, f"Answer {number}", by=hasty, at=make.NOON)
    assert Comment.objects.out().count() == 3
    case = Case.objects.get(author=hasty)

    judging.decide(
        case, by=judged.moderator(), reason="spam", measure=Measure.NONE, words="", at=make.NOON
    )

    assert Comment.objects.out().count() == 6
    later = commenting.say(clip, "Once more", by=hasty, at=make.NOON + timedelta(minutes=2))
    assert later.withheld_at is None


def test_until_a_moderator_has_looked_it_waits_but_not_on_their_own_clips() -> None:
    clip, hasty = make.clip(), make.person()
    for number in range(4):
        commenting.say(clip, f"Answer {number}", by=hasty, at=make.NOON)
    later = make.NOON + timedelta(hours=2)

    assert commenting.say(clip, "Quite slow", by=hasty, at=later).withheld_at
    assert not commenting.say(make.clip(hasty), "My own", by=hasty, at=later).withheld_at
    assert Comment.objects.out().count() == 4


def test_creators_may_answer_all_their_guests_quickly() -> None:
    clip = make.clip()

    for number in range(8):
        commenting.say(clip, f"Thank you, number {number}!", by=clip.creator, at=make.NOON)

    assert Comment.objects.out().count() == 8


@pytest.mark.parametrize(
    "one, other",
    [
        ("Cheap followers at my place", "CHEAP followers, at my place!!! 123 😀"),
        ("Cheap followers at my place", "Ｃheap fóllowers at my\u200b place"),
    ],
)
def test_machines_that_vary_signs_say_the_same(one: str, other: str) -> None:
    assert echoes.echo(one) == echoes.echo(other) is not None


def test_short_praise_is_nobodys_echo() -> None:
    assert echoes.echo("Love this!") is None
    assert echoes.echo("Cheap followers at my place") != echoes.echo("Cheap followers at our place")


def test_a_held_word_keeps_a_comment_back_until_a_moderator_has_read_it() -> None:
    list_words(["vile"], Effect.HOLD)

    clip = make.clip()
    said = commenting.say(clip, "How VÍLE this is", by=make.person(), at=make.NOON)
    told = Notice.objects.filter(person=clip.creator, kind=Kind.COMMENT)
    assert not told.exists()
    fine = commenting.say(make.clip(), "Servile? No.", by=make.person(), at=make.NOON)

    assert list(Comment.objects.out()) == [fine]
    case = Case.objects.get()
    assert (case.comment, case.origin) == (said, "held")
    judging.decide(
        case, by=judged.moderator(), reason="other", measure=Measure.NONE, words="", at=LATER
    )
    assert Comment.objects.out().count() == 2
    assert told.get().at == LATER
    said.withhold(at=LATER)
    told.delete()
    said.let_out(at=LATER)
    assert not told.exists()  # its clip's creator has read it before


def test_a_refused_word_is_refused_and_what_was_typed_stays(client: Client) -> None:
    list_words(["vile"], Effect.REFUSE)
    clip = make.clip()
    client.force_login(make.person())

    answer = client.post(f"/v/{clip.public_id}/comments", {"text": "So vile"})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "This has a word that is not allowed here." in page
    assert ">So vile</textarea>" in page
    assert not Comment.objects.exists()
    with pytest.raises(WordRefused):
        commenting.say(clip, "vile", by=make.person(), at=make.NOON)


def test_listed_words_in_titles_wait_and_in_profiles_are_refused(client: Client) -> None:
    list_words(["vile"], Effect.HOLD)
    clip = make.clip(title="Lamp")
    client.force_login(clip.creator)
    details = {"title": "Vile lamp", "language": "en", "visibility": "public"}

    saved = client.post(f"/studio/clips/{clip.public_id}/", details, follow=True)
    profile = client.post("/account/profile/", {"display_name": "Vile", "bio": ""})

    assert "A moderator reads its words first." in saved.content.decode()
    assert not Clip.objects.published().exists()
    assert profile.status_code == 422
    assert "not allowed here" in profile.content.decode()
    judging.decide(
        Case.objects.get(), by=judged.moderator(), reason="other", measure=Measure.NONE,
        words="", at=make.NOON,
    )  # fmt: skip
    assert Clip.objects.published().get().title == "Vile lamp"


def test_moderators_keep_the_list_and_who_listed_what(client: Client) -> None:
    client.force_login(judged.moderator())

    client.post("/desk/words/", {"words": "vile, so bad", "effect": "hold"})
    word = ListedWord.objects.get(word="vile")
    client.post(f"/desk/words/{word.public_id}/")

    word.refresh_from_db()
    assert word.removed_by == word.by
    assert ListedWord.objects.in_force().get().word == "so bad"
    assert "so bad" in client.get("/desk/words/").content.decode()


def test_too_much_is_429_with_the_time_to_wait_and_nothing_lost(client: Client) -> None:
    person, clip = make.person(), make.clip()
    client.force_login(person)
    now = timezone.now()
    for _ in range(limits.LIMITS[Action.COMMENT][1].newcomers):
        Pace.objects.all().filter(window_s=60).delete()
        limits.spend(person.public_id, Action.COMMENT, is_new=True, at=now)

    page = client.post(f"/v/{clip.public_id}/comments", {"text": "Once more"})
    told = client.post(
        f"/v/{clip.public_id}/comments",
        {"text": "Once more"},
        headers={"Accept": "application/json"},
    )

    assert page.status_code == told.status_code == 429
    assert "That was very fast. You can go on in" in page.content.decode()
    assert ">Once more</textarea>" in page.content.decode()
    assert 0 < int(page["Retry-After"]) <= 3600
    assert told.json()["code"] == "too_fast"


@pytest.mark.parametrize("action", list(Action))
def test_every_limit_lets_its_number_pass_and_begins_anew(action: Action) -> None:
    limit = limits.LIMITS[action][0]
    for _ in range(limit.newcomers):
        limits.spend("v_somebody", action, is_new=True, at=make.NOON)

    with pytest.raises(TooFast):
        limits.spend("v_somebody", action, is_new=True, at=make.NOON)
    limits.spend("v_other", action, is_new=True, at=make.NOON)
    limits.spend("v_somebody", action, is_new=True, at=make.NOON + limit.each)


@pytest.mark.parametrize(
    "action, path",
    [
        (Action.LIKE, "like"),
        (Action.REPOST, "repost"),
        (Action.SAVE, "save"),
        (Action.SAVE, "collections/new"),
    ],
)
def test_what_is_done_to_a_clip_has_its_limit(client: Client, action: Action, path: str) -> None:
    clip = make.clip()
    client.force_login(make.person())
    url, typed = f"{clip.get_absolute_url()}/{path}", {"name": "Lamps"}
    hour_s = int(limits.LIMITS[action][1].each.total_seconds())
    assert client.post(url, typed).status_code == 302
    Pace.objects.filter(window_s=hour_s).update(done=limits.LIMITS[action][1].newcomers)

    answer = client.post(url, typed)

    assert answer.status_code == 429
    assert "That was very fast." in answer.content.decode()


def test_a_guest_cannot_flood_the_desk_with_reports(client: Client) -> None:
    statuses = [
        client.post(f"/report/clip/{make.clip().public_id}", {"reason": "spam"}).status_code
        for _ in range(limits.LIMITS[Action.REPORT][0].newcomers + 1)
    ]

    assert statuses == [302] * 10 + [429]
    assert Case.objects.count() == 10


def test_counts_are_forgotten_after_two_days() -> None:
    limits.spend("v_somebody", Action.LIKE, is_new=True, at=make.NOON)

    forget_before(at=make.NOON + timedelta(days=1))
    assert Pace.objects.exists()
    forget_before(at=make.NOON + timedelta(days=3))

    assert not Pace.objects.exists()
