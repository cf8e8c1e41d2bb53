# shellcheck shell=bash
# shellcheck disable=SC2154 # sourced by dev, whose variables and functions it uses
# Installs what a command needs: Debian packages, the Rust compiler, cargo subcommands.

build_packages=(ca-certificates clang curl gcc make pkg-config
  lib{c6,clang,xgboost}-dev postgresql-server-dev-15)
server_packages=(postgresql-15{,-cron,-postgis-3,-postgis-3-scripts})

# The question for the password comes before a step hides it.
need_sudo() { ((EUID == 0)) || sudo -v || die "needs root or sudo $1"; }

need_packages() {
  local missing
  # shellcheck disable=SC2016 # ${…} belongs to dpkg-query
  mapfile -t missing < <(printf '%s\n' "$@" | sort -u | comm -23 - <(
    dpkg-query -W -f '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p' | sort -u))
  if ((${#missing[@]} == 0)); then return; fi
  need_sudo "to install the Debian 12 packages ${missing[*]}"
  step "updating the package lists" "${sudo[@]}" apt-get update
  step "installing ${missing[*]}" "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends "${missing[@]}"
}

# rustc_is VERSION [VARIABLE=…]: asks without letting rustup download.
rustc_is() { [[ $(in_root env RUSTUP_AUTO_INSTALL=0 "${@:2}" rustc -V 2>&1) == "rustc $1 "* ]]; }

need_rust() {
  local pinned toolchain
  pinned=$(sed -n 's/^channel = "\(.*\)"/\1/p' "$root/rust-toolchain.toml")
  command -v cargo >/dev/null || step "installing rustup" sh -c "curl -sSf https://sh.rustup.rs |
    sh -s -- -y --no-modify-path --profile minimal --default-toolchain none"
  if rustc_is "$pinned"; then return; fi
  # The pinned compiler may be there under another name, such as "stable".
  for toolchain in $(rustup toolchain list | cut -d' ' -f1); do
    rustc_is "$pinned" RUSTUP_TOOLCHAIN="$toolchain" || continue
    export RUSTUP_TOOLCHAIN=$toolchain
    return
  done
  say "Rust $pinned is missing; where it cannot be downloaded: rustup toolchain link $pinned FOLDER"
  step "installing Rust $pinned" rustup toolchain install --profile minimal -c rustfmt,clippy "$pinned"
}

# need_tool CRATE [VERSION]: a cargo subcommand, in our folder: the user's may serve others.
# Not optimised, as compiling it takes a third of the time and it runs for seconds.
need_tool() {
  if [[ $(in_root cargo "${1#cargo-}" --version 2>/dev/null) == *"${2:-.}"* ]]; then return; fi
  step "installing $1 (once)" in_root env CARGO_TARGET_DIR="$base/tools/build" \
    CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off \
    cargo install "$1" ${2:+--version "$2"} --locked --root "$base/tools"
  rm -rf "$base/tools/build"
}

# PostgreSQL finds its files relative to its binary, so that a copy of its folders is a PostgreSQL.
copy_postgres() {
  if [[ -z $pg_root || -d $pg_bin ]]; then return; fi
  step "copying PostgreSQL to $pg_root" sh -c "mkdir -p '$pg_root' && cd / && \
    cp -R --parents -t '$pg_root' usr/lib/postgresql/15 usr/share/postgresql/15 usr/include/postgresql &&
    rm -f '$library'*"
}

# pgrx reads the path of pg_config from its own folder.
need_toolchain() {
  need_packages "${build_packages[@]}" "$@"
  need_rust
  copy_postgres
  mkdir -p "$PGRX_HOME"
  printf '[configs]\npg15 = "%s/pg_config"\n' "$debian_pg" >"$PGRX_HOME/config.toml.new"
  cmp -s "$PGRX_HOME/config.toml.new" "$PGRX_HOME/config.toml" ||
    cp "$PGRX_HOME/config.toml.new" "$PGRX_HOME/config.toml"
  clean_foreign_target
}

# need_venv NAME REQUIREMENTS WHAT: a Python environment in $base/NAME. Fails without a package registry; the
# tests that need it then report that they were skipped.
need_venv() {
  local venv=$base/$1 wanted=$root/tests/$2
  need_packages python3-venv
  if cmp -s "$wanted" "$venv/installed.txt"; then return; fi
  say "==> installing $3 (once)"
  if ! { /usr/bin/python3 -m venv "$venv" && "$venv/bin/pip" install -q --no-cache-dir -r "$wanted" &&
    cp "$wanted" "$venv/installed.txt"; } >"$log" 2>&1; then
    tail -n 3 "$log" >&2
    return 1
  fi
}
