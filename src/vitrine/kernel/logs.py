"""Logs: JSON in production, readable in a terminal; never a person's data.

A log line's fields are an allow-list: what is not on it is dropped, so that nobody can log an
e-mail address by accident.
"""

import logging
import logging.config
from collections.abc import MutableMapping
from typing import Any

import structlog

FIELDS = frozenset(
    "event level timestamp logger exception exc_info stack "
    "status method route duration_ms queue job task attempt clip encoding step reason order group "
    "payment provider process pid port count bytes path signal version cell name invariant".split()
)
"""The fields a line may have. Ids of things are allowed, words and addresses of people are not."""


def _allowed_only(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name in [name for name in line if name not in FIELDS and not name.startswith("_")]:
        del line[name]
    return line


_SHARED: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]


def configure(options: dict[str, str]) -> None:
    """Set up logging for this process. options: {"format": "json" or "console"}."""
    if not options:  # Django calls the hook only with the LOGGING setting
        return
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if options["format"] == "json"
        else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[
            *_SHARED,
            _allowed_only,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "line": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        renderer,
                    ],
                    "foreign_pre_chain": [*_SHARED, _allowed_only],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"handlers": ["stderr"], "level": "INFO"},
            "loggers": {
                "django.server": {"level": "WARNING"},
                "procrastinate": {"level": "WARNING"},
                "axes": {"level": "WARNING"},
                # Their lower levels name credentials, and paths that hold handles or tokens.
                "fido2": {"level": "WARNING"},
                "django.request": {"level": "ERROR"},
            },
        }
    )
