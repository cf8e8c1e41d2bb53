# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # sourced by dev, whose variables and functions it uses
# Tests and drills of deploy/.

# Debian packages whose programs read the configurations of deploy/.
ops_packages=(prometheus prometheus-alertmanager prometheus-postgres-exporter
  pgbackrest haproxy systemd)

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
  need_readers
  if matches installation; then prepare_installation; fi
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
drill_packages=()

# What the drill of packages installs, and where.
prepare_installation() {
  local version
  make_debs 15 17 18
  for version in 15 17 18; do need_chroot "$version"; done
  rm -rf "$base"/chroots/run-* # of a drill that was killed
  export NTSB_TEST_CHROOTS=$base/chroots NTSB_TEST_PACKAGES=$packages
}
