# shellcheck shell=bash
# shellcheck disable=SC2154 # sourced by dev, whose variables and functions it uses
# Clean installations of the Debian releases in which packages are tried.

# What our packages depend on, and pg_cron: downloaded and not installed, so that a drill needs no network.
chroot_packages() {
  printf '%s ' "postgresql-$1" "postgresql-$1"-{postgis-3,postgis-3-scripts,cron} ca-certificates
  [[ $1 == 18 ]] && echo libxgboost3 || echo libxgboost0
}

# need_chroot VERSION: a tar of the Debian release that ships this version of PostgreSQL.
need_chroot() {
  local release=${debian_release[$1]}
  if [[ -f $base/chroots/$release.tar.zst ]]; then return; fi
  need_packages mmdebstrap zstd
  mkdir -p "$base/chroots"
  step "making a chroot of Debian $release" make_chroot "$release" "$(chroot_packages "$1")"
}

# make_chroot RELEASE PACKAGES: as small as apt and systemd allow. No service starts by itself in it.
make_chroot() {
  local new=$base/chroots/$1.new.tar.zst
  mmdebstrap --quiet --variant=apt --include=systemd --skip=cleanup/apt \
    --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='APT::Install-Recommends "false"' \
    --dpkgopt=force-unsafe-io \
    --customize-hook='printf "#!/bin/sh\nexit 101\n" >"$1/usr/sbin/policy-rc.d"' \
    --customize-hook='chmod 755 "$1/usr/sbin/policy-rc.d"' \
    --customize-hook="chroot \"\$1\" apt-get install -qq -y --download-only $2" \
    "$1" "$new" "$(debian_mirror)"
  mv "$new" "$base/chroots/$1.tar.zst"
}
