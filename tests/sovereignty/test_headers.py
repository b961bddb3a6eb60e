"""What a cell on the open web tells browsers."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

ROOT = Path(__file__).resolve().parents[2]


def test_a_cell_on_https_passes_djangos_deployment_check_without_a_warning() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT / "src"),
            "DJANGO_SETTINGS_MODULE": "vitrine.settings",
            "VITRINE_DEBUG": "0",
            "VITRINE_ORIGIN": "https://us.vitrine.example",
            "VITRINE_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ",
        },
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["/account/login/", "/transparency/data", "/nothing-here"])
def test_a_page_may_load_our_own_files_and_nothing_else(client: Client, url: str) -> None:
    headers = client.get(url).headers

    policy = dict(
        part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert policy["base-uri"] == "'none'"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.django_db
def test_no_page_of_ours_has_a_script_or_style_in_it(client: Client) -> None:
    for url in ("/account/login/", "/account/signup/", "/transparency/data", "/transparency/"):
        page = client.get(url).content.decode()
        assert "<style" not in page
        assert ' style="' not in page
        assert ' onclick="' not in page
        assert "<script>" not in page


@pytest.mark.django_db
def test_a_missing_csrf_token_is_explained(client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)

    page = strict.post("/account/login/", {"login": "a@example.org", "password": "x"})
    document = strict.post("/account/login/", {}, headers={"Accept": "application/json"})

    assert page.status_code == 403
    assert "Reload" in page.content.decode()
    assert document.status_code == 403
    assert document.headers["Content-Type"] == "application/problem+json"
    assert document.json()["code"] == "csrf_failed"


@pytest.mark.django_db
def test_a_script_whose_person_lost_all_cookies_is_told_to_sign_in() -> None:
    strict = Client(enforce_csrf_checks=True)
    url = "/studio/clips/us_01JD0000000000000000000000/"
    htmx = {"HX-Request": "true", "Referer": "http://testserver/studio/"}

    part = strict.post(url, {}, headers=htmx)
    document = strict.post(url, {}, headers={"Accept": "application/json"})
    page = strict.post(url, {})

    assert part.status_code == 204
    assert part.headers["HX-Redirect"] == "/account/login/?next=/studio/"
    assert document.json()["code"] == "sign_in_first"
    assert "Reload" in page.content.decode()  # which keeps what was typed, as a redirect would not


@pytest.mark.django_db
def test_nothing_here_is_a_page_for_people_and_a_problem_for_programs(client: Client) -> None:
    page = client.get("/nothing-here")
    document = client.get("/nothing-here", headers={"Accept": "application/json"})

    assert page.status_code == document.status_code == 404
    assert "An empty case" in page.content.decode()
    assert document.json()["code"] == "not_found"
