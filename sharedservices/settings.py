"""The one settings file. Deployments differ by environment variables only (docs/running.md)."""

import sys
from pathlib import Path

from sharedservices import embedded, environment

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(environment.text("COMMONWELL_VAR", str(BASE_DIR / "var")))
TESTING = "pytest" in sys.modules

DEBUG = environment.flag("DEBUG")
DEMO = environment.flag("DEMO")
SECRET_KEY = environment.secret("SECRET_KEY", VAR_DIR / "secret_key")
# Keys of before: what they sealed or signed is still good.
SECRET_KEY_FALLBACKS = [k for k in environment.text("SECRET_KEY_FALLBACKS").split(",") if k]
ALLOWED_HOSTS = environment.text("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
HTTPS = environment.flag("HTTPS")
CSRF_TRUSTED_ORIGINS = [o for o in environment.text("CSRF_TRUSTED_ORIGINS").split(",") if o]

# Three addresses, three roles. Web and workers know only the first; `init_db` and `migrate` need
# the others. Without DATABASE_URL the embedded server is found or started.
DATABASE_URL = environment.text("DATABASE_URL")
EMBEDDED_POSTGRES = not DATABASE_URL
POSTGRES_HOME = VAR_DIR / ("postgres-test" if TESTING else "postgres")
if EMBEDDED_POSTGRES:
    ADMIN_DATABASE = environment.database(embedded.start_postgres(POSTGRES_HOME))
    _RW = {**ADMIN_DATABASE, "NAME": embedded.DATABASE, "USER": "app_rw"}
    _OWNER = {**_RW, "USER": "app_owner"}
else:
    _RW = environment.database(DATABASE_URL)
    _OWNER = environment.database(environment.text("DATABASE_OWNER_URL", DATABASE_URL))
    ADMIN_DATABASE = environment.database(environment.text("DATABASE_ADMIN_URL", DATABASE_URL))
DATABASES = {
    "default": {**_RW, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True},
    "owner": {**_OWNER, "TEST": {"MIRROR": "default"}},
}
DATABASE_ROUTERS: list[str] = []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# What seals bank and National Insurance numbers. Only on a machine of its own, that is on the
# embedded server, in a demonstration or a test, one is made if none is given.
FIELD_KEYS = environment.keys(
    "FIELD_KEYS", VAR_DIR / "field_key", may_be_made=EMBEDDED_POSTGRES or DEMO or DEBUG or TESTING
)

# A folder with the official e-invoice rules (docs/einvoices.md); empty: only the sums are checked.
EINVOICE_RULES = environment.text("EINVOICE_RULES")

# A folder with the modulus tables of Vocalink (docs/bank.md); empty: accounts are not checked.
MODULUS_TABLES = environment.text("MODULUS_TABLES")

# Where clamd listens (docs/security/files.md); empty: files are not looked at by a scanner.
VIRUS_SCANNER_AT = environment.scanner("VIRUS_SCANNER_AT")

# A folder with HMRC's schemas of its reports (docs/pay.md); empty: reports are not checked by them.
HMRC_SCHEMAS = environment.text("HMRC_SCHEMAS")

REDIS_URL = environment.text("REDIS_URL")
REDIS_HOME = VAR_DIR / ("redis-test" if TESTING else "redis")
CELERY_BROKER_URL = REDIS_URL or f"redis+socket://{embedded.redis_socket(REDIS_HOME)}"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# One try to ring: without Redis nobody may wait, the table is asked every few seconds anyway.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
}
CELERY_TIMEZONE = "Europe/London"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "django_htmx",
    "template_partials",
    "rest_framework",
    "drf_spectacular",
    "core",
    "events",
    "tenants",
    "access",
    "approvals",
    "runs",
    "sla",
    "hr",
    "finance",
    "payroll",
    "benchmarking",
    "portal",
    "sharedservices",
]

MIDDLEWARE = [
    # Outermost, so that what the others refuse carries the policy too.
    "csp.middleware.CSPMiddleware",
    "core.web.middleware.PlainHttpMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.web.middleware.NotKeptMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "access.log.WatchMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.web.middleware.QueryCountMiddleware",
    "portal.middleware.DemonstrationMiddleware",
    "access.middleware.GateMiddleware",
    "core.web.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "sharedservices.urls"
WSGI_APPLICATION = "sharedservices.wsgi.application"
FORM_RENDERER = "core.web.forms.GovukRenderer"
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
                "portal.context.chrome",
            ],
            "builtins": ["core.templatetags.web", "template_partials.templatetags.partials"],
        },
    }
]

AUTH_USER_MODEL = "tenants.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60  # of links in invitations, in seconds
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if TESTING:
    # Hashing strength is cost, not behaviour; the production hasher has its own test.
    PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        "django.contrib.auth.hashers.Argon2PasswordHasher",
    ]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "access.passwords.Breached"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "access.passwords.WordsOfTheHouse"},
]
# Beside those that come with the framework and with us: a longer list, one password a line.
if COMMON_PASSWORDS := environment.text("COMMON_PASSWORDS"):
    AUTH_PASSWORD_VALIDATORS.append(
        {
            "NAME": "django.contrib.auth.password_validation.CommonPasswordValidator",
            "OPTIONS": {"password_list_path": environment.readable(COMMON_PASSWORDS)},
        }
    )
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_ADAPTER = "access.adapters.InvitedOnly"
ACCOUNT_FORMS = {
    "login": "access.forms.SignIn",
    "change_password": "access.forms.ChangePassword",
    "reauthenticate": "access.forms.Reauthenticate",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "tenants.models.display_name"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_SESSION_REMEMBER = False
MFA_ADAPTER = "access.adapters.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# A finger, a face or a PIN each time: a passkey is then two factors in one.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
# How many half minutes before and after its own a code is taken, where clocks of telephones differ.
# That it works once is seen to by the form.
MFA_TOTP_TOLERANCE = environment.whole("CODE_TOLERANCE", 0, least=0, most=1)
if TESTING:
    # A half minute may end between making a code and sending it; the default has its own test.
    MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "access.forms.EnterCode",
    "reauthenticate": "access.forms.EnterCodeAgain",
    "activate_totp": "access.forms.SetUpApp",
    "deactivate_totp": "access.forms.RemoveApp",
    "add_webauthn": "access.forms.SetUpPasskey",
    "generate_recovery_codes": "access.forms.NewCodes",
}
SOCIALACCOUNT_ADAPTER = "access.providers.OwnProviders"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True}}
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_STORE_TOKENS = False
# Providers inside one's own network: without it an administrator could make this server ask
# addresses that only it can reach.
PROVIDERS_INSIDE = environment.flag("PROVIDERS_INSIDE")
# Machines that may be providers or webhooks at all; while none is named, every public one may.
PROVIDER_HOSTS = environment.hosts("PROVIDER_HOSTS")
WEBHOOK_HOSTS = environment.hosts("WEBHOOK_HOSTS")
# Webhooks to machines in one's own network, and to ones without https: never where others type
# addresses.
WEBHOOKS_INSIDE = environment.flag("WEBHOOKS_INSIDE")
# Registers that are asked about numbers of new suppliers: HMRC's check of VAT numbers with the id
# and secret of the program, Companies House with its key. Without an address nobody is asked.
VAT_REGISTER_AT = environment.text("VAT_REGISTER_AT")
VAT_REGISTER_ID = environment.text("VAT_REGISTER_ID")
VAT_REGISTER_KEY = environment.text("VAT_REGISTER_KEY")
COMPANY_REGISTER_AT = environment.text("COMPANY_REGISTER_AT")
COMPANY_REGISTER_KEY = environment.text("COMPANY_REGISTER_KEY")
REGISTERS_INSIDE = environment.flag("REGISTERS_INSIDE")
# How long a session lasts: without use, in all, and without use before bank pages ask again.
SESSION_IDLE_MINUTES = environment.whole("SESSION_IDLE_MINUTES", 60, least=5, most=720)
SESSION_MOST_HOURS = environment.whole("SESSION_MOST_HOURS", 12, least=1, most=24)
BANK_IDLE_MINUTES = environment.whole("BANK_IDLE_MINUTES", 15, least=1, most=60)
# The library would track each request for four queries a page; the session itself says when.
USERSESSIONS_TRACK_ACTIVITY = False
# Notices of approvals. Without a server nothing is sent; a page shows what would have been.
EMAIL_HOST = environment.text("EMAIL_HOST")
EMAIL_PORT = environment.whole("EMAIL_PORT", 587, least=1, most=65_535)
EMAIL_HOST_USER = environment.text("EMAIL_USER")
EMAIL_HOST_PASSWORD = environment.text("EMAIL_PASSWORD")
EMAIL_USE_TLS = EMAIL_PORT == 587
EMAIL_USE_SSL = EMAIL_PORT == 465
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = environment.text("EMAIL_FROM", "commonwell@localhost")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'locmem'}.EmailBackend"
SITE_URL = environment.text("SITE_URL", "http://localhost:8000")

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = SESSION_MOST_HOURS * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# A browser takes such a name from this very host alone, and only over HTTPS.
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
SESSION_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
# How many proxies of ours add to X-Forwarded-For; what comes before them anybody may have written.
ALLAUTH_TRUSTED_PROXY_COUNT = environment.whole("PROXIES", int(HTTPS), least=0, most=9)
MESSAGE_STORAGE = "core.web.notices.Notices"
CSRF_FAILURE_VIEW = "portal.views.token_missing"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CACHES = {
    # Only the sign-in limiter uses it; PostgreSQL so that every web process counts together.
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "core_cache"}
}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "manifest-src": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = TESTING
DATA_UPLOAD_MAX_MEMORY_SIZE = 40 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 40 * 2**20

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "access.api.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_THROTTLE_CLASSES": ["access.api.TokenThrottle"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "core.web.api_schema.Schema",
    "EXCEPTION_HANDLER": "core.web.api.problem",
}
API_TOKEN_PER_MINUTE = environment.whole("API_TOKEN_PER_MINUTE", 600, least=1, most=100_000)
SPECTACULAR_SETTINGS = {
    "TITLE": "Commonwell",
    "DESCRIPTION": "What the pages show, for programs. Money is pounds in strings.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    # Choices stand where they are used: a name for each list of states would have to be invented.
    "POSTPROCESSING_HOOKS": [],
}

LOG_JSON = environment.flag("LOG_JSON")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": f"core.log_lines.{'JsonLines' if LOG_JSON else 'Lines'}",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"security": {"level": "INFO"}},
}
SILENCED_SYSTEM_CHECKS = ["urls.W002"]
