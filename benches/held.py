"""What a service needs in memory: connections that are held open, and requests without end."""

import base64
import os
import re
import socket
import subprocess
import time

WARM = 1_000


def resident(pid):
    """Resident memory of a process in KiB."""
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1])


def idle(port):
    """A connection on which one request was answered."""
    held = socket.create_connection(("127.0.0.1", port))
    held.sendall(b"GET /health HTTP/1.1\r\nHost: bench\r\n\r\n")
    assert b" 200 " in held.recv(65536)
    return held


def live(port):
    """A connection that follows along."""
    held = socket.create_connection(("127.0.0.1", port))
    key = base64.b64encode(os.urandom(16)).decode()
    held.sendall((f"GET /ws/live-updates HTTP/1.1\r\nHost: bench\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                  f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n").encode())
    assert b" 101 " in held.recv(65536)
    return held


def hold(bars, pid, what, port, opened, count, seconds=10):
    """KiB that each of many connections takes, beyond the first thousand, and after a while."""
    held = []
    try:
        held += [opened(port) for _ in range(WARM)]
        few = resident(pid)
        held += [opened(port) for _ in range(count - WARM)]
        many = resident(pid)
        time.sleep(seconds)
        later = resident(pid)
        each = (many - few) / (count - WARM)
        idle(port).close()
        bars.show(f"{count:,} connections, {what}: KiB each", f"{each:.1f}", "64", each <= 64)
        grown = (later - many) / count
        bars.show(f"{count:,} connections, {what}: KiB each that {seconds} s add", f"{grown:.2f}", "1", grown <= 1)
    finally:
        for one in held:
            one.close()


def soak(bars, pid, url, count):
    """Resident memory after each tenth of many requests; the later half must not add to it."""
    asked, memory = 0, []
    for tenth in range(1, 11):
        while asked < count * tenth / 10:
            said = subprocess.run(["wrk", "-t1", "-c16", "-d2s", url], check=True, capture_output=True, text=True).stdout
            assert "Non-2xx" not in said, said
            asked += int(re.search(r"(\d+) requests in", said)[1])
        memory.append(resident(pid) / 1024)
    print("MiB after each tenth: " + " ".join(f"{mib:.1f}" for mib in memory))
    grown = memory[-1] - memory[4]
    bars.show(f"{asked:,} requests: MiB that the later half added", f"{grown:.1f}", "1", grown <= 1)
