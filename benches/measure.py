"""Shared by the benchmarks: temporary databases, timed commands with peak memory, targets."""

import contextlib
import os
import resource
import subprocess
import sys
import time

NTSB = os.environ["NTSB_BIN"]


def psql(sql, database):
    """Runs SQL and returns the lines of its output."""
    options = {"PGOPTIONS": "-c client_min_messages=warning"}
    command = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", "-"]
    done = subprocess.run(command, input=sql, capture_output=True, text=True,
                          env={**os.environ, **options})
    if done.returncode:
        sys.exit(f"psql: {done.stderr}")
    return done.stdout.splitlines()


@contextlib.contextmanager
def create_database(label):
    """A database with an empty warehouse, dropped afterwards."""
    name = f"ntsb_bench_{os.getpid()}_{label}"
    psql(f"CREATE DATABASE {name}", "postgres")
    try:
        psql("CREATE EXTENSION pg_ntsb CASCADE; CALL ntsb_create_warehouse(); CHECKPOINT", name)
        yield name
    finally:
        psql(f"DROP DATABASE {name} WITH (FORCE)", "postgres")


def run(*command, timeout=1800, **environment):
    """Runs a command and returns its seconds."""
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
    """Runs a command and returns its peak memory in MiB, as the kernel reports it for a child."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        run(*command, **environment)
        os.write(write, str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as output:
        kilobytes = output.read()
    os.waitpid(pid, 0)
    return int(kilobytes) / 1024 if kilobytes else sys.exit("the measured command failed")


class Targets:
    """Prints results beside their targets. exit() exits with 1 if a target was missed."""

    def __init__(self):
        self.missed = 0

    def check(self, label, result, target, met):
        self.missed += not met
        print(f"{'ok    ' if met else 'MISSED'} {label}: {result} (target: {target})", flush=True)

    def exit(self):
        sys.exit(1 if self.missed else 0)
