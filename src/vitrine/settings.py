"""All settings. Only this file asks the environment, through ``vitrine.environment``.

A missing or malformed value stops the boot with a sentence that names it.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONCE
from django.core.exceptions import ImproperlyConfigured

from vitrine import environment
from vitrine.ads import blocklist
from vitrine.kernel import storage
from vitrine.orders import tax_local
from vitrine.orders.payouts.formats import payer
from vitrine.sovereignty import demand_partners, push_services

ROOT = Path(__file__).resolve().parent


def _media_sources(mode: str, store_url: str) -> list[str]:
    """Return where a page's media comes from besides the site itself: a store that signs."""
    if mode != "signed":
        return []
    try:
        return [storage.signing_origin(store_url)]
    except storage.NoSigning as why:
        raise ImproperlyConfigured(f"VITRINE_MEDIA_MODE cannot be signed: {why}") from None


# The cell -------------------------------------------------------------------------------------

VITRINE_CELL = environment.choice("VITRINE_CELL", "us", ("us", "ca", "nz", "au"))
VITRINE_ORIGIN = environment.text("VITRINE_ORIGIN", "http://localhost:8000")
"""The cell's own domain, scheme and port. Passkeys are bound to its host name."""
VITRINE_DATA = Path(environment.text("VITRINE_DATA", str(Path.cwd() / "var"))).absolute()
VITRINE_STORE_URL = environment.text("VITRINE_STORE_URL", f"file://{VITRINE_DATA}/store")
VITRINE_MEDIA_MODE = environment.choice("VITRINE_MEDIA_MODE", "serve", ("serve", "accel", "signed"))
_MEDIA_SOURCES = _media_sources(VITRINE_MEDIA_MODE, VITRINE_STORE_URL)
VITRINE_MEDIA_ACCEL_PREFIX = environment.text("VITRINE_MEDIA_ACCEL_PREFIX", "/internal-store/")
VITRINE_MEDIA_RANGE_CAP_BYTES = environment.number("VITRINE_MEDIA_RANGE_CAP_BYTES", 512 * 1024)
VITRINE_UPLOAD_MAX_BYTES = environment.number("VITRINE_UPLOAD_MAX_BYTES", 500 * 1024 * 1024)
VITRINE_UPLOADS_PER_DAY = environment.number("VITRINE_UPLOADS_PER_DAY", 200)
VITRINE_CREATOR_MAX_BYTES = environment.number("VITRINE_CREATOR_MAX_BYTES", 100 * 1024**3)
VITRINE_LEAST_AGE = environment.number("VITRINE_LEAST_AGE", 13)
VITRINE_CLIP_MAX_SECONDS = environment.number("VITRINE_CLIP_MAX_SECONDS", 180)
VITRINE_ENCODE_THREADS = environment.number("VITRINE_ENCODE_THREADS", min(os.cpu_count() or 1, 4))
VITRINE_SPEECH_MODEL = os.environ.get("VITRINE_SPEECH_MODEL", "")
VITRINE_HARDWARE = environment.choice("VITRINE_HARDWARE", "auto", ("auto", "off"))
VITRINE_AV1_VIEWS = environment.number("VITRINE_AV1_VIEWS", 0)
VITRINE_PUSH_KEY = environment.read("VITRINE_PUSH_KEY", push_services.read_key)
VITRINE_PUSH_HOSTS = environment.read("VITRINE_PUSH_HOSTS", push_services.read)
VITRINE_RTB = environment.read("VITRINE_RTB", demand_partners.read)
VITRINE_STRIPE_SECRET_KEY = os.environ.get("VITRINE_STRIPE_SECRET_KEY", "")
VITRINE_STRIPE_WEBHOOK_SECRET = os.environ.get("VITRINE_STRIPE_WEBHOOK_SECRET", "")
if bool(VITRINE_STRIPE_SECRET_KEY) != bool(VITRINE_STRIPE_WEBHOOK_SECRET):
    raise ImproperlyConfigured(
        "VITRINE_STRIPE_SECRET_KEY and VITRINE_STRIPE_WEBHOOK_SECRET go together: set both or none."
    )
VITRINE_STRIPE_API = environment.text("VITRINE_STRIPE_API", "https://api.stripe.com").rstrip("/")
if not VITRINE_STRIPE_API.startswith(("https://", "http://127.0.0.1:")):
    raise ImproperlyConfigured("VITRINE_STRIPE_API must begin with https://.")
VITRINE_EASYPOST_KEY = os.environ.get("VITRINE_EASYPOST_KEY", "")
VITRINE_EASYPOST_WEBHOOK_SECRET = os.environ.get("VITRINE_EASYPOST_WEBHOOK_SECRET", "")
if bool(VITRINE_EASYPOST_KEY) != bool(VITRINE_EASYPOST_WEBHOOK_SECRET):
    raise ImproperlyConfigured(
        "VITRINE_EASYPOST_KEY and VITRINE_EASYPOST_WEBHOOK_SECRET go together: set both or none."
    )
VITRINE_EASYPOST_API = environment.text("VITRINE_EASYPOST_API", "https://api.easypost.com")
if not VITRINE_EASYPOST_API.startswith(("https://", "http://127.0.0.1:")):
    raise ImproperlyConfigured("VITRINE_EASYPOST_API must begin with https://.")
VITRINE_MERCHANT_REVIEW = environment.flag("VITRINE_MERCHANT_REVIEW", default=True)
VITRINE_PLATFORM_FEE_PERCENT = environment.number("VITRINE_PLATFORM_FEE_PERCENT", 6)
VITRINE_CANCEL_MINUTES = environment.number("VITRINE_CANCEL_MINUTES", 60)
VITRINE_DROP_RATE = environment.number("VITRINE_DROP_RATE", 60)
VITRINE_RETURN_DAYS = environment.number("VITRINE_RETURN_DAYS", 30)
VITRINE_RESERVE_PERCENT = environment.number("VITRINE_RESERVE_PERCENT", 0)
VITRINE_RESERVE_DAYS = environment.number("VITRINE_RESERVE_DAYS", 90)
VITRINE_ATTRIBUTION_DAYS = environment.number("VITRINE_ATTRIBUTION_DAYS", 7)
VITRINE_COMMISSION_DAYS = environment.number("VITRINE_COMMISSION_DAYS", 15)
VITRINE_AD_SHARE_PERCENT = environment.number("VITRINE_AD_SHARE_PERCENT", 20)
VITRINE_AD_BLOCKED_CATEGORIES = environment.read(
    "VITRINE_AD_BLOCKED_CATEGORIES", blocklist.categories
)
VITRINE_AD_BLOCKED_WORDS = environment.read("VITRINE_AD_BLOCKED_WORDS", blocklist.words)
VITRINE_TAX_RATES = environment.read("VITRINE_TAX_RATES", tax_local.read_file)
VITRINE_BANK_CHANGE_HOURS = environment.number("VITRINE_BANK_CHANGE_HOURS", 24)
VITRINE_OPERATOR = os.environ.get("VITRINE_OPERATOR", "")
VITRINE_OPERATOR_TAX_NUMBER = os.environ.get("VITRINE_OPERATOR_TAX_NUMBER", "")
VITRINE_BANK = environment.read("VITRINE_BANK", lambda text: payer.read(text, VITRINE_CELL))

DEBUG = environment.flag("VITRINE_DEBUG", default=False)
SECRET_KEY = environment.text("VITRINE_SECRET_KEY", "insecure-development-key" if DEBUG else None)
SECRET_KEY_FALLBACKS = os.environ.get("VITRINE_OLD_SECRET_KEYS", "").split()
ALLOWED_HOSTS = environment.text(
    "VITRINE_ALLOWED_HOSTS", f"{urlsplit(VITRINE_ORIGIN).hostname},localhost,127.0.0.1,[::1]"
).split(",")
CSRF_TRUSTED_ORIGINS = [VITRINE_ORIGIN]
VITRINE_TRUSTED_PROXIES = environment.networks("VITRINE_TRUSTED_PROXIES")
VITRINE_WEBHOOK_NETWORKS = environment.networks("VITRINE_WEBHOOK_NETWORKS")
_SECURE = VITRINE_ORIGIN.startswith("https://")

# Django ---------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "template_partials.apps.SimpleAppConfig",
    "django_htmx",
    "csp",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_linear_migrations",
    "procrastinate.contrib.django",
    "vitrine.sovereignty.apps.SovereigntyConfig",
    "vitrine.timers",
    "vitrine.accounts",
    "vitrine.ledger",
    "vitrine.videos",
    "vitrine.catalog",
    "vitrine.orders",
    "vitrine.commission",
    "vitrine.programs",
    "vitrine.ads",
    "vitrine.feed",
    "vitrine.safety",
    "vitrine.search",
    "vitrine.surfaces",
    "vitrine.ops",
]

MIDDLEWARE = [
    "vitrine.feed.beacons.BeaconMiddleware",
    "vitrine.kernel.requests.ProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "vitrine.kernel.requests.ContentPolicyMiddleware",
    "vitrine.surfaces.shop.views.drops.StandingMiddleware",
    "vitrine.kernel.requests.NulMiddleware",
    "vitrine.accounts.sessions.StayingMiddleware",
    "vitrine.kernel.requests.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "vitrine.kernel.requests.NewsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "vitrine.kernel.errors.RefusalMiddleware",
    "vitrine.feed.deliveries.DeliveryMiddleware",
]

ROOT_URLCONF = "vitrine.urls"
WSGI_APPLICATION = "vitrine.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "vitrine.surfaces.drawing.Pages",
        "NAME": "django",
        "DIRS": [ROOT / "templates", *sorted(ROOT.glob("surfaces/*/templates"))],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "csp.context_processors.nonce",
                "vitrine.surfaces.context.cell",
                "vitrine.surfaces.context.news",
                "vitrine.surfaces.assets.looks",
                "vitrine.surfaces.templatetags.drawn.page",
            ],
            "builtins": [
                "template_partials.templatetags.partials",
                "django.templatetags.i18n",
            ],
        },
    }
]

DATABASES = {
    "default": environment.database(
        environment.text("VITRINE_DATABASE_URL", "postgresql://vitrine@/vitrine?host=/nonexistent")
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
STATIC_ROOT = VITRINE_DATA / "static"
STATICFILES_DIRS = [ROOT / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "vitrine.surfaces.assets.Stylesheet",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "vitrine.surfaces.assets.HashedFiles"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("fr-ca", "Français (Canada)"),
    ("es", "Español"),
    ("de", "Deutsch"),
    ("mi", "Te reo Māori"),
]
DRAFTED_LANGUAGES = frozenset({"mi"})  # translated, and not yet read by a speaker
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SECURE = _SECURE
LANGUAGE_COOKIE_HTTPONLY = True
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None

# People ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "vitrine.accounts.backend.Backend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "vitrine.accounts.adapter.AccountAdapter"
MFA_ADAPTER = "vitrine.accounts.adapter.PasskeyAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "signup": "vitrine.accounts.forms.SignUp",
    "login": "vitrine.accounts.forms.LogIn",
    "add_email": "vitrine.accounts.forms.AddAddress",
    "change_password": "vitrine.accounts.forms.ChangePassword",
    "reset_password": "vitrine.accounts.forms.AskForReset",
    "reset_password_from_key": "vitrine.accounts.forms.ResetPassword",
    "confirm_password_reset_code": "vitrine.accounts.forms.ConfirmCode",
    "reauthenticate": "vitrine.accounts.forms.Reauthenticate",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = environment.choice(
    "VITRINE_EMAIL_VERIFICATION", "optional", ("none", "optional", "mandatory")
)
ACCOUNT_EMAIL_CONFIRMATION_HMAC = False  # a random key; the signed one holds a primary key
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True  # a link would hold a primary key
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip"}
MFA_SUPPORTED_TYPES = ["webauthn", "recovery_codes"]
MFA_FORMS = {
    "login_webauthn": "vitrine.accounts.forms.PasskeyLogIn",
    "authenticate_webauthn": "vitrine.accounts.forms.PasskeySecondStep",
    "reauthenticate_webauthn": "vitrine.accounts.forms.PasskeyAgain",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _SECURE
USERSESSIONS_TRACK_ACTIVITY = False  # or its middleware is needed, in each request
SESSION_ENGINE = "vitrine.accounts.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the minutes on the page stay true
AXES_DISABLE_ACCESS_LOG = True
AXES_SENSITIVE_PARAMETERS = ["login", "next", "csrfmiddlewaretoken"]
AXES_USERNAME_CALLABLE = "vitrine.accounts.guessing.guessed_account"
AXES_CLIENT_STR_CALLABLE = "vitrine.accounts.guessing.nobody"
AXES_LOCKOUT_CALLABLE = "vitrine.accounts.guessing.locked_out"
CSRF_FAILURE_VIEW = "vitrine.sovereignty.access.csrf_failure"

# Mail: everything passes sovereignty.gate, which hands on to the back end named here -----------

EMAIL_BACKEND = "vitrine.sovereignty.gate.MailBackend"
VITRINE_MAIL_BACKEND = {
    "console": "django.core.mail.backends.console.EmailBackend",
    "file": "vitrine.sovereignty.gate.Letterbox",
    "smtp": "django.core.mail.backends.smtp.EmailBackend",
}[environment.choice("VITRINE_MAIL", "file", ("console", "file", "smtp"))]
EMAIL_FILE_PATH = VITRINE_DATA / "mail"
EMAIL_HOST = environment.text("VITRINE_SMTP_HOST", "localhost")
EMAIL_PORT = environment.number("VITRINE_SMTP_PORT", 25)
EMAIL_HOST_USER = os.environ.get("VITRINE_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("VITRINE_SMTP_PASSWORD", "")
EMAIL_USE_TLS = environment.flag("VITRINE_SMTP_TLS", default=False)
DEFAULT_FROM_EMAIL = environment.text(
    "VITRINE_MAIL_FROM", f"Vitrine <no-reply@{urlsplit(VITRINE_ORIGIN).hostname}>"
)

# Browsers -------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'", NONCE],  # in the header of a page that uses it
        "img-src": ["'self'", "data:", "blob:", *_MEDIA_SOURCES],
        "media-src": ["'self'", "blob:", *_MEDIA_SOURCES],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = _SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _SECURE else None
SECURE_HSTS_SECONDS = 63072000 if _SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _SECURE

# Jobs and logs --------------------------------------------------------------------------------

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"
LOG_FORMAT = environment.choice("VITRINE_LOG_FORMAT", "json", ("json", "console"))
LOGGING_CONFIG = "vitrine.kernel.logs.configure"
LOGGING = {"format": LOG_FORMAT}
SILENCED_SYSTEM_CHECKS: list[str] = []
