"""The data map of the models that libraries bring."""

from vitrine.sovereignty.datamap import declare_borrowed

declare_borrowed(
    "contenttypes.ContentType",
    purpose="Django's list of models",
    retention="with the schema",
    SYSTEM="id app_label model",
)
declare_borrowed(
    "auth.Permission",
    purpose="Django's list of permissions",
    retention="with the schema",
    SYSTEM="id name content_type codename",
)
declare_borrowed(
    "auth.Group", purpose="Groups of staff", retention="with the schema", SYSTEM="id name"
)
declare_borrowed(
    "auth.Group_permissions",
    purpose="What a group of staff may do",
    retention="with the schema",
    SYSTEM="id group permission",
)
declare_borrowed(
    "sessions.Session",
    purpose="Keep a browser signed in, or a guest's cart together",
    retention="2 weeks after signing in, or after the last change to it",
    SECRET="session_key session_data",  # noqa: S106
    SYSTEM="expire_date",
)
declare_borrowed(
    "account.EmailAddress",
    purpose="Sign in and reach a person",
    retention="until the account is deleted",
    subject="user",
    PERSONAL="email verified primary",
    SYSTEM="id user",
)
declare_borrowed(
    "account.EmailConfirmation",
    purpose="Prove that an address is the person's",
    retention="3 days",
    subject="email_address__user",
    SECRET="key",  # noqa: S106
    SYSTEM="id email_address created sent",
)
declare_borrowed(
    "mfa.Authenticator",
    purpose="Passkeys and recovery codes",
    retention="until removed by the person",
    subject="user",
    SECRET="data",  # noqa: S106
    PERSONAL="last_used_at created_at",
    SYSTEM="id user type",
)
declare_borrowed(
    "usersessions.UserSession",
    purpose="Show a person where they are signed in",
    retention="until signed out, or 2 weeks after signing in",
    subject="user",
    PERSONAL="ip last_seen_at user_agent created_at",
    SECRET="session_key data",  # noqa: S106
    SYSTEM="id user",
)
_AXES = "user_agent ip_address username http_accept path_info"
declare_borrowed(
    "axes.AccessAttempt",
    purpose="Stop the guessing of passwords",
    retention="a day; the account is kept as a keyed digest",
    subject="username = guessing(accounts.Person.email)",
    PERSONAL=f"{_AXES} get_data post_data failures_since_start attempt_time",
    SYSTEM="id",
)
declare_borrowed(
    "axes.AccessLog",
    purpose="Nothing: switched off",
    retention="never written",
    subject="username = guessing(accounts.Person.email)",
    PERSONAL=f"{_AXES} attempt_time logout_time session_hash",
    SYSTEM="id",
)
declare_borrowed(
    "axes.AccessFailureLog",
    purpose="Nothing: switched off",
    retention="never written",
    subject="username = guessing(accounts.Person.email)",
    PERSONAL=f"{_AXES} attempt_time locked_out",
    SYSTEM="id",
)
declare_borrowed(
    "axes.AccessAttemptExpiration",
    purpose="End a lock-out",
    retention="with the attempt",
    SYSTEM="access_attempt expires_at",
)
declare_borrowed(
    "procrastinate.ProcrastinateJob",
    purpose="Work to be done later: ids of rows, never words about people",
    retention="7 days after the end",
    OPS="id queue_name task_name priority lock args status scheduled_at attempts queueing_lock "
    "abort_requested worker",
)
declare_borrowed(
    "procrastinate.ProcrastinateWorker",
    purpose="Know which workers live",
    retention="minutes",
    OPS="id last_heartbeat",
)
declare_borrowed(
    "procrastinate.ProcrastinateEvent",
    purpose="Know how a job went",
    retention="with the job",
    OPS="id job type at",
)
declare_borrowed(
    "procrastinate.ProcrastinatePeriodicDefer",
    purpose="Run timers once",
    retention="until the timer's next turn",
    OPS="id task_name defer_timestamp job periodic_id",
)
