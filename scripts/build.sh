# shellcheck shell=bash
# shellcheck disable=SC2154 # sourced by dev, whose variables and functions it uses
# Builds the extension, `ntsb` and `ntsb-rest`, and installs the extension.
#
# One invocation of cargo builds the extension and `ntsb`: shared packages are compiled once, with the union
# of the features. The service is apart: serde_json's arbitrary_precision, which content hashes need, changes
# how its libraries read numbers. The profile is `release`, or `quick` where nothing has been built yet and speed of the build
# matters more than of the result: the demo on a new machine (see Cargo.toml).

# Cargo goes by the times of files, which mean nothing between checkouts that share a target folder:
# what another checkout built is removed.
clean_foreign_target() {
  local stamp=$CARGO_TARGET_DIR/checkout here
  here="$root $(stat -c %i "$root")"
  if [[ $(cat "$stamp" 2>/dev/null) == "$here" ]]; then return; fi
  in_root cargo clean -q --release --workspace
  [[ ! -d $CARGO_TARGET_DIR/quick ]] || in_root cargo clean -q --profile quick --workspace
  mkdir -p "$CARGO_TARGET_DIR" && echo "$here" >"$stamp"
}

# digest_of PATH…: contents, not times, as checkouts share the target folder.
digest_of() {
  (cd "$root" && find Cargo.* rust-toolchain.toml "$@" -type f -print0 |
    sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
}

# use_profile NAME: where the programs of that profile are.
use_profile() {
  profile=$1
  export NTSB_BIN=$CARGO_TARGET_DIR/$profile/ntsb NTSB_SERVICE_BIN=$CARGO_TARGET_DIR/$profile/ntsb-rest
}

# For commands that only use the programs: `release` where it has been built, else `quick`.
use_built_profile() { [[ -e $CARGO_TARGET_DIR/release/built ]] || use_profile quick; }

# The digest is written last: a build that broke off does not count.
is_built() { [[ -x $NTSB_SERVICE_BIN && $(cat "$CARGO_TARGET_DIR/$profile/built" 2>/dev/null) == "$1" ]]; }

build_programs() {
  local digest
  digest=$(digest_of core pg_ntsb sql frontends xtask)
  if is_built "$digest"; then return; fi
  step "building the extension and ntsb ($profile)" in_root cargo build \
    --profile "$profile" -p pg_ntsb -p ntsb-cli -p xtask
  step "building ntsb-rest ($profile)" in_root cargo build --profile "$profile" -p ntsb-rest
  echo "$digest" >"$CARGO_TARGET_DIR/$profile/built"
}

# A library is replaced, never written into: servers have it mapped.
install_extension() {
  local digest
  build_programs
  digest="$(digest_of core pg_ntsb sql xtask) $profile"
  if [[ -f $library && $(cat "$library.digest" 2>/dev/null) == "$digest" ]]; then return; fi
  need_sudo "to install $library"
  mkdir -p "$base"
  step "installing the extension" install_locked "$digest"
}

# One run at a time.
install_locked() (
  flock 8
  local built=$CARGO_TARGET_DIR/$profile share=$pg_root/usr/share/postgresql/15/extension
  local upgrades=("$root"/sql/upgrades/*.sql)
  rm -rf "$base/package" &&
    "$built/xtask" installer "$built/libpg_ntsb.so" "$base/package" &&
    { ((${#upgrades[@]} == 0)) || cp -t "$base/package" "${upgrades[@]}"; } &&
    "${sudo[@]}" cp --remove-destination -t "$share" "$base/package/"* &&
    "${sudo[@]}" cp --remove-destination "$built/libpg_ntsb.so" "$library" &&
    echo "$1" | "${sudo[@]}" tee "$library.digest"
) 8>"$base/lock"
