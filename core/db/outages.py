"""Which errors of the database pass by themselves, and how soon: told by SQLSTATE."""

from dataclasses import dataclass

import psycopg2


@dataclass(frozen=True)
class Outage:
    """What a person or a program is told to do about it: try again after so many seconds."""

    template: str
    retry_seconds: int
    words: str


AWAY = Outage("errors/503.html", 30, "The service is not available just now. Try again later.")
BUSY = Outage("errors/busy.html", 5, "The service is busy just now. Try again in a moment.")
# Connections broken or turned away (08, 53300), the server shutting down or starting (57P0).
AWAY_STATES = ("08", "57P0", "53300")
# Changed by another transaction meanwhile, deadlock, lock not given in time, statement too long.
BUSY_STATES = {"40001", "40P01", "55P03", "57014"}
# A lost connection has no state, and no class of its own either.
LOST = (psycopg2.OperationalError, psycopg2.InterfaceError, psycopg2.DatabaseError)


def outage_of(error: Exception) -> Outage | None:
    """None for everything that trying again will not mend: that is a fault of ours."""
    cause = error.__cause__
    if not isinstance(cause, psycopg2.Error):
        return None
    if cause.pgcode is None:
        return AWAY if type(cause) in LOST else None
    if cause.pgcode.startswith(AWAY_STATES):
        return AWAY
    return BUSY if cause.pgcode in BUSY_STATES else None
