"""Serves the local AWS engine (MiniStack) on loopback and keeps its state on disk.

Started by engine.ts, which sets the environment (AUTH, STATE_DIR, S3_DATA_DIR, ...). Seven things that MiniStack's
own entry point does not do:
- permissions are checked for more of what AWS checks, and recorded where SLUICE_RECORD_CALLS names a file
  (permissions.py, call_record.py);
- bucket policies deny plain HTTP, so that every HTTP request is presented as one that came by TLS;
- state is saved every few seconds, not only when stopped, so that a killed engine loses seconds, not the session;
- ranges of versions and presigned requests are answered as S3 answers them (s3_requests.py);
- of accounts that are made at once for one address, Cognito makes one: MiniStack looks and writes in threads of their
  own, and made two;
- what is done to the alias of a KMS key is authorized by the alias's ARN, where MiniStack asks for a right to "*";
- it ends, saving, when the process that started it is gone (its end of the stdin pipe closes).
"""

import argparse
import asyncio
import contextlib
import copy
import fcntl
import gc
import json
import logging
import os
import signal
import stat
import sys
import threading
import time

import permissions
from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app as ministack
from ministack.core import iam_actions, lambda_runtime, persistence
from ministack.services import cognito
from s3_requests import carries_unsigned, with_range, with_response_overrides

SAVE_INTERVAL_SECONDS = 5
# A save costs CPU in proportion to the state; it may take at most this share of the time.
SAVE_SHARE = 0.1
SAVE_DEADLINE_SECONDS = 60
# Before a stop turns it off.
KEEPS_STATE = persistence.PERSIST_STATE
STOP_DEADLINE_SECONDS = 8
KEEP_ALIVE_SECONDS = 75
OPEN_FILES = 65_536

# After each invocation the engine waits for log lines: 50 ms for the first unless one is there. What a function logged
# before it answered is in its pipe by then, and a late line shows with the next invocation. Seconds: first, quiet, cap.
LOG_WAITS = (0.003, 0.002, 0.05)

logger = logging.getLogger("gateway")


class Gateway:
    """The ASGI application: MiniStack behind a TLS-terminating front."""

    def __init__(self, record):
        self.requests = 0
        # What roles ask for; None: nobody wants to know.
        self.record = record

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http":
            # Any web page can post to loopback; forgetting everything is `npm run local:reset`, which needs a shell.
            if scope["path"] in ("/_ministack/reset", "/_ministack/config"):
                await refuse(send)
                return
            if scope["path"] not in ministack._HEALTH_PATHS:
                self.requests += 1
            if carries_unsigned(scope):
                await refuse(send)
                return
            scope["scheme"] = "https"
            send = with_range(scope, with_response_overrides(scope, send))
        if self.record and scope["type"] == "http":
            await self.record.answer(ministack.app, scope, receive, send)
        else:
            await ministack.app(scope, receive, send)


async def refuse(send):
    await send({"type": "http.response.start", "status": 403, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


def with_kms_aliases(resource_arn_of):
    """How the resource of a request is found, for IAM: of CreateAlias and the like it is the alias that they name."""

    def resource_arn(service, method, path, headers, body, query_params, region, account_id):
        if service == "kms":
            with contextlib.suppress(ValueError, AttributeError):
                alias = json.loads(body or b"{}").get("AliasName")
                if isinstance(alias, str) and alias.startswith("alias/"):
                    return f"arn:aws:kms:{region}:{account_id}:{alias}"
        return resource_arn_of(service, method, path, headers, body, query_params, region, account_id)

    return resource_arn


def one_at_a_time(handler):
    """What looks whether something is there before it makes it."""
    lock = threading.Lock()

    def handle(data):
        with lock:
            return handler(data)

    return handle


def forget_stream_positions(state_dir):
    """DynamoDB stream records are not kept over a restart, so positions in the old stream would skip new records."""
    path = os.path.join(state_dir, "lambda.json")
    try:
        with open(path) as file:
            state = json.load(file)
    except FileNotFoundError:
        return
    positions = state.get("payload", state).get("dynamodb_stream_positions")
    if not positions or not positions.get("data"):
        return
    positions["data"] = {}
    with open(path + ".tmp", "w") as file:
        json.dump(state, file)
    os.replace(path + ".tmp", path)


def save_in_child():
    """Forks a child that writes the state as of now; the server goes on at once. Returns its pid.

    The child owns a frozen copy of the memory already: the deep copies that protect MiniStack's own save from
    concurrent writes, and its streaming JSON encoder, would only cost time.
    """
    # Neither collects what both hold: each object that it looked at would be copied.
    gc.freeze()
    pid = os.fork()
    if pid:
        return pid
    try:
        gc.disable()
        os.closerange(3, OPEN_FILES)
        signal.alarm(SAVE_DEADLINE_SECONDS)
        os.nice(5)
        copy.deepcopy = lambda value, memo=None: value
        json.dump = lambda value, file, **options: file.write(json.dumps(value, **options))
        logging.disable(logging.WARNING)
        persistence.save_all(ministack._build_persistence_save_dict())
        os._exit(0)
    finally:
        os._exit(1)


# The child that saves at this moment. Two at once would write into one another's files.
saving = set()


async def save_regularly(gateway):
    saved, pause = gateway.requests, SAVE_INTERVAL_SECONDS
    while True:
        await asyncio.sleep(pause)
        # The ESM poller moves state too, but only what a request or a schedule began; both come in as requests.
        if gateway.requests == saved:
            continue
        requests, started = gateway.requests, time.monotonic()
        pid = save_in_child()
        saving.add(pid)
        while True:
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                break
            await asyncio.sleep(0.1)
        saving.discard(pid)
        gc.unfreeze()
        pause = max(SAVE_INTERVAL_SECONDS, (time.monotonic() - started) / SAVE_SHARE)
        if status == 0:
            saved = requests
        else:
            logger.warning("Saving the state failed (status %s); trying again.", status)


async def stop_requested():
    """Returns at SIGTERM, SIGINT, or when stdin, a pipe from the starting process, is closed."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    mode = os.fstat(0).st_mode
    if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
        loop.add_reader(0, lambda: os.read(0, 1024) or (loop.remove_reader(0), stop.set()))
    await stop.wait()
    # MiniStack's own save at shutdown takes many times as long as ours, which follows in finish().
    ministack.PERSIST_STATE = False
    # Requests that never end (long polls, a stuck function) must not cost the state.
    loop.call_later(STOP_DEADLINE_SECONDS, finish)


def finish():
    """Ends the functions, saves what they left and ends the process, whatever its other threads are at."""
    lambda_runtime.reset()
    for pid in saving:
        # What it has written counts; what it was writing lies beside the file that it was to replace.
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    if KEEPS_STATE:
        _, status = os.waitpid(save_in_child(), 0)
        if status != 0:
            persistence.save_all(ministack._build_persistence_save_dict())
    logging.shutdown()
    os._exit(0)


async def main(port):
    gateway, config = Gateway(permissions.install(os.environ.get("SLUICE_RECORD_CALLS"))), Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.keep_alive_timeout = KEEP_ALIVE_SECONDS
    config.keep_alive_max_requests = sys.maxsize
    config.backlog = 1024
    config.loglevel = "WARNING"
    saver = asyncio.create_task(save_regularly(gateway)) if KEEPS_STATE else None
    await serve(gateway, config, shutdown_trigger=stop_requested)
    if saver:
        saver.cancel()


def allow_many_files():
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    state_dir = os.environ["STATE_DIR"]
    os.makedirs(state_dir, exist_ok=True)
    # Held until the process ends: two engines on one directory would overwrite each other's state.
    lock = open(os.path.join(state_dir, "lock"), "w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit("Another engine already uses this directory.")
    allow_many_files()
    lambda_runtime.Worker._drain_stderr_bounded.__defaults__ = LOG_WAITS
    iam_actions.extract_resource_arn = with_kms_aliases(iam_actions.extract_resource_arn)
    cognito._admin_create_user = one_at_a_time(cognito._admin_create_user)
    forget_stream_positions(state_dir)
    asyncio.run(main(arguments.port))
    finish()
