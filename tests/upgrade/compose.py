#!/usr/bin/env python3
"""Writes the upgrade script to the present version from a release: what the installation scripts of
the two differ in, statement by statement.

usage: tests/upgrade/compose.py 0.3.0 > sql/upgrade/pg_ntsb--0.3.0--0.4.0.sql

Read it before committing: what it cannot know is said in a comment. `./dev test upgrade` shows whether
an upgraded extension is the same as a new one.
"""

import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def statements(text):
    """The statements of a script, without comments at their heads."""
    out, start, at = [], 0, 0
    token = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|(\$\w*\$).*?\1|;", re.S)
    for match in token.finditer(text):
        if match.group() == ";":
            out.append(text[start:match.end()])
            start = match.end()
        at = match.end()
    assert not re.sub(r"--[^\n]*|/\*.*?\*/", "", text[start:], flags=re.S).strip(), text[at:]
    return [bare for bare in map(without_head, out) if bare]


def without_head(statement):
    return re.sub(r"\A(?:\s+|--[^\n]*\n|/\*.*?\*/)+", "", statement, flags=re.S).strip()


def created(statement):
    """What a statement creates: kind and name."""
    found = re.match(r"CREATE\s+(?:OR\s+REPLACE\s+)?(FUNCTION|PROCEDURE|AGGREGATE|TYPE|CAST|OPERATOR)\s+\"?(\w+)",
                     statement, re.I)
    return (found.group(1).upper(), found.group(2)) if found else None


def dropped(statement):
    """DROP of what a statement creates. Arguments may be named there, but have no default."""
    kind, name = created(statement)
    arguments = re.search(r"\((.*?)\)\s*(RETURNS|LANGUAGE|AS|$)", statement, re.S | re.I)[1]
    arguments = re.sub(r"\s+(DEFAULT|=)\s+('(?:[^']|'')*'|[^,])*", "", arguments, flags=re.I)
    return f"DROP {kind} {name}({' '.join(arguments.split())});"


def main(release):
    old = statements((HERE / f"pg_ntsb--{release}.sql").read_text())
    version = re.search(r'^version = "(.*)"', (HERE.parent.parent / "Cargo.toml").read_text(), re.M)[1]
    share = subprocess.run(["pg_config", "--sharedir"], capture_output=True, text=True, check=True)
    new = statements((Path(share.stdout.strip()) / "extension" / f"pg_ntsb--{version}.sql").read_text())
    known, names, remain = set(old), {created(s) for s in old}, {created(s) for s in new}
    print(f"-- From {release} to {version}: what was added and changed, in the order of installation.")
    for gone in old:
        if created(gone) in names - remain - {None}:
            print(f"\n{dropped(gone)}")
    for statement in new:
        if statement in known:
            continue
        what = created(statement)
        if what and what in names and what[0] in ("FUNCTION", "PROCEDURE"):
            statement = re.sub(r"\ACREATE (FUNCTION|PROCEDURE)", r"CREATE OR REPLACE \1", statement, flags=re.I)
        print(f"\n{statement}")


main(sys.argv[1])
