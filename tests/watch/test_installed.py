"""The site as an installed app: what its service worker and its manifest say."""

import json
import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import resolve

pytestmark = pytest.mark.django_db


def test_the_worker_keeps_the_offline_page_and_every_file_that_page_names() -> None:
    script = Client().get("/sw.js")
    page = Client().get("/offline").content.decode()

    assert script["Content-Type"] == "text/javascript"
    assert script["Cache-Control"] == "no-cache"
    listed = re.search(r"const FILES = \[(.*?)\]", script.content.decode())
    assert listed
    kept = {json.loads(file) for file in re.findall(r'"[^"]+"', listed[1])}
    named = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))
    assert {file.replace("\u002d", "-") for file in kept} == named
    assert any(file.endswith(".css") for file in named)


def test_a_changed_page_changes_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    before = Client().get("/sw.js").content

    monkeypatch.setattr("vitrine.surfaces.watch.views.installed.OFFLINE", "watch/keys.html")

    assert Client().get("/sw.js").content != before


def test_the_manifest_names_pages_that_exist() -> None:
    found = finders.find("manifest.webmanifest")
    assert isinstance(found, str)
    with open(found) as file:
        manifest = json.load(file)

    for url in (
        manifest["start_url"],
        manifest["share_target"]["action"],
        *(shortcut["url"] for shortcut in manifest["shortcuts"]),
    ):
        resolve(url)
    for icon in manifest["icons"]:
        assert finders.find(icon["src"])


def test_a_film_shared_where_no_worker_runs_is_asked_for_again() -> None:
    browser = Client(enforce_csrf_checks=True)

    answer = browser.post("/studio/upload/shared/", {"title": "A film"})

    assert answer.status_code == 302
    assert answer["Location"] == "/studio/upload/"
