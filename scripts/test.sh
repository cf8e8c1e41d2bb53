# shellcheck shell=bash
# shellcheck disable=SC2154 # sourced by dev, whose variables and functions it uses
# The tests. Those of SQL and of clients share one temporary cluster.

passed=0 failed=0 test_cluster='' golden_tests=() filter=()

remove_test_cluster() {
  stop_cluster "$1" immediate &>/dev/null || true
  rm -rf "${clusters:?}/$1" "$clusters/$1.new" "${sockets:?}/$1" "$base/log/$1"
}

# A run that was killed could not clean up: the next one does.
sweep_clusters() {
  local data
  for data in "$clusters"/test-*[0-9]; do
    kill -0 "${data##*test-}" 2>/dev/null || remove_test_cluster "${data##*/}"
  done
}

start_test_cluster() {
  install_extension
  sweep_clusters
  test_cluster=test-$$
  start_cluster "$test_cluster" $((RANDOM % 20000 + 20000)) -F
  use_cluster "$test_cluster"
  export NTSB_TEST_HOST=$PGHOST NTSB_TEST_PORT=$PGPORT NTSB_TEST_USER=$PGUSER
  export NTSB_TEST_PG_BIN=$pg_bin
}

# run_tests NAME COMMAND…: counts the closing lines of cargo's runner and the lines
# of pg_regress, which end in "ms". A run that dies without either is one failure.
run_tests() {
  local good bad status=0 start=$SECONDS
  in_root "${@:2}" >"$log" 2>&1 </dev/null || status=$?
  read -r good bad < <(awk '/^test result:/ {p += $4; f += $6} / ok +[0-9]+ ms$/ {p++}
    / FAILED +[0-9]+ ms$/ {f++} END {print p + 0, f + 0}' "$log")
  if ((status && !bad)); then bad=1; fi
  # Skipped tests, seeds of random tests, and figures measured.
  grep -oE '(^|\.\.\. )(skipped|seed|figure): .*' "$log" | sed 's/^\.\.\. //' || true
  if ((bad)); then sed '/^test .* ok$/d' "$log" | tail -n 300; fi
  echo "==> $1: $good passed, $bad failed, $((SECONDS - start)) s"
  passed=$((passed + good)) failed=$((failed + bad))
}

# The selections are those of build_programs, so that shared packages have the same features and are not
# compiled again. pg_ntsb and, with the clients, ntsb-rest take part for that reason only.
test_core() {
  run_tests core cargo test --profile "$profile" --no-fail-fast --workspace --exclude ntsb-tests \
    --exclude ntsb-rest -- "${filter[@]}"
  run_tests service cargo test --profile "$profile" --no-fail-fast -p ntsb-rest -- "${filter[@]}"
}

# matches NAME: whether NAME contains one of the words asked for; any name where none is.
matches() {
  local word
  ((${#filter[@]})) || return 0
  for word in "${filter[@]}"; do [[ $1 != *"$word"* ]] || return 0; done
  return 1
}

# A golden test without expected output would never fail. The others need what 010_install creates.
find_golden_tests() {
  local file name
  for file in "$root"/tests/pg_regress/sql/*.sql; do
    name=$(basename "$file" .sql)
    [[ -f ${file%/sql/*}/expected/$name.out ]] || die "$file has no expected output"
    if matches "$name"; then golden_tests+=("$name"); fi
  done
  if ((${#golden_tests[@]})) && [[ ${golden_tests[0]} != 010_install ]]; then
    golden_tests=(010_install "${golden_tests[@]}")
  fi
}

test_sql() {
  local output=$base/log/$test_cluster
  ((${#golden_tests[@]})) || return 0
  mkdir -p "$output"
  run_tests sql "${pg_bin%/bin}/lib/pgxs/src/test/regress/pg_regress" --use-existing \
    --bindir="$pg_bin" --inputdir=tests/pg_regress --outputdir="$output" --dbname=ntsb \
    --host="$PGHOST" --port="$PGPORT" --user=postgres "${golden_tests[@]}"
  cat "$output/regression.diffs" 2>/dev/null || true
  [[ -z ${BLESS:-} ]] || cp "$output"/results/*.out "$root/tests/pg_regress/expected/"
}

# Python packages that read exports back; without a package registry those tests report that they were skipped.
need_readers() {
  need_venv readers requirements.txt "Python readers of exports" || return 0
  export NTSB_TEST_PYTHON=$base/readers/bin/python
}

test_client() {
  [[ -d ${NTSB_DATA:-} ]] || say "==> client: without real data, as NTSB_DATA names no folder"
  need_readers
  run_tests client cargo test --profile "$profile" --no-fail-fast -p ntsb-tests -p ntsb-rest \
    --test client --test hostile_load --test real --test real_full --test rest -- "${filter[@]}"
}

cmd_test() {
  local word part parts=()
  for word in "$@"; do
    case $word in
      core | sql | client | ops) parts+=("$word") ;;
      sources) parts+=(core client) filter+=(case:: sources metar registration) ;;
      --bless) export BLESS=1 ;;
      -*) die "test has no option $word; see ./dev help" ;;
      *) filter+=("$word") ;;
    esac
  done
  set -- "${parts[@]}"
  (($#)) || set -- core sql client ops
  find_golden_tests
  need_toolchain "${server_packages[@]}" mdbtools python3 redis-server librdkafka1 openssl pgbouncer zstd
  for part in "$@"; do
    [[ $part == core || -n $test_cluster ]] || start_test_cluster
    "test_$part"
  done
  rm -f "$log"
  echo "$passed passed, $failed failed"
  ((failed == 0 && passed > 0))
}

# New inputs are kept in $base/fuzz; a failing input is written to fuzz/artifacts.
cmd_fuzz() {
  local target=${1:-} seconds=${2:-60}
  if [[ ! -f $root/fuzz/fuzz_targets/$target.rs ]]; then
    say "usage: ./dev fuzz TARGET [SECONDS], where TARGET is one of: $(cd "$root/fuzz/seeds" && echo *)"
    exit 2
  fi
  need_packages "${build_packages[@]}"
  need_rust
  rustup run nightly rustc -V &>/dev/null ||
    die "libFuzzer needs a nightly compiler: rustup toolchain install --profile minimal nightly"
  need_tool cargo-fuzz
  mkdir -p "$base/fuzz/$target"
  in_root env CARGO_TARGET_DIR="$base/fuzz/target" cargo +nightly fuzz run --sanitizer none \
    "$target" "$base/fuzz/$target" "fuzz/seeds/$target" -- -max_total_time="$seconds" \
    -timeout=20 -rss_limit_mb=1500 -max_len=16384
}

trap '[[ -z $test_cluster ]] || remove_test_cluster "$test_cluster"' EXIT
