#!/usr/bin/env python3
"""Checks that links and paths in the Markdown files lead to files of this repository."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
PATH = re.compile(r"`((?:core|pg_ntsb|sql|frontends|tests|benches|docs|fuzz|scripts|dags-sql)/[\w./-]+)`")
PLACEHOLDER = re.compile(r"SUBJECT|AREA|NEW|OLD")

broken = 0
for name in subprocess.check_output(["git", "ls-files", "*.md"], cwd=ROOT, text=True).split():
    document = ROOT / name
    if name == "CHANGELOG.md" or not document.exists():
        continue
    text = document.read_text(encoding="utf-8")
    targets = [(document.parent / link, link) for link in LINK.findall(text)]
    targets += [(ROOT / path, path) for path in PATH.findall(text)]
    for target, written in targets:
        if not target.exists() and not PLACEHOLDER.search(written):
            print(f"{name}: {written} does not exist")
            broken += 1
sys.exit(1 if broken else 0)
