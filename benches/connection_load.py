"""Memory of the service under load: many open connections, and many requests."""

import base64
import os
import re
import socket
import subprocess
import time

WARM_UP_CONNECTIONS = 1_000


def resident_kib(pid):
    """Resident memory of a process in KiB."""
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1])


def open_idle(port):
    """An HTTP connection on which one request was answered."""
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(b"GET /health HTTP/1.1\r\nHost: bench\r\n\r\n")
    assert b" 200 " in connection.recv(65536)
    return connection


def open_websocket(port):
    """A WebSocket that receives live updates."""
    connection = socket.create_connection(("127.0.0.1", port))
    key = base64.b64encode(os.urandom(16)).decode()
    connection.sendall((
        f"GET /ws/live-updates HTTP/1.1\r\nHost: bench\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n").encode())
    assert b" 101 " in connection.recv(65536)
    return connection


def measure_connections(targets, pid, label, port, open_connection, count, seconds=10):
    """Checks the KiB per open connection, after the first thousand, and their growth over time."""
    connections = []
    try:
        connections += [open_connection(port) for _ in range(WARM_UP_CONNECTIONS)]
        warm = resident_kib(pid)
        connections += [open_connection(port) for _ in range(count - WARM_UP_CONNECTIONS)]
        full = resident_kib(pid)
        time.sleep(seconds)
        later = resident_kib(pid)
        per_connection = (full - warm) / (count - WARM_UP_CONNECTIONS)
        open_idle(port).close()
        targets.check(f"{count:,} connections, {label}: KiB per connection", f"{per_connection:.1f}", "64",
                      per_connection <= 64)
        growth = (later - full) / count
        targets.check(f"{count:,} connections, {label}: growth in KiB per connection within {seconds} s",
                      f"{growth:.2f}", "1", growth <= 1)
    finally:
        for connection in connections:
            connection.close()


def measure_requests(targets, pid, url, count):
    """Checks that memory does not grow in the second half of many requests."""
    requests, memory = 0, []
    for tenth in range(1, 11):
        while requests < count * tenth / 10:
            output = subprocess.run(["wrk", "-t1", "-c16", "-d2s", url], check=True, capture_output=True,
                                    text=True).stdout
            assert "Non-2xx" not in output, output
            requests += int(re.search(r"(\d+) requests in", output)[1])
        memory.append(resident_kib(pid) / 1024)
    print("MiB after each tenth: " + " ".join(f"{mib:.1f}" for mib in memory))
    growth = memory[-1] - memory[4]
    targets.check(f"{requests:,} requests: growth in MiB in the second half", f"{growth:.1f}", "1", growth <= 1)
