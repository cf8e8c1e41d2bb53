#!/bin/sh
# collect.sh FOLDER: the extension of /packages and libxgboost with the libraries that PostgreSQL itself does
# not need, in the layout of an extension image.
set -eu
out=$1

mkdir -p "$out/lib" "$out/share/extension" "$out/system" "$out/licenses" /unpacked
dpkg -x /packages/postgresql-18-ntsb_*.deb /unpacked
cp /unpacked/usr/lib/postgresql/18/lib/*.so "$out/lib"
cp /unpacked/usr/share/postgresql/18/extension/* "$out/share/extension"
cp /unpacked/usr/share/doc/postgresql-18-ntsb/copyright "$out/licenses/pg_ntsb"

# Debian names the library by its ABI, which changed after 3.0.
xgboost=$(apt-cache pkgnames libxgboost | grep -x 'libxgboost[0-9]*')
apt-get install -y --no-install-recommends "$xgboost"
# dpkg-query would also list names that are only known.
dmlc=$(dpkg -l 'libdmlc0*' | awk '/^ii/ {sub(/:.*/, "", $2); print $2}')
for package in "$xgboost" "$dmlc" libgomp1; do
  dpkg -L "$package" | grep '\.so\.' | while read -r library; do
    cp -P "$library" "$out/system"
  done
  cp "/usr/share/doc/$package/copyright" "$out/licenses/$package"
done
