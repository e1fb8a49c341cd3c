"""Every setting comes from the environment; docs/settings.md is the table, and a test holds the two together."""

from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
PUBLIC_URL = env.str("PUBLIC_URL", default="http://localhost:8000").rstrip("/")
_public = urlsplit(PUBLIC_URL)
_https = _public.scheme == "https"

SECRET_KEY = env.str("SECRET_KEY", default="only-for-a-demo-on-this-machine" if DEBUG or DEMO else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY to a long random text, for example from: openssl rand -base64 48")

if DEMO and not find_spec("demo"):
    raise ImproperlyConfigured("DEMO is set, but demo/ is not here: the image has no demonstration. Unset DEMO, or use a clone: make run")

SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

ALLOWED_HOSTS = [_public.hostname or "localhost"] + (["localhost", "127.0.0.1", "[::1]"] if not _https else [])
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "csp",
    "pgtrigger",
    # A check for developers: it comes with requirements-dev.txt alone.
    *(["django_linear_migrations"] if find_spec("django_linear_migrations") else []),
    "people",
    "ledger",
    "programs",
    "billing",
    "webinars",
    "candidates",
    "portfolios",
    "courses",
    "agreements",
    "certificates",
    "renewals",
    "appeals",
    "lssc",
    # Made-up people: only where they are asked for, and never in the image.
    *(["demo"] if (DEMO or DEBUG) and find_spec("demo") else []),
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "lssc.access.AccessMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "people.middleware.PackingMiddleware",
    "lssc.kept_pages.KeptPagesMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "people.middleware.PrivacyMiddleware",
    "people.middleware.TimeZoneMiddleware",
    "people.middleware.SecondFactorMiddleware",
    "people.middleware.GuardMiddleware",
    "people.middleware.CredentialMiddleware",
]

ROOT_URLCONF = "lssc.urls"
WSGI_APPLICATION = "lssc.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lssc.navigation.navigation",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# PostgreSQL is the only truth. Connections persist; a second process of a test run gets its own database.
DATABASES = {
    "default": {
        **env.db("DATABASE_URL", default="postgres://lssc@localhost/lssc"),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
}
# The role that owns the tables, for `migrate` alone; the program runs as a role that can't rewrite the audit.
DATABASE_OWNER = env.db("DATABASE_OWNER_URL") if env.str("DATABASE_OWNER_URL", default="") else {}
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["people.sessions.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "people.passwords.CommonPasswordValidator"},
    {"NAME": "people.passwords.OwnWordsValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "people.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "people.forms.SignupForm"
ACCOUNT_FORMS = {
    "add_email": "people.signup.AddEmailForm",
    "login": "people.signup.LoginForm",
    "reset_password": "people.signup.ResetPasswordForm",
    "signup": "people.signup.SignupForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = None
# Addresses, second factors, roles, downloads and closing need a password or second factor of the last minutes.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = env.int("FRESH_SIGN_IN_MINUTES", default=5) * 60
# For how many days the links of emails work: confirmations of an address, a new password, invitations to rate, a provider's answer, a
# guest's place in a webinar.
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = env.int("CONFIRMATION_DAYS", default=3)
PASSWORD_RESET_TIMEOUT = env.int("PASSWORD_RESET_DAYS", default=3) * 24 * 60 * 60
INVITATION_DAYS = env.int("INVITATION_DAYS", default=60)
PROVIDER_LINK_DAYS = env.int("PROVIDER_LINK_DAYS", default=365)
WEBINAR_LINK_DAYS = env.int("WEBINAR_LINK_DAYS", default=730)
# For how many minutes the link to a file opens it, and for how many it shows it inside a page.
FILE_LINK_MINUTES = env.int("FILE_LINK_MINUTES", default=15)
FILE_SHOWN_MINUTES = env.int("FILE_SHOWN_MINUTES", default=240)
# For how many days a link in an email undoes a change of the account, and how long sign-ins are kept.
UNDO_DAYS = env.int("UNDO_DAYS", default=3)
SECURITY_EVENT_DAYS = env.int("SECURITY_EVENT_DAYS", default=365)
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Questions to the program: at one desk of a library many may ask; one address gets few confirmations.
# Behind one network address there can be a whole library that comes to a webinar.
# One confirmation of an address, or word that it has an account, in so many seconds.
CONFIRMATION_WAIT_SECONDS = env.int("CONFIRMATION_WAIT_SECONDS", default=180)
ACCOUNT_RATE_LIMITS = {"confirm_email": f"1/{CONFIRMATION_WAIT_SECONDS}s/key", "contact": "20/h/ip,3/h/key", "webinar": "300/h/ip,20/h/key"}
MFA_ADAPTER = "people.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _https
REQUIRE_MFA = env.bool("REQUIRE_MFA", default=not (DEBUG or DEMO))

LANGUAGE_CODE = "en-us"
USE_TZ = True
TIME_ZONE = "America/New_York"
# A day ends when it has ended everywhere in the United States.
DEADLINE_ZONE = env.str("DEADLINE_ZONE", default="Pacific/Pago_Pago")

# How long before renewals open staff are asked for a fee that is not set.
RENEWAL_FEE_MONTHS_AHEAD = env.int("RENEWAL_FEE_MONTHS_AHEAD", default=6)

# For how many days a person can download the file with everything about them.
DOWNLOAD_DAYS = env.int("DOWNLOAD_DAYS", default=7)

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "var" / "static"))()
STORAGE_URL = env.str("STORAGE_URL", default=f"file:{BASE_DIR / 'var' / 'files'}")


def _file_storage(url: str) -> dict[str, object]:
    """`file:/folder` keeps files on disk; `s3://bucket/prefix` keeps them in S3 (credentials by the SDK's own variables)."""
    kind, _, rest = url.partition(":")
    if kind == "file" and rest:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": rest, "base_url": None}}
    if kind == "s3" and rest:
        bucket, _, prefix = rest.lstrip("/").partition("/")
        options = {"bucket_name": bucket, "location": prefix, "default_acl": "private", "file_overwrite": False}
        return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    raise ImproperlyConfigured("STORAGE_URL must be file:/folder or s3://bucket/prefix")


STORAGES = {
    "default": _file_storage(STORAGE_URL),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# Each day a line is added that says where the audit ended.
AUDIT_HEAD_FILE = env.str("AUDIT_HEAD_FILE", default="")
# A search by place that finds fewer offers online courses, too.
FEW_COURSES = env.int("FEW_COURSES", default=3)
# Of more words, we ask whether they are one name.
NAME_WORDS_MOST = env.int("NAME_WORDS_MOST", default=8)
SILENCED_SYSTEM_CHECKS = env.list("SILENCED_SYSTEM_CHECKS", default=[])
FILE_UPLOAD_HANDLERS = ["people.uploads.Bounded", "django.core.files.uploadhandler.MemoryFileUploadHandler", "people.uploads.Spooled"]
# One file, and all files that are sent at once.
FILE_UPLOAD_MAX_BYTES = env.int("FILE_MAX_MB", default=25) * 1024 * 1024
FILES_MAX_BYTES = env.int("FILES_MAX_MB", default=100) * 1024 * 1024
# What one person may keep here, and send in an hour: 60 pieces of evidence at once are many, and still fit. 0 is no limit.
FILE_QUOTA_MB = env.int("FILE_QUOTA_MB", default=2000)
FILES_PER_HOUR = env.int("FILES_PER_HOUR", default=200)
# Until when a file that fails its check can be replaced, and after how long one goes that nothing refers to.
FILE_REPLACE_DAYS = env.int("FILE_REPLACE_DAYS", default=7)
FILE_UNUSED_DAYS = env.int("FILE_UNUSED_DAYS", default=30)
# How many files are looked through at the same time, by all workers together: each may take a gigabyte of memory for some seconds.
FILE_CHECKS_AT_ONCE = env.int("FILE_CHECKS_AT_ONCE", default=1)
CLAMD_URL = env.str("CLAMD_URL", default="")

vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 20
# What an email service tells us of bounces: django-anymail's name of the service, and "user:password" of its webhook.
EMAIL_EVENTS_FROM = env.str("EMAIL_EVENTS_FROM", default="")
EMAIL_EVENTS_SECRET = env.str("EMAIL_EVENTS_SECRET", default="")
ANYMAIL = {"WEBHOOK_SECRET": EMAIL_EVENTS_SECRET} if EMAIL_EVENTS_SECRET else {}
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="LSSC <lssc@localhost>")

# Two at most have room.
CERTIFICATE_SIGNERS = [
    (name.strip(), title.strip())
    for name, _, title in (
        signer.partition(",")
        for signer in env.str(
            "CERTIFICATE_SIGNERS",
            default="Morgan Ellis, Director, ALA-APA; Jordan Reyes, Chair, Certification Program Committee" if DEMO else "",
        ).split(";")
    )
    if name.strip()
]
PAY_TO = env.str("PAY_TO", default="")
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="")
STRIPE_API_BASE = env.str("STRIPE_API_BASE", default="")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", default="")
STRIPE_TIMEOUT_SECONDS = env.float("STRIPE_TIMEOUT_SECONDS", default=5.0)
STRIPE_PAUSE_SECONDS = env.int("STRIPE_PAUSE_SECONDS", default=30)
RECONCILE_DAYS = env.int("RECONCILE_DAYS", default=540)

# The broker may be emptied at any moment: see docs/decisions/0003-outbox.md.
REDIS_URL = env.str("REDIS_URL", default="redis://localhost:6379/0")
# Limits on sign-in, and codes that were used, must last, so they are in the database; what only slows someone down may be forgotten.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "people_cache"},
    "counts": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "counts",
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    },
}
# Whether pages that say the same to every visitor are kept in each process of the web server.
KEEP_PAGES = env.bool("KEEP_PAGES", default=True)
# How many certificates one address may check in a minute; a college has many people behind one address.
VERIFY_PER_MINUTE = env.int("VERIFY_PER_MINUTE", default=240)
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
# What asks someone outside has a queue and a worker of its own: while no one answers there, emails go out.
CELERY_TASK_ROUTES = {"ledger.ask": {"queue": "outside"}}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_throttle": 1,
    "unacked_restore_interval": 5,
    "socket_timeout": 10,
    "socket_connect_timeout": 2,
}
CELERY_TIMEZONE = "UTC"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        # A form's answer may redirect to the payment page, and browsers hold that against form-action.
        "form-action": [SELF, "https://checkout.stripe.com", *([STRIPE_API_BASE] if STRIPE_API_BASE else [])],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "microphone", "geolocation", "usb", "payment", "display-capture")
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_ENGINE = "people.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 14 * 24 * 60 * 60
if _https:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=30 * 24 * 60 * 60)
    # What holds for other names, and can't be undone for months, is for the operator of the whole domain to turn on.
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_INCLUDE_SUBDOMAINS", default=False)
    SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=False)
    SILENCED_SYSTEM_CHECKS += ["security.W005", "security.W021"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}

SENTRY_DSN = env.str("SENTRY_DSN", default="")
if SENTRY_DSN:
    from lssc import error_reports

    error_reports.start(SENTRY_DSN)
