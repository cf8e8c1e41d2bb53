"""What the benches share: throw-away databases, commands timed with their peak memory, bars."""

import contextlib
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

NTSB = os.environ["NTSB_BIN"]
ROOT = Path(__file__).resolve().parent.parent


def psql(sql, database):
    """Runs SQL and returns its lines."""
    options = {"PGOPTIONS": "-c client_min_messages=warning"}
    command = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", "-"]
    done = subprocess.run(command, input=sql, capture_output=True, text=True,
                          env={**os.environ, **options})
    if done.returncode:
        sys.exit(f"psql: {done.stderr}")
    return done.stdout.splitlines()


@contextlib.contextmanager
def database(what):
    """A database with an empty warehouse, removed afterwards."""
    name = f"ntsb_bench_{os.getpid()}_{what}"
    psql(f"CREATE DATABASE {name}", "postgres")
    try:
        psql("CREATE EXTENSION pg_ntsb CASCADE; CALL ntsb_create_warehouse(); CHECKPOINT", name)
        yield name
    finally:
        psql(f"DROP DATABASE {name} WITH (FORCE)", "postgres")


def run(*command, timeout=1800, **environment):
    """Seconds and peak memory in MiB of one command."""
    start = time.perf_counter()
    child = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE, env={**os.environ, **environment})
    try:
        message = child.communicate(timeout=timeout)[1]
    finally:
        child.kill()
    seconds = time.perf_counter() - start
    if child.returncode:
        sys.exit(f"{command[0]} failed: {message.decode()}")
    return seconds


def peak_memory(*command, **environment):
    """Peak memory in MiB of one command, as the kernel counts it for a child."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        run(*command, **environment)
        os.write(write, str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as answer:
        kilobytes = answer.read()
    os.waitpid(pid, 0)
    return int(kilobytes) / 1024 if kilobytes else sys.exit("the measured command failed")


def median(measure, times):
    return statistics.median(measure() for _ in range(times))


class Bars:
    """Figures beside the bars that they must meet; leaves with 1 if one does not."""

    def __init__(self):
        self.missed = 0

    def show(self, text, figure, bar, met):
        self.missed += not met
        print(f"{'ok    ' if met else 'MISSED'} {text}: {figure} (bar: {bar})", flush=True)

    def leave(self):
        sys.exit(1 if self.missed else 0)
