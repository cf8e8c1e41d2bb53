#!/bin/sh
# collect.sh PACKAGE FOLDER: lays out the program of /packages/PACKAGE_*.deb with what it needs to run, and
# nothing else: libraries, certificates, a user, and folders that are written.
set -eu
package=$1 out=$2

mkdir -p "$out/unpacked" "$out/etc/ssl/certs" "$out/usr/share/doc" "$out/tmp"
dpkg -x /packages/"$package"_*.deb "$out/unpacked"
mv "$out/unpacked/usr/bin" "$out/usr/bin"
mv "$out/unpacked/usr/share/doc/$package" "$out/usr/share/doc/$package"
rm -r "$out/unpacked" "$out/usr/share/doc/$package/examples" 2>/dev/null || true
for program in "$out"/usr/bin/*; do
  # Lines of ldd: a name, an arrow and a path; or the path of the loader.
  ldd "$program" | sed -n 's/^\t\(.* => \)\?\(\/[^ ]*\) .*/\2/p' | while read -r library; do
    mkdir -p "$out$(dirname "$library")"
    cp -L "$library" "$out$library"
  done
done
cp /etc/ssl/certs/ca-certificates.crt "$out/etc/ssl/certs/"
echo 'ntsb:x:65532:65532::/nonexistent:/usr/sbin/nologin' >"$out/etc/passwd"
echo 'ntsb:x:65532:' >"$out/etc/group"
chmod 1777 "$out/tmp"
