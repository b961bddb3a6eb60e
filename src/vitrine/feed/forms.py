"""What browsers report about watching."""

import msgspec
from django import forms

from vitrine.feed.watching import WatchEvent
from vitrine.kernel import ids

MOST_EVENTS = 60
MOST_MS = 3 * 3600 * 1000
MOST_LOOPS = 500


class _Event(msgspec.Struct, forbid_unknown_fields=True):
    clip: str
    ms: int
    loops: int = 0
    done: bool = False


_events = msgspec.json.Decoder(list[_Event])
_ids = msgspec.json.Decoder(list[str])


class WatchesForm(forms.Form):
    """A batch of watch events, as JSON in a form field: a beacon cannot set headers."""

    events = forms.CharField(max_length=16_000, required=False, strip=False)
    unseen = forms.CharField(max_length=4_000, required=False, strip=False)

    def clean_events(self) -> list[WatchEvent]:
        """Return the events, each within bounds."""
        try:
            events = _events.decode(self.cleaned_data["events"] or "[]")
        except msgspec.DecodeError as error:
            raise forms.ValidationError(f"events: {error}") from None
        if len(events) > MOST_EVENTS:
            raise forms.ValidationError(f"events: at most {MOST_EVENTS} in a batch.")
        for event in events:
            if not ids.PATTERN.match(event.clip):
                raise forms.ValidationError("events: a clip's id is malformed.")
            if not (0 <= event.ms <= MOST_MS and 0 <= event.loops <= MOST_LOOPS):
                raise forms.ValidationError("events: a number is out of bounds.")
        return [WatchEvent(e.clip, e.ms, e.loops, e.done) for e in events]

    def clean_unseen(self) -> list[str]:
        """Return the ids of served clips that never came on screen."""
        try:
            unseen = _ids.decode(self.cleaned_data["unseen"] or "[]")
        except msgspec.DecodeError as error:
            raise forms.ValidationError(f"unseen: {error}") from None
        if len(unseen) > MOST_EVENTS or not all(ids.PATTERN.match(clip) for clip in unseen):
            raise forms.ValidationError("unseen: malformed.")
        return unseen
