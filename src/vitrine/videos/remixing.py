"""What a creator does when a clip cannot be made with another's: try again, or go on without."""

from django.db import transaction

from vitrine.kernel import storage
from vitrine.kernel.errors import Refusal
from vitrine.videos.models import Caption, Clip, Encoding, EncodingState, Remix, Rendition


class NothingToTryAgain(Refusal):
    """The clip is being prepared, or is ready."""

    code = "nothing_to_try_again"
    message = "There is nothing to try again: the clip is being prepared, or is ready."


class IsOutAlready(Refusal):
    """A published clip stays what people have seen."""

    code = "clip_is_out"
    message = "This clip is published as it is. Take it back to draft first."


@transaction.atomic
def try_again(clip: Clip) -> None:
    """Order a failed preparing once more. Raises: NothingToTryAgain."""
    # A failed refinement is not among them: all that it would make anew is there already.
    failed = Encoding.objects.filter(clip=clip, refined_from=None).first()
    if failed is None or not failed.begin_again():
        raise NothingToTryAgain


@transaction.atomic
def go_on_without(clip: Clip) -> None:
    """Make a draft of the creator's own film alone, from the beginning. Again is no error.

    Raises: IsOutAlready. Locks: the clip, so that nobody publishes it meanwhile (V1).
    """
    held = Clip.objects.select_for_update(no_key=True).get(pk=clip.pk)
    if held.published_at is not None:
        raise IsOutAlready
    remix = Remix.objects.filter(clip=held).first()
    if remix is None:
        return
    remix.delete()
    Caption.objects.drafts().filter(clip=held).delete()  # of what was put together
    Rendition.objects.filter(clip=held).delete()
    Clip.objects.filter(pk=held.pk).update(poster_key="", placeholder=b"")
    if remix.composed_key:
        transaction.on_commit(lambda: storage.delete(remix.composed_key))
    encoding = Encoding.objects.filter(clip=held).first()
    if encoding is not None:  # else its file has not arrived yet
        encoding.begin_again(out_of=EncodingState.values)
