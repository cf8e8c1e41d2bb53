# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # sourced by dev, whose variables and functions it uses
# Packages: .deb, .rpm, tarballs, a PGXN distribution, checksums and lists of dependencies (SBOM). The files of
# each package are laid out once; deploy/packages describes them.

# Debian packages whose programs make and check packages.
package_packages=(debhelper dpkg-dev git lintian rpm)

# The packages of one commit are equal, whenever they are made.
package_version() { sed -n '/^\[workspace.package\]/,/^$/s/^version = "\(.*\)"/\1/p' "$root/Cargo.toml"; }
package_date() { in_root git log -1 --format=%ct 2>/dev/null || stat -c %Y "$root/CHANGELOG.md"; }

cmd_package() {
  local version versions=() only_debs=''
  while (($#)); do
    case $1 in
      --profile) use_profile "${2:?package --profile needs a name}" && shift ;;
      --deb) only_debs=1 ;;
      15 | 17 | 18) versions+=("$1") ;;
      *) die "package takes --deb, --profile NAME and versions of PostgreSQL (15, 17, 18), not $1" ;;
    esac
    shift
  done
  ((${#versions[@]})) || versions=(15 17 18)
  make_debs "${versions[@]}"
  if [[ -n $only_debs ]]; then return; fi
  step "lintian" lint_debs
  step "making .rpm" make_rpms
  step "making tarballs" make_tarballs "${versions[@]}"
  step "making the PGXN distribution" make_pgxn
  step "listing dependencies (SBOM)" make_sboms
  step "checksums" write_checksums
  rm -rf "$base/package-work"
  du -h --apparent-size "$packages"/* >&2
}

# make_debs VERSION…: builds everything, and the .deb of the extension for each version.
make_debs() {
  local version digest
  packages=$base/packages work=$base/package-work
  need_toolchain "${server_packages[@]}" "${package_packages[@]}"
  build_programs
  for version in "$@"; do build_library "$version"; done
  digest="$(digest_of core pg_ntsb sql frontends xtask dags-sql deploy/packages scripts/package.sh) \
$profile $* ${PACKAGE_REVISION:-1}"
  rm -rf "$work" && mkdir -p "$work" "$packages"
  lay_out_files "$@"
  if [[ $(cat "$packages/built" 2>/dev/null) == "$digest" ]]; then return; fi
  rm -rf "$packages" && mkdir -p "$packages"
  step "making .deb" build_debs "$@"
  echo "$digest" >"$packages/built"
}

# Cargo names a library alike for every version of PostgreSQL, so each one is copied, and cargo forgets it:
# it would take the library of one version for that of another.
build_library() {
  local folder=$base/libraries/$profile/$1 target=$CARGO_TARGET_DIR/$profile digest
  digest=$(digest_of core pg_ntsb sql xtask)
  if [[ $(cat "$folder/digest" 2>/dev/null) == "$digest" ]]; then return; fi
  rm -rf "$folder" && mkdir -p "$folder"
  if [[ $1 == 15 ]]; then
    cp "$target/libpg_ntsb.so" "$folder"
  else
    need_headers "$1"
    cp "$target/libpg_ntsb.so" "$base/libraries/$profile/default.so"
    step "building the extension for PostgreSQL $1 ($profile)" in_root env PGRX_HOME="$base/headers/$1" \
      cargo build --profile "$profile" -p pg_ntsb -p ntsb-cli -p xtask \
      --no-default-features --features "pg_ntsb/pg$1"
    cp "$target/libpg_ntsb.so" "$folder"
    in_root cargo clean -q --profile "$profile" -p pg_ntsb
    mv "$base/libraries/$profile/default.so" "$target/libpg_ntsb.so"
  fi
  "$target/xtask" installer "$folder/libpg_ntsb.so" "$folder/sql"
  echo "$digest" >"$folder/digest"
}

# lay_out_files VERSION…: $work/files/PACKAGE holds what a package installs.
lay_out_files() {
  local version
  for version in "$@"; do step "postgresql-$version-ntsb" lay_out_extension "$version"; done
  step "ntsb-cli" lay_out_cli
  step "ntsb-rest" lay_out_service
}

# install_stripped FROM TO: without symbols, which are most of the size.
install_stripped() {
  install -D "$1" "$2"
  strip --strip-unneeded --remove-section=.comment --remove-section=.note "$2"
}

lay_out_extension() {
  local files=$work/files/postgresql-$1-ntsb built=$base/libraries/$profile/$1
  local share=$files/usr/share/postgresql/$1
  local upgrades=("$root"/sql/upgrades/*.sql)
  install_stripped "$built/libpg_ntsb.so" "$files/usr/lib/postgresql/$1/lib/pg_ntsb.so"
  chmod 644 "$files/usr/lib/postgresql/$1/lib/pg_ntsb.so"
  mkdir -p "$share/extension" "$share/contrib/ntsb"
  cp "$built/sql"/* "$share/extension"
  ((${#upgrades[@]} == 0)) || cp -t "$share/extension" "${upgrades[@]}"
  cp -R "$root/dags-sql" "$share/contrib/ntsb"
}

# lay_out_manual FOLDER PROGRAM: gzips man pages; adds completions by `completions SHELL`.
lay_out_manual() {
  local files=$1 program=$2
  gzip -9n "$files"/usr/share/man/man1/*.1
  mkdir -p "$files"/usr/share/{bash-completion/completions,zsh/vendor-completions,fish/vendor_completions.d}
  completions bash >"$files/usr/share/bash-completion/completions/$program"
  completions zsh >"$files/usr/share/zsh/vendor-completions/_$program"
  completions fish >"$files/usr/share/fish/vendor_completions.d/$program.fish"
}

lay_out_cli() {
  local files=$work/files/ntsb-cli
  completions() { "$NTSB_BIN" completions "$1"; }
  install_stripped "$NTSB_BIN" "$files/usr/bin/ntsb"
  "$NTSB_BIN" man "$files/usr/share/man/man1"
  lay_out_manual "$files" ntsb
  install -Dm644 -t "$files/usr/share/doc/ntsb-cli/examples" "$root"/tests/fixtures/{sample,up08NOV}.zip
}

lay_out_service() {
  local files=$work/files/ntsb-rest
  completions() { "$NTSB_SERVICE_BIN" --print-completions "$1"; }
  install_stripped "$NTSB_SERVICE_BIN" "$files/usr/bin/ntsb-rest"
  mkdir -p "$files/usr/share/man/man1"
  "$NTSB_SERVICE_BIN" --print-man-page >"$files/usr/share/man/man1/ntsb-rest.1"
  lay_out_manual "$files" ntsb-rest
  install -Dm600 -t "$files/etc/ntsb" "$root"/deploy/packages/etc/*
  install -Dm644 -t "$files/usr/lib/systemd/system" "$root"/deploy/packages/systemd/*
  install -Dm644 "$root/deploy/packages/debian/ntsb-rest.sysusers" "$files/usr/lib/sysusers.d/ntsb-rest.conf"
}

# xgboost_packages VERSION: the name that Debian's release of that version has first.
xgboost_packages() { [[ $1 == 18 ]] && echo "libxgboost3 | libxgboost0" || echo "libxgboost0 | libxgboost3"; }

write_control() {
  local version source=$root/deploy/packages/debian maintainer=${DEBEMAIL:-pg_ntsb developers <pg_ntsb@packages.invalid>}
  {
    sed "s/@MAINTAINER@/$maintainer/" "$source/control"
    for version in "$@"; do
      sed "s/@PG@/$version/g; s/@XGBOOST@/$(xgboost_packages "$version")/" "$source/control.postgresql"
    done
  } >debian/control
  printf 'pg-ntsb (%s-%s) unstable; urgency=medium\n\n  * See changelog.gz.\n\n -- %s  %s\n' \
    "$(package_version)" "${PACKAGE_REVISION:-1}" "$maintainer" \
    "$(date -uRd "@$SOURCE_DATE_EPOCH")" >debian/changelog
  # A paragraph of a copyright file is indented, and its empty lines hold a dot.
  sed 's/^$/./; s/^/ /' "$root/LICENSE-MIT" >debian/mit
  sed -i -e '/@MIT@/{r debian/mit' -e 'd}' debian/copyright
}

build_debs() (
  SOURCE_DATE_EPOCH=$(package_date)
  export SOURCE_DATE_EPOCH
  # Programs that are not optimised serve tests only.
  if [[ $profile != release ]]; then export XZ_LEVEL=0; fi
  mkdir -p "$work/deb" && cd "$work/deb"
  cp -R "$root/deploy/packages/debian" . && cp "$root/CHANGELOG.md" .
  write_control "$@"
  for files in "$work"/files/*; do
    package=${files##*/}
    cat debian/lintian-overrides debian/lintian-overrides."$package" 2>/dev/null |
      sed "s/@PACKAGE@/$package/" >"debian/$package.lintian-overrides" || true
  done
  cp -R "$work"/files/* debian/
  # debhelper of Debian 12 looks for units in lib and installs the description of users itself.
  mkdir debian/ntsb-rest/lib && mv debian/ntsb-rest/usr/lib/systemd debian/ntsb-rest/lib
  rm -r debian/ntsb-rest/usr/lib
  DEB_RULES_REQUIRES_ROOT=no debian/rules binary
  mv "$work"/*.deb "$packages"
)

# An override in deploy/packages/debian has its reason beside it.
lint_debs() { lintian --allow-root --fail-on error,warning --tag-display-limit 0 "$packages"/*.deb; }

make_rpms() {
  local package files
  for package in ntsb-cli ntsb-rest; do
    files=$work/rpm/$package
    mkdir -p "$work/rpm" && cp -R "$work/files/$package" "$files"
    mv "$files/usr/share/zsh/vendor-completions" "$files/usr/share/zsh/site-functions"
    install -Dm644 -t "$files/usr/share/licenses/$package" "$root"/LICENSE*
    install -Dm644 -t "$files/usr/share/doc/$package" "$root/CHANGELOG.md"
    SOURCE_DATE_EPOCH=$(package_date) rpmbuild -bb --quiet --target x86_64 \
      -D "_topdir $work/rpmbuild" -D "_rpmdir $packages" -D "_rpmfilename %{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm" \
      -D "stage $files" -D "ntsb_version $(package_version)" -D "ntsb_revision ${PACKAGE_REVISION:-1}" \
      -D "ntsb_day $(LC_ALL=C date -ud "@$(package_date)" '+%a %b %d %Y')" \
      -D "use_source_date_epoch_as_buildtime 1" -D "clamp_mtime_to_source_date_epoch 1" \
      -D "_build_id_links none" -D "debug_package %{nil}" -D "_binary_payload w9.zstdio" \
      -D "__os_install_post %{nil}" "$root/deploy/packages/rpm/$package.spec"
  done
}

# make_tarball NAME FOLDER: equal contents give an equal file.
make_tarball() {
  install -m644 -t "$2" "$root"/LICENSE* "$root/CHANGELOG.md"
  tar --create --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$(package_date)" \
    --transform "s,^\.,$1," -C "$2" . | gzip -9n >"$packages/$1.tar.gz"
}

make_tarballs() {
  local version folder suffix
  suffix=$(package_version)-linux-$(uname -m)
  for version in "$@"; do
    folder=$work/tar/pg$version
    mkdir -p "$folder" && cp -R "$work/files/postgresql-$version-ntsb/usr" "$folder"
    make_tarball "pg_ntsb-pg$version-$suffix" "$folder"
  done
  folder=$work/tar/programs
  mkdir -p "$folder" && cp -R "$work"/files/ntsb-{cli,rest}/* "$folder"
  make_tarball "ntsb-$suffix" "$folder"
}

# The sources of the last commit, with the Makefile and the metadata that PGXN wants at the top.
make_pgxn() {
  local name
  name=pg_ntsb-$(package_version)
  in_root git archive --format=zip -9 --prefix="$name/" --add-file=deploy/packages/pgxn/META.json \
    --add-file=deploy/packages/pgxn/Makefile -o "$packages/$name.zip" HEAD
}

# What each program is built from, with licences and checksums (CycloneDX).
make_sboms() {
  local name version
  version=$(package_version)
  for name in pg_ntsb ntsb-cli ntsb-rest; do
    in_root cargo tree -p "$name" -e normal --prefix none --format '{p}|{l}' | sort -u | (
      cd "$root" && awk -v name="$name" -v version="$version" \
        -v time="$(date -ud "@$(package_date)" +%FT%TZ)" -f scripts/sbom.awk Cargo.lock -
    ) >"$packages/$name-$version.cdx.json"
  done
}

write_checksums() {
  (cd "$packages" && find . -maxdepth 1 -type f ! -name SHA256SUMS ! -name built -printf '%P\n' |
    sort | xargs -d '\n' sha256sum >SHA256SUMS)
}
