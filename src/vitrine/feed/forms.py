"""What browsers report about watching."""

import base64
import binascii

import msgspec
from django import forms
from django.utils.translation import gettext

from vitrine.feed.believing import WatchEvent
from vitrine.feed.plausible import Told
from vitrine.kernel import ids

MOST_EVENTS = 60
MOST_MS = 12 * 3600 * 1000
MOST_LOOPS = MOST_TAPS = MOST_REPORTS = 10_000
MOST_TOKEN, MOST_SEEN = 80, 2_400


class _Event(msgspec.Struct, forbid_unknown_fields=True):
    """seen: base64 of a bit for each second, the lowest first."""

    clip: str
    token: str
    seq: int
    ms: int
    loops: int = 0
    seen: str = ""
    taps: int = 0
    shares: int = 0

    def is_within_bounds(self) -> bool:
        return (
            len(self.token) <= MOST_TOKEN
            and len(self.seen) <= MOST_SEEN
            and 0 < self.ms <= MOST_MS
            and 0 <= self.seq <= MOST_REPORTS
            and 0 <= self.loops <= MOST_LOOPS
            and 0 <= self.taps <= MOST_TAPS
            and 0 <= self.shares <= MOST_TAPS
        )


_events = msgspec.json.Decoder(list[_Event])
_ids = msgspec.json.Decoder(list[str])


class WatchesForm(forms.Form):
    """A batch of watch events, as JSON in a form field: a beacon cannot set headers."""

    events = forms.CharField(max_length=32_000, required=False, strip=False)
    unseen = forms.CharField(max_length=4_000, required=False, strip=False)

    def clean_events(self) -> list[WatchEvent]:
        """Return the events, each within bounds."""
        try:
            events = _events.decode(self.cleaned_data["events"] or "[]")
        except msgspec.DecodeError as error:
            raise forms.ValidationError(f"events: {error}") from None
        if len(events) > MOST_EVENTS:
            said = gettext("events: at most {most} in a batch.")
            raise forms.ValidationError(said.format(most=MOST_EVENTS))
        for event in events:
            if not ids.PATTERN.match(event.clip):
                raise forms.ValidationError(gettext("events: a clip's id is malformed."))
            if not event.is_within_bounds():
                raise forms.ValidationError(gettext("events: a number is out of bounds."))
        return [WatchEvent(e.clip, e.token, _told(e)) for e in events]

    def clean_unseen(self) -> list[str]:
        """Return the ids of served clips that never came on screen."""
        try:
            unseen = _ids.decode(self.cleaned_data["unseen"] or "[]")
        except msgspec.DecodeError as error:
            raise forms.ValidationError(f"unseen: {error}") from None
        if len(unseen) > MOST_EVENTS or not all(ids.PATTERN.match(clip) for clip in unseen):
            raise forms.ValidationError(gettext("unseen: malformed."))
        return unseen


def _told(event: _Event) -> Told:
    try:
        seen = base64.b64decode(event.seen, validate=True)
    except (ValueError, binascii.Error):
        raise forms.ValidationError(gettext("events: what was seen is malformed.")) from None
    return Told(event.seq, event.ms, event.loops, seen, event.taps, event.shares)
