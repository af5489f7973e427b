"""One thread, one thing after another."""

import asyncio
import threading

import pytest

from keras_speech.serving.worker import Worker


@pytest.fixture
def worker():
    made = Worker()
    yield made
    made.stop()


def test_jobs_take_turns_in_one_thread(worker):
    log = []

    async def count(name):
        for i in range(3):
            log.append(await worker.run(lambda i=i: (name, i, threading.get_ident())))

    async def both():
        await asyncio.gather(count("a"), count("b"))

    asyncio.run(both())
    assert [entry[:2] for entry in log] == [(name, i) for i in range(3) for name in "ab"]
    assert len({entry[2] for entry in log}) == 1 and log[0][2] != threading.get_ident()


def test_errors_come_back_and_the_thread_goes_on(worker):
    async def run():
        with pytest.raises(ZeroDivisionError):
            await worker.run(lambda: 1 / 0)
        return await worker.run(max, 1, 2)

    assert asyncio.run(run()) == 2


def test_what_is_canceled_before_its_turn_is_never_done(worker):
    go, done = threading.Event(), []

    async def run():
        first = asyncio.ensure_future(worker.run(go.wait, 20))
        second = asyncio.ensure_future(worker.run(done.append, 2))
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        go.set()
        assert await first
        await worker.run(done.append, 3)

    asyncio.run(run())
    assert done == [3]
