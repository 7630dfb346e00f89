"""What is made ready while the password is typed."""

import logging
from threading import Thread

from ohdesk.db.engine import memory_engine
from ohdesk.services.start.warm_up import warm_up


def test_a_worker_may_make_ready_what_another_thread_has_begun(caplog):
    for once in (warm_up, memory_engine):
        once.cache_clear()
    memory_engine()
    with caplog.at_level(logging.WARNING):
        worker = Thread(target=warm_up)
        worker.start()
        worker.join()
    assert caplog.messages == []
