# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # sourced by dev, whose variables and functions it uses
# Tests and drills of deploy/.

# Debian packages whose programs read the configurations of deploy/.
ops_packages=(prometheus prometheus-alertmanager prometheus-postgres-exporter
  pgbackrest systemd)

# shellcheck source=scripts/kubernetes.sh
source "$root/scripts/kubernetes.sh"

test_ops() {
  need_packages "${ops_packages[@]}"
  need_helm
  need_compose
  run_tests ops cargo test --profile "$profile" --no-fail-fast -p ntsb-tests -p ntsb-rest \
    --test ops -- "${filter[@]}"
}

# cmd_drill NAME: one of the drills; without a name, lists them.
cmd_drill() {
  if (($# == 0)); then
    sed -n 's/^mod \(.*\);/\1/p' "$root/tests/drills/main.rs" >&2
    die "name a drill: ./dev drill NAME"
  fi
  filter=("$@")
  need_toolchain "${server_packages[@]}" "${drill_packages[@]}"
  need_s3_server
  start_test_cluster
  run_tests drill cargo test --profile "$profile" --no-fail-fast -p ntsb-tests -p ntsb-rest \
    --test drills -- --test-threads 1 "${filter[@]}"
  echo "$passed passed, $failed failed"
  ((failed == 0 && passed > 0))
}

# Debian packages of the drills.
drill_packages=(
  pgbackrest openssl python3-venv
  patroni python3-etcd etcd-server etcd-client haproxy pgbouncer
)

# moto, a server with S3's protocol; without a package registry the drill of an S3 repository reports that it was skipped.
need_s3_server() {
  local folder=$base/s3 wanted=$root/tests/s3-requirements.txt
  if ! cmp -s "$wanted" "$folder/installed.txt"; then
    say "==> installing an S3 server for drills (once)"
    if ! { /usr/bin/python3 -m venv "$folder" && "$folder/bin/pip" install -q -r "$wanted" &&
      cp "$wanted" "$folder/installed.txt"; } >"$log" 2>&1; then
      tail -n 3 "$log" >&2
      return
    fi
  fi
  export NTSB_TEST_S3_SERVER=$folder/bin/moto_server
}
