"""Settings, read from the environment; every name is documented in docs/guide/settings.md."""

from __future__ import annotations

import os
import re
import secrets
import shlex
from pathlib import Path

import dj_database_url

from guildhall.kernel.errors import GuildhallError
from guildhall.project.environment import address, hours, public_keys, whole

PACKAGE = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("GUILDHALL_VAR", "var")).resolve()
CITY = os.environ.get("GUILDHALL_CITY", "chongqing")
MODES = ("demonstration", "production")
MODE = os.environ.get("GUILDHALL_MODE", "demonstration")
DEMONSTRATION = MODE == "demonstration"
DEBUG = os.environ.get("GUILDHALL_DEBUG", "") == "1"
LEAST_SECRET_CHARACTERS = 50

if MODE not in MODES:
    raise GuildhallError(
        f"GUILDHALL_MODE is {MODE!r}",
        why=f"the modes are {' and '.join(MODES)}",
        next="set it to one of them, or leave it out to demonstrate",
    )
VAR.mkdir(parents=True, exist_ok=True, mode=0o700)  # nobody else on the machine reads what stands in it


def _key_file(name: str) -> str:
    """A random key kept under var/ for the demonstration; production must give its own."""
    path = VAR / "keys" / name
    if not path.exists():
        path.parent.mkdir(exist_ok=True, mode=0o700)
        draft = path.with_name(f".{name}.{secrets.token_hex(8)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(32))
        try:
            path.hardlink_to(draft)  # complete or absent; of two first starts at once, one makes the key and both read it
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()


def _secret(variable: str, file: str) -> str:
    if value := os.environ.get(variable):
        return value
    if not DEMONSTRATION:
        raise GuildhallError(f"{variable} is not set", why="production keys are never made up", next="set it; see docs/guide/settings.md")
    return _key_file(file)


def _refuse_weak_production() -> None:
    sealing = {"GUILDHALL_IDENTITY_KEY": (IDENTITY_KEY, "seals identity"), "GUILDHALL_AUDIT_KEY": (AUDIT_KEY, "signs the audit chain")}
    for variable, (key, use) in sealing.items():
        if not re.fullmatch("[0-9a-fA-F]{64}", key):
            raise GuildhallError(
                f"{variable} is not 64 hexadecimal digits",
                why=f"it has {len(key)} characters, and production {use} under a key of full strength only",
                next="make one with `openssl rand -hex 32`, and keep a copy apart from the database",
            )
    if len(SECRET_KEY) < LEAST_SECRET_CHARACTERS:
        raise GuildhallError(
            f"GUILDHALL_SECRET_KEY is shorter than {LEAST_SECRET_CHARACTERS} characters",
            why=f"it has {len(SECRET_KEY)}, and could be guessed",
            next="make one with `openssl rand -hex 32`",
        )
    if DEBUG:
        raise GuildhallError(
            "GUILDHALL_DEBUG is set in production mode", why="Django's error pages show settings and records", next="unset it"
        )


SECRET_KEY = _secret("GUILDHALL_SECRET_KEY", "session.key")
IDENTITY_KEY = _secret("GUILDHALL_IDENTITY_KEY", "identity.key")
AUDIT_KEY = _secret("GUILDHALL_AUDIT_KEY", "audit.key")
AUDIT_PUBLIC_KEYS = public_keys("GUILDHALL_AUDIT_PUBLIC_KEYS")
SEALS = os.environ.get("GUILDHALL_SEALS", "")
if not DEMONSTRATION:
    _refuse_weak_production()
ALLOWED_HOSTS = os.environ.get("GUILDHALL_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "guildhall.web",
    "guildhall.office",
    "guildhall.registry",
    "guildhall.skills",
    "guildhall.evaluation",
    "guildhall.incentives",
    "guildhall.overview",
    # Without "allauth" itself, whose templates carry scripts: every page of these stands in office/templates.
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]
MIDDLEWARE = [
    # Those that add headers stand first: an answer that a later one gives (a refused host, a static file) carries them too.
    "guildhall.web.middleware.ContentPolicy",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "guildhall.web.once.OneRequest",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "guildhall.web.answers.ApiErrors",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "guildhall.office.viewers.Viewers",
    "guildhall.office.acting.Acting",
    "allauth.account.middleware.AccountMiddleware",
    "guildhall.web.middleware.SpokenErrors",
]
AUTH_USER_MODEL = "office.Account"
OFFICE_NAMES = "guildhall.registry.queries.naming.names_of"  # the office stands below the registry and asks it for names this way

# Claims. Both are our own assumptions: a city sets them by its own rules on money.
CLAIM_SECOND_FEN = 100 * whole("GUILDHALL_CLAIM_SECOND_YUAN", 5000, least=0)
CLAIM_NOTICE_DAYS = whole("GUILDHALL_CLAIM_NOTICE_DAYS", 5)

# Signing in.
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "desk"
AUTHENTICATION_BACKENDS = ["guildhall.office.backends.Accounts"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "guildhall.office.passwords.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "guildhall.office.passwords.UnlikeTheName", "OPTIONS": {"user_attributes": ["username", "name"]}},
    {"NAME": "guildhall.office.passwords.Uncommon"},
    {"NAME": "guildhall.office.passwords.NotOnlyDigits"},
]
INVITATION_DAYS = 7
SESSION_IDLE_SECONDS = 60 * whole("GUILDHALL_SESSION_IDLE_MINUTES", 30)
SESSION_LONGEST_SECONDS = 3600 * whole("GUILDHALL_SESSION_HOURS", 12)
SESSION_COOKIE_AGE = SESSION_LONGEST_SECONDS
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Lax"  # a link from the unified identity leads back here; no form of another site carries the cookie
CSRF_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
PROXIES = whole("GUILDHALL_PROXIES", 0, least=0)
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
ACCOUNT_ADAPTER = "guildhall.office.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "city"
ACCOUNT_RATE_LIMITS = {"send_code": "20/h/ip,1/m/key,5/h/key,10/d/key", "use_code": "30/m/ip", "claim": "10/h/user,30/h/ip,10/d/key"}
OIDC_ISSUER = address("GUILDHALL_OIDC_ISSUER", encrypted=("https",), open_=("http",), production=not DEMONSTRATION)
OIDC_CLIENT_ID = os.environ.get("GUILDHALL_OIDC_CLIENT_ID", "")
OIDC_SECRET = os.environ.get("GUILDHALL_OIDC_SECRET", "")
SOCIALACCOUNT_ADAPTER = "guildhall.office.identity.Identities"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "SCOPE": ["openid"],
        "APPS": [
            {
                "provider_id": "city",
                "name": "city",
                "client_id": OIDC_CLIENT_ID,
                "secret": OIDC_SECRET,
                "settings": {"server_url": OIDC_ISSUER},
            }
        ],
    }
}
API_PER_MINUTE = whole("GUILDHALL_API_PER_MINUTE", 600)
MFA_ADAPTER = "guildhall.office.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
CACHES = {  # rate limits and codes that were used once must be known to every server process
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "office_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000, "CULL_FREQUENCY": 10},
    }
}
if not DEMONSTRATION:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-form"  # no subdomain and no plain connection can set these
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = ["^healthz$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    if PROXIES:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ROOT_URLCONF = "guildhall.project.urls"
WSGI_APPLICATION = "guildhall.project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "guildhall.web.context.shell",
                "guildhall.office.header.notices",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Messages that leave the house, and papers that come into it.
OFFICE_PHONES = "guildhall.registry.queries.phones.phone_of"  # the office asks the registry for a person's phone this way
OFFICE_VISIBLE = "guildhall.overview.queries.visible.VISIBLE"  # and who may see what papers are attached to
OFFICE_REMOVABLE = "guildhall.overview.queries.visible.REMOVABLE"  # and whether a paper may still be taken away
SMS_GATEWAY = address("GUILDHALL_SMS_GATEWAY", encrypted=("https",), open_=("http",), production=not DEMONSTRATION)
SMS_TOKEN = os.environ.get("GUILDHALL_SMS_TOKEN", "")
MAIL_SERVER = address("GUILDHALL_MAIL_SERVER", encrypted=("smtp", "smtps"), open_=("smtp+plain",), production=not DEMONSTRATION)
MAIL_FROM = os.environ.get("GUILDHALL_MAIL_FROM", "guildhall@localhost")
QUIET_HOURS = hours("GUILDHALL_QUIET_HOURS", "21-8")
PAPER_BYTES = whole("GUILDHALL_PAPER_MB", 10) * 1024 * 1024
SCANNER = shlex.split(os.environ.get("GUILDHALL_SCANNER", ""))

DATABASES = {"default": dj_database_url.parse(os.environ.get("DATABASE_URL", f"sqlite:///{VAR / 'guildhall.sqlite3'}"))}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE: a transaction that will write queues for the lock at its start instead of failing in the middle.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    # A connection costs the server a process that must first learn the tables: it is kept, and tried before it is used again.
    DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

FILE_UPLOAD_HANDLERS = [
    "guildhall.web.uploads.Bounded",  # first: what is too large reaches neither memory nor disk
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FILES = 1  # every form asks for one
FILE_UPLOAD_TEMP_DIR = VAR / "uploads"  # made with the first file: readable by this account alone, and gone with the request

SILENCED_SYSTEM_CHECKS = ["files.E001"]  # that folder is made with the first file: a command that takes none leaves no trace

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "web" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other site reads our style sheet
CSRF_FAILURE_VIEW = "guildhall.web.pages.forbidden"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
