"""Why a clip cannot be published, planned or marked."""

from vitrine.kernel.errors import Refusal


class NotReadyToPublish(Refusal):
    """No rendition of the clip is verified yet."""

    code = "clip_not_ready"
    message = "This clip is still being prepared. It can be published as soon as it plays."


class NotDescribed(Refusal):
    """The clip has no line that says what happens in it."""

    code = "clip_not_described"
    message = (
        "One line that says what happens is missing. It is read aloud to people who cannot see "
        "the clip: write it, then publish."
    )


class HasCaptions(Refusal):
    """What is said in the clip has been written down, so somebody speaks."""

    code = "clip_has_captions"
    message = "This clip has captions, so somebody speaks in it. Remove them first, then mark it."


class IsOut(Refusal):
    """The clip is published already."""

    code = "clip_is_out"
    message = "This clip is out already. Take it back to draft before you choose when it goes out."


class RemixWithdrawn(Refusal):
    """Whose clip this one is made with does not allow it any more."""

    code = "remix_withdrawn"
    message = (
        "Whose clip you made this with does not open it to you any more, so it can't be "
        "published. Go on without it, and your own film is prepared again."
    )
