"""Settings. What differs between installations comes from the environment; `environment` lists it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dj_database_url
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from eirene_web.accounts import sso
from eirene_web.config import environment as env
from eirene_web.config.home import home, secret_key
from eirene_web.notices.server import mail_server

PACKAGE = Path(__file__).resolve().parent.parent
EIRENE_HOME = home()
EIRENE_URL = env.get("EIRENE_URL").rstrip("/")
EIRENE_DEMO = env.on("EIRENE_DEMO")
EIRENE_BACKUPS = Path(env.get("EIRENE_BACKUPS") or EIRENE_HOME / "backups").absolute()
EIRENE_BACKUP_KEEP = env.number("EIRENE_BACKUP_KEEP")
EIRENE_CONFIDENTIAL_CHANNEL = env.get("EIRENE_CONFIDENTIAL_CHANNEL")
EIRENE_UPLOAD_BYTES = env.number("EIRENE_UPLOAD_MB") * 1_000_000
EIRENE_API_PER_MINUTE = env.number("EIRENE_API_PER_MINUTE")

DEBUG = False
#: Read when it is first asked for, so that a test or `--help` leaves no file behind.
SECRET_KEY = env.get("EIRENE_SECRET_KEY") or lazy(lambda: secret_key(EIRENE_HOME), str)()
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *filter(None, env.get("EIRENE_HOSTS").split(","))]

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    *(["allauth.socialaccount.providers.saml"] if sso.saml_installed() else []),
    "django_tasks",
    "django_tasks_db",
    "django_htmx",
    "eirene_web.ui",
    "eirene_web.files",
    "eirene_web.work",
    "eirene_web.journal",
    "eirene_web.accounts",
    "eirene_web.organisations",
    "eirene_web.notices",
    "eirene_web.custody",
    "eirene_web.reports",
    "eirene_web.editions",
    "eirene_web.desk",
    "eirene_web.portal",
    "eirene_web.operations",
    "eirene_web.api",
    "eirene_web.config",
]
MIDDLEWARE = [
    "eirene_web.operations.middleware.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "eirene_web.config.middleware.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "eirene_web.config.middleware.LanguageOfAddress",
    "eirene_web.api.middleware.Shape",
    "eirene_web.config.middleware.Sessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "eirene_web.config.middleware.Refusals",
]
ROOT_URLCONF = "eirene_web.config.urls"
WSGI_APPLICATION = "eirene_web.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "ui" / "templates", PACKAGE / "accounts" / "templates"],  # before allauth’s own
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "eirene_web.config.navigation.frame",
            ],
            "builtins": ["eirene_web.custody.templatetags.custody"],
        },
    }
]

# --- database -------------------------------------------------------------------------------------------------------

# SQLite's own default lets a transaction begin as a reader and fail when it comes to write; hence IMMEDIATE.
# synchronous=FULL: what was said to be saved outlives a power cut. On PostgreSQL that is its default.
_SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
    "PRAGMA journal_size_limit=67108864",
}


def _database() -> dict[str, Any]:
    url = env.get("DATABASE_URL")
    if not url:
        name = EIRENE_HOME / "eirene.sqlite3"
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": name, "CONN_MAX_AGE": None, "OPTIONS": _SQLITE_OPTIONS}
    found: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True))
    if found["ENGINE"].endswith("sqlite3"):
        found |= {"CONN_MAX_AGE": None, "OPTIONS": _SQLITE_OPTIONS}
    return found


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

#: allauth counts tries in the cache: it must be one for all processes, and adding to it must be one step.
CACHES = {"default": {"BACKEND": "eirene_web.accounts.cache.SharedCache"}}

# --- language and time ----------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- static files ---------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "eirene_web.ui.finders.CoreFinder",
]
#: `eirene serve` collects the files under names with their hash and compresses them; tests find them where they lie.
COLLECTED = env.os.environ.get("EIRENE_COLLECTED_STATIC") == "1"
STATIC_ROOT = EIRENE_HOME / "static" if COLLECTED else None
WHITENOISE_USE_FINDERS = not COLLECTED
WHITENOISE_AUTOREFRESH = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- signing in -----------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {"user_attributes": ("email", "name")}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "eirene_web.organisations.signing_in.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an address is verified by the invitation that was answered from it
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
SOCIALACCOUNT_ADAPTER = "eirene_web.accounts.adapter.SingleSignOnAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # an address in a foreign directory is no proof of who somebody is here
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = sso.providers(env.get("EIRENE_SSO"))
MFA_ADAPTER = "eirene_web.organisations.signing_in.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Eirene"
MFA_TOTP_TOLERANCE = 1  # the code before and after too (RFC 6238, 5.2): a phone's clock is off, and typing takes time
USERSESSIONS_TRACK_ACTIVITY = False
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "eirene_session"
CSRF_COOKIE_NAME = "eirene_csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "eirene_web.config.views.stale_form"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- outside --------------------------------------------------------------------------------------------------------

HTTPS = env.on("EIRENE_HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = False
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = None  # our own headers say it, of embedded figures otherwise
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked from inside, by plain HTTP
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("EIRENE_PROXIES")
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = [EIRENE_URL] if EIRENE_URL.startswith("https://") else []
DATA_UPLOAD_MAX_MEMORY_SIZE = 12_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 8_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
#: The first one ends a body that is larger than any file that is taken in, before it fills the disk.
FILE_UPLOAD_HANDLERS = [
    "eirene_web.files.uploads.Limited",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DEFAULT_FROM_EMAIL = env.get("EIRENE_MAIL_FROM")
#: None: mails are kept, not sent. What Django itself mails goes through the outbox too: no request waits for a server.
MAIL_SERVER = mail_server(env.get("EIRENE_MAIL_URL"))
MAIL_SECONDS = max(1, env.number("EIRENE_MAIL_SECONDS"))
EMAIL_BACKEND = "eirene_web.notices.letters.Outbox"
SILENCED_SYSTEM_CHECKS: list[str] = [
    "security.W005",  # subdomains are not ours to bind
    "security.W021",  # nor to list in browsers
    "security.W002",  # our own headers forbid framing, of embedded figures alone not
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"()": "eirene_web.config.logs.PlainLines"},
        "json": {"()": "eirene_web.config.logs.JsonLines"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": env.get("EIRENE_LOG")}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # A page that is not there is the reader's business, not the log's.
    "loggers": {
        "django.request": {"level": "ERROR"},
        "eirene.request": {
            "level": "INFO" if env.get("EIRENE_LOG") == "json" or env.on("EIRENE_LOG_REQUESTS") else "WARNING"
        },
    },
}
