"""Experiments on the feed, for the operator's staff: declared, read, stopped."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrine.accounts.signed_in import SignedInRequest
from vitrine.feed.experiments import declaring
from vitrine.feed.models import Experiment
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import access
from vitrine.surfaces.desk import experiment_page
from vitrine.surfaces.desk.experiment_forms import ExperimentForm


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.STAFF)
def listing(request: SignedInRequest) -> HttpResponse:
    """Show all experiments; POST declares one more. Queries: 2."""
    now = timezone.now()
    form = ExperimentForm(request.POST if request.method == "POST" else None, at=now)
    if form.is_valid():
        try:
            made = declaring.declare(**form.terms(), by=request.user, at=now)
        except Refusal as refusal:
            form.add_error(None, refusal.text)
        else:
            messages.success(request, gettext("It is declared. Nothing of it can be changed now."))
            return redirect("desk:experiment", made.public_id)
    context = experiment_page.listing(form, at=now)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "desk/experiments.html", context, status=status)


@require_safe
@access.policy(access.STAFF)
def experiment(request: SignedInRequest, experiment_id: str) -> HttpResponse:
    """Show what an experiment has told so far. Queries: 4."""
    found = get_object_or_404(Experiment, public_id=experiment_id)
    return render(request, "desk/experiment.html", experiment_page.one(found, at=timezone.now()))


@require_POST
@access.policy(access.STAFF)
def end(request: SignedInRequest, experiment_id: str) -> HttpResponse:
    """Show everybody the feed as it is from the next page on; again is no error."""
    found = get_object_or_404(Experiment, public_id=experiment_id)
    found.stop(at=timezone.now())
    messages.success(request, gettext("It is over. What it told stays here."))
    return redirect("desk:experiment", found.public_id)
