"""Looks whether a kept connection still stands without asking the server: one statement the less in each request."""

import select

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL as Django drives it."""

    def is_usable(self) -> bool:
        """Whether the server has not hung up, and is at rest.

        A server that stops, restarts or ends a session sends its farewell, or at least the end of the stream. So on a
        connection that is gone there is something to read though nothing was asked, and on one that stands there is
        nothing.
        """
        held = self.connection
        if held is None or held.closed or held.info.transaction_status != TransactionStatus.IDLE:
            return False
        waiting = select.poll()
        waiting.register(held.fileno(), select.POLLIN)
        return not waiting.poll(0)
