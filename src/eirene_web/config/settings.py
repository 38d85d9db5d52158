"""Settings. What differs between installations comes from the environment:

EIRENE_HOME    the folder of the installation (default ./var)
EIRENE_HOSTS   further names under which it is reached, by comma (default: this machine only)
EIRENE_URL     the address to print in citations and embed lines, where it differs from the one asked for
"""

from __future__ import annotations

import os
from pathlib import Path

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from eirene_web.config.home import home, secret_key

PACKAGE = Path(__file__).resolve().parent.parent
EIRENE_HOME = home()
EIRENE_URL = os.environ.get("EIRENE_URL", "").rstrip("/")

DEBUG = False
#: Read when it is first asked for, so that a test or `--help` leaves no file behind.
SECRET_KEY = lazy(lambda: secret_key(EIRENE_HOME), str)()
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *filter(None, os.environ.get("EIRENE_HOSTS", "").split(","))]

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "eirene_web.ui",
    "eirene_web.editions",
    "eirene_web.portal",
]
MIDDLEWARE = [
    "eirene_web.config.middleware.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "eirene_web.config.middleware.LanguageOfAddress",
    "django.middleware.common.CommonMiddleware",
]
ROOT_URLCONF = "eirene_web.config.urls"
WSGI_APPLICATION = "eirene_web.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]

# SQLite's own default lets a transaction begin as a reader and fail when it comes to write; hence IMMEDIATE.
# synchronous=FULL: what was said to be saved outlives a power cut.
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": EIRENE_HOME / "eirene.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
            "PRAGMA journal_size_limit=67108864",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "eirene_web.ui.finders.CoreFinder",
]
#: `eirene serve` collects the files under names with their hash and compresses them; tests find them where they lie.
COLLECTED = os.environ.get("EIRENE_COLLECTED_STATIC") == "1"
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

SECURE_CONTENT_TYPE_NOSNIFF = True
SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # A page that is not there is the reader's business, not the log's.
    "loggers": {"django.request": {"level": "ERROR"}},
}
