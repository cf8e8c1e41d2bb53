# shellcheck shell=bash
# shellcheck disable=SC2154 # sourced by dev, whose variables and functions it uses
# PostgreSQL's other versions: in which Debian each is found, and its headers without installing it.

# Debian's release that ships a version of PostgreSQL.
declare -A debian_release=([15]=bookworm [17]=trixie [18]=forky)

# The archive that this machine uses for its own packages.
debian_mirror() {
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -m1 '/debian/$' ||
    die "apt has no source of Debian packages"
}

# fetch_headers VERSION FOLDER: unpacks postgresql-server-dev-VERSION, with a private apt.
fetch_headers() (
  local package=postgresql-server-dev-$1 apt=$2/apt
  mkdir -p "$apt"/{etc/preferences.d,state/lists/partial,cache/archives/partial}
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(debian_mirror) \
${debian_release[$1]} main" >"$apt/etc/sources.list"
  cd "$apt"
  local options=(-o "Dir::Etc=$apt/etc" -o "Dir::State=$apt/state" -o "Dir::Cache=$apt/cache"
    -o Dir::State::status=/dev/null -o APT::Sandbox::User=root -o Acquire::Check-Valid-Until=false
    -o Dir::Etc::Trusted=/dev/null)
  apt-get "${options[@]}" update
  apt-get "${options[@]}" download "$package"
  dpkg -x "$package"_*.deb "$2/root"
  dpkg-deb -f "$package"_*.deb Version >"$2/version"
  rm -r "$apt"
)

# pgrx asks pg_config for paths. The real one reports the paths of an installed server.
write_pg_config() {
  local version root=$2/root
  version=$(sed 's/-.*//' "$2/version")
  cat >"$2/pg_config" <<CONFIG
#!/bin/sh
case \$1 in
  --version) echo "PostgreSQL $version" ;;
  --includedir | --pkgincludedir) echo "$root/usr/include/postgresql" ;;
  --includedir-server) echo "$root/usr/include/postgresql/$1/server" ;;
  --bindir) echo "/usr/lib/postgresql/$1/bin" ;;
  --libdir) echo /usr/lib/x86_64-linux-gnu ;;
  --pkglibdir) echo "/usr/lib/postgresql/$1/lib" ;;
  --sharedir) echo "/usr/share/postgresql/$1" ;;
  --cppflags) echo "-D_GNU_SOURCE -I/usr/include/libxml2" ;;
  --pgxs) echo "$root/usr/lib/postgresql/$1/lib/pgxs/src/makefiles/pgxs.mk" ;;
  *) echo "pg_config knows no \$1" >&2 && exit 1 ;;
esac
CONFIG
  chmod +x "$2/pg_config"
}

# need_headers VERSION: sets PGRX_HOME for builds of that version.
need_headers() {
  local folder=$base/headers/$1
  if [[ $1 != 15 && ! -f $folder/config.toml ]]; then
    rm -rf "$folder" && mkdir -p "$folder"
    step "fetching the headers of PostgreSQL $1" fetch_headers "$1" "$folder"
    write_pg_config "$1" "$folder"
    printf '[configs]\npg%s = "%s/pg_config"\n' "$1" "$folder" >"$folder/config.toml"
  fi
}
