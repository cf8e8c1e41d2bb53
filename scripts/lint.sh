# shellcheck shell=bash
# shellcheck disable=SC2154 # sourced by dev, whose variables and functions it uses
# Static checks.

# A longer file covers two subjects.
check_lengths() {
  find . \( -name .git -o -name target -o -path ./tests/schema \) -prune -o -type f \
    \( -name '*.rs' -o -name '*.sql' -o -name '*.sh' -o -path ./dev -o -path ./.ci/run \) \
    -exec awk 'FNR == 401 {print FILENAME " is longer than 400 lines"; long = 1} END {exit long}' {} +
}

cmd_lint() {
  need_toolchain shellcheck python3
  need_tool cargo-machete
  need_tool cargo-deny
  step "file lengths" in_root check_lengths
  step "links in documents" in_root python3 scripts/check_links.py
  step "shellcheck" in_root sh -c "shellcheck -x dev .ci/run deploy/backup/ntsb-backup deploy/backup/ntsb-restore-drill \
    deploy/container/*.sh deploy/container/*/*.sh"
  step "cargo fmt" in_root cargo fmt --all --check
  step "cargo clippy" in_root cargo clippy -q --release --workspace --all-targets -- -D warnings
  step "cargo doc" in_root env RUSTDOCFLAGS="-D warnings" cargo doc -q --release --workspace --no-deps
  step "cargo machete" in_root cargo machete
  say "==> packages in two versions: $(in_root cargo tree -q -d --workspace -e normal --depth 0 |
    awk '/^[a-z]/ {print $1, $2}' | sort -u | awk '{print $1}' | uniq -d | paste -sd' ')"
  step "cargo deny: licenses, bans, sources" in_root cargo deny check licenses bans sources
  if in_root timeout 20 cargo deny fetch db &>/dev/null; then
    step "cargo deny: advisories" in_root cargo deny check --disable-fetch advisories
  else
    say "==> cargo deny: advisories … skipped, their database cannot be reached"
  fi
}

