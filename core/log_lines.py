"""Lines of the log: one for each message whatever it holds, with the moment in UTC."""

import json
import logging
import re
from datetime import UTC, datetime

# Whoever chooses an address or a name must not begin a line of the log with it.
CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")


class Lines(logging.Formatter):
    """«2026-06-15T08:30:00.123Z WARNING portal.views words»; a traceback follows below it."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        at = datetime.fromtimestamp(record.created, UTC)
        return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", record.message)
        return super().formatMessage(record)


class JsonLines(Lines):
    """The same as an object of JSON on one line, with a traceback in it."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "at": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            said["traceback"] = self.formatException(record.exc_info)
        return json.dumps(said)
