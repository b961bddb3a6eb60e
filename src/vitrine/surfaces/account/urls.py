"""Account pages: ours, and those of allauth that we offer, each with its policy.

The names are allauth's where its code looks them up.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.webauthn import views as webauthn
from django.urls import path

from vitrine.sovereignty.access import ANYONE, PERSON
from vitrine.surfaces.account import passkeys, sessions, views
from vitrine.surfaces.account.borrowed import page

urlpatterns = [
    path("", views.home, name="account"),
    path("profile/", views.profile, name="account_profile"),
    path("faces/<public_id:picture_id>/<int:side>.webp", views.face, name="account_face"),
    path("follows/<str:handle>/", views.following, name="account_following"),
    path("language/", views.language, name="account_language"),
    path("distance/", views.distance, name="account_distance"),
    path("blocks/<str:handle>/", views.block, name="account_block"),
    path("mutes/<str:handle>/", views.mute, name="account_mute"),
    # Coming in and going out
    path("signup/", page(account.signup, ANYONE), name="account_signup"),
    path("login/", page(account.login, ANYONE), name="account_login"),
    path("logout/", page(account.logout, ANYONE), name="account_logout"),
    path("inactive/", page(account.account_inactive, ANYONE), name="account_inactive"),
    path("reauthenticate/", page(account.reauthenticate, PERSON), name="account_reauthenticate"),
    # E-mail addresses
    path("email/", page(account.email, PERSON), name="account_email"),
    path(
        "email/sent/",
        page(account.email_verification_sent, ANYONE),
        name="account_email_verification_sent",
    ),
    path("email/<str:key>/", views.confirm_email, name="account_confirm_email"),
    # Password
    path("password/", page(account.password_change, PERSON), name="account_change_password"),
    path("password/first/", page(account.password_set, PERSON), name="account_set_password"),
    path(
        "password/forgotten/", page(account.password_reset, ANYONE), name="account_reset_password"
    ),
    path(
        "password/forgotten/code/",
        page(account.confirm_password_reset_code, ANYONE),
        name="account_confirm_password_reset_code",
    ),
    path(
        "password/forgotten/new/",
        page(account.complete_password_reset, ANYONE),
        name="account_complete_password_reset",
    ),
    path(
        "password/forgotten/done/",
        page(account.password_reset_from_key_done, ANYONE),
        name="account_password_reset_completed",
    ),
    # Passkeys
    path("passkeys/", passkeys.listing, name="mfa_index"),
    path("passkeys/", passkeys.listing, name="mfa_list_webauthn"),
    path("passkeys/new/", passkeys.new, name="mfa_add_webauthn"),
    path("passkeys/login/", page(webauthn.login_webauthn, ANYONE), name="mfa_login_webauthn"),
    path("passkeys/second-step/", page(mfa.authenticate, ANYONE), name="mfa_authenticate"),
    path("passkeys/again/", page(mfa.reauthenticate, PERSON), name="mfa_reauthenticate"),
    path(
        "passkeys/again/passkey/",
        page(webauthn.reauthenticate_webauthn, PERSON),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "passkeys/recovery-codes/",
        page(recovery.view_recovery_codes, PERSON),
        name="mfa_view_recovery_codes",
    ),
    path(
        "passkeys/recovery-codes/new/",
        page(recovery.generate_recovery_codes, PERSON),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "passkeys/recovery-codes/file/",
        page(recovery.download_recovery_codes, PERSON),
        name="mfa_download_recovery_codes",
    ),
    path("passkeys/<slug:mark>/", passkeys.one, name="account_passkey"),
    # Where one is signed in
    path("sessions/", sessions.listing, name="usersessions_list"),
    path("sessions/<slug:mark>/", sessions.one, name="account_session"),
]
