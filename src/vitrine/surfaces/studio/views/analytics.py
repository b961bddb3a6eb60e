"""How clips are watched: for their creator alone, as pages and as CSV."""

import csv
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vitrine.kernel.errors import problem
from vitrine.sovereignty import access
from vitrine.surfaces.studio import analytics, first_day, page
from vitrine.surfaces.studio.analytics import Span
from vitrine.surfaces.studio.page import CreatorRequest
from vitrine.surfaces.studio.spans import SpanForm


@require_safe
@access.policy(access.PERSON)
def channel(request: CreatorRequest) -> HttpResponse:
    """Show how all clips of the creator did. Queries: 8, and 2 for the session."""
    form, span = _span(request)
    report = analytics.of_channel(request.user, span)
    context = {**_context(form, span), "report": report, "days": report.course.days}
    return _page(request, "studio/analytics.html", context, form)


@require_safe
@access.policy(access.OWNER)
def clip(request: CreatorRequest, clip_id: str) -> HttpResponse:
    """Show how one clip did. Queries: 7, and 2 for the session."""
    found = page.own_clip(request, clip_id)
    form, span = _span(request)
    report = analytics.of_clip(found, span)
    context = {**_context(form, span), "clip": found, "report": report, "days": report.course.days}
    context["first_day"] = first_day.of(found)
    return _page(request, "studio/clip_analytics.html", context, form)


@require_safe
@access.policy(access.PERSON)
def channel_csv(request: CreatorRequest) -> HttpResponse:
    """Send the days of all clips as CSV."""
    form, span = _span(request)
    if form.errors:
        return _refused(form)
    days = analytics.of_channel(request.user, span).course.days
    return _csv(f"channel-{span.since}-{span.until}", analytics.table(days))


@require_safe
@access.policy(access.OWNER)
def clip_csv(request: CreatorRequest, clip_id: str) -> HttpResponse:
    """Send the days of one clip as CSV."""
    found = page.own_clip(request, clip_id)
    form, span = _span(request)
    if form.errors:
        return _refused(form)
    days = analytics.of_clip(found, span).course.days
    return _csv(f"{found.public_id}-{span.since}-{span.until}", analytics.table(days))


@require_safe
@access.policy(access.OWNER)
def retention_csv(request: CreatorRequest, clip_id: str) -> HttpResponse:
    """Send how many plays saw each second of one clip as CSV."""
    found = page.own_clip(request, clip_id)
    form, span = _span(request)
    if form.errors:
        return _refused(form)
    seconds = analytics.of_clip(found, span).retention.seconds
    lines: list[list[Any]] = [["second", "plays"]]
    lines += [[each.second, each.viewers] for each in seconds]
    return _csv(f"{found.public_id}-retention-{span.since}-{span.until}", lines)


def _span(request: CreatorRequest) -> tuple[SpanForm, Span]:
    """Read the days that are asked for; what makes no sense shows the usual ones and says so."""
    today = timezone.now().astimezone(analytics.zone()).date()
    form = SpanForm(request.GET or None, today=today)
    return form, Span(*form.period())


def _context(form: SpanForm, span: Span) -> dict[str, Any]:
    return {
        "form": form,
        "span": span,
        "since": analytics.long_day(span.since),
        "until": analytics.long_day(span.until),
        "presets": form.presets(span),
    }


def _page(
    request: CreatorRequest, template: str, context: dict[str, Any], form: SpanForm
) -> HttpResponse:
    return render(request, template, context, status=422 if form.errors else 200)


def _refused(form: SpanForm) -> HttpResponse:
    detail = " ".join(str(error) for errors in form.errors.values() for error in errors)
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, code="days_malformed", detail=detail)


def _csv(name: str, lines: Iterable[list[Any]]) -> HttpResponse:
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="vitrine-{name}.csv"'
    answer["Cache-Control"] = "private, no-store"
    csv.writer(answer).writerows(lines)
    return answer
