"""Load SQLAlchemy without asyncio, the sockets and TLS behind it, and the reader of packages' metadata.

SQLAlchemy 2.1 imports them for engines that are asynchronous and for dialects that others install, and this program has
neither: 6 MB of memory, and 20 ms of processor time.  It may go when SQLAlchemy imports them where it needs them.
"""

from inspect import iscoroutine

from ohdesk.standing_in import standing_in

with standing_in("importlib.metadata", asyncio={"iscoroutine": iscoroutine}):
    import sqlalchemy.dialects.sqlite
    import sqlalchemy.orm  # noqa: F401 - the first import is the work
