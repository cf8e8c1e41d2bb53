# shellcheck shell=bash
# shellcheck disable=SC2154 # sourced by dev, whose variables and functions it uses
# Benchmarks and the peers that they compare with.

# What the benches compare with, in a folder of its own.
need_peers() {
  local peers=$base/peers wanted=$root/benches/requirements.txt
  need_packages python3-venv
  if ! cmp -s "$wanted" "$peers/installed.txt"; then
    step "installing the peers of the benches" sh -c "/usr/bin/python3 -m venv '$peers' &&
      '$peers/bin/pip' install -q -r '$wanted' && cp '$wanted' '$peers/installed.txt'"
  fi
  export PATH=$peers/bin:$PATH
}

cmd_bench() {
  local bench=$root/benches/${1:-}
  if [[ ! -f $bench || ! -x $bench ]]; then
    say "usage: ./dev bench NAME, where NAME is one of:" \
      "$(find "$root/benches" -maxdepth 1 -type f -perm -u+x -printf '%f ')" && exit 2
  fi
  open_database
  if [[ $1 == rest ]]; then need_packages wrk; fi
  need_peers
  "$bench" "${@:2}"
}

