# The developers' loop, read by ./paddock: check, fmt, test, bench, protocols, peers. Uses $root, $jdk, $logs, say, die.

maven() {
  (cd "$root" && JAVA_HOME=$jdk ./mvnw -B "$@")
}

# quietly LOG WHAT COMMAND... runs the command; its output goes to the log, and to stderr if it fails.
quietly() {
  log=$logs/$1.log
  what=$2
  shift 2
  mkdir -p "$logs"
  began=$(date +%s)
  if "$@" >"$log" 2>&1 </dev/null; then
    say "$what: ok ($(($(date +%s) - began)) s)"
  else
    grep -E '\[(ERROR|WARNING)\]|FAIL' "$log" | head -n 40 >&2
    say "$what: failed, the whole output is in $log"
    return 1
  fi
}

paddock_fmt() {
  quietly fmt "format" maven -q spotless:apply
}

paddock_check() {
  quietly check-format "format" maven -q spotless:check || return 1
  quietly check-compile "compiler, Error Prone, NullAway, warnings" maven test-compile || return 1
  quietly check-rules "architecture, docs" maven -pl checks -am test -Dgroups=rules -Dsurefire.failIfNoSpecifiedTests=false || return 1
}

# Sums the reports of every module: passed, failed, skipped, and why.
report() {
  find "$root" -path '*/target/surefire-reports/TEST-*.xml' -newer "$1" -exec cat {} + | awk '
    /<testcase / { match($0, / name="[^"]*"/); name = substr($0, RSTART + 7, RLENGTH - 8)
                   match($0, / classname="[^"]*"/); class = substr($0, RSTART + 12, RLENGTH - 13) }
    /<testcase / { tests++ }
    /<skipped/ { skipped++; reason = "no reason given"
                 if (match($0, /message="[^"]*"/)) reason = substr($0, RSTART + 9, RLENGTH - 10)
                 else if (match($0, /CDATA\[.*/)) reason = substr($0, RSTART + 6)
                 sub(/^[a-z.A-Z0-9]*TestAbortedException: /, "", reason); sub(/^Assumption failed: /, "", reason); sub(/\]\]>.*/, "", reason)
                 gsub(/&quot;/, "\"", reason); gsub(/&amp;/, "\\&", reason); gsub(/&lt;/, "<", reason); gsub(/&gt;/, ">", reason)
                 print "skipped: " class "." name ": " reason }
    /<(failure|error)[ >]/ { failed++; print "failed: " class "." name }
    END { printf "%d passed, %d failed, %d skipped\n", tests - failed - skipped, failed, skipped; exit failed > 0 || tests == 0 }'
}

# The official SDKs of the conformance scripts, where this machine has what they need.
install_sdks() {
  scripts=$root/checks/conformance
  if command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1; then
    if [ ! -f "$scripts/node_modules/.package-lock.json" ] || [ "$scripts/package-lock.json" -nt "$scripts/node_modules/.package-lock.json" ]; then
      quietly npm "the official SDKs for Node.js" npm --prefix "$scripts" ci || true
    fi
  fi
  if command -v pip3 >/dev/null 2>&1 && ls "$scripts"/*_smoke.py >/dev/null 2>&1; then
    if [ ! -d "$scripts/python" ] || [ "$scripts/requirements.txt" -nt "$scripts/python" ]; then
      rm -rf "$scripts/python"
      quietly pip "the official SDKs for Python" pip3 install --quiet --target "$scripts/python" -r "$scripts/requirements.txt" || rm -rf "$scripts/python"
    fi
  fi
}

paddock_test() {
  options=
  for option in "$@"; do
    case $option in
      --fast) options="$options -DexcludedGroups=slow" ;;
      --soak) options="$options -Dpaddock.soak=true" ;;
      *) die 2 "unknown option $option; usage: paddock test [--fast|--soak]" ;;
    esac
  done
  check_system
  if stale; then build; fi
  install_sdks
  "$root/paddock" models pull --quiet >&2 || say "the embedded model could not be fetched; tests that need it are skipped"
  mkdir -p "$logs"
  log=$logs/test.log
  touch "$logs/test-started"
  # Not by maven(): the process that a signal must reach is Maven's own.
  # shellcheck disable=SC2086
  (cd "$root" && JAVA_HOME=$jdk exec ./mvnw -B -T 2 -Dchecks.forks=2 $options -Dmaven.test.failure.ignore=true -Dpaddock.cache="$cache" -Dpaddock.model="$cache/models/smollm2-135m-instruct.gguf" test) >"$log" 2>&1 </dev/null &
  pid=$!
  trap 'kill $pid 2>/dev/null; exit 130' INT TERM
  tail -n +1 -f --pid=$pid "$log" 2>/dev/null | sed -un -e 's/^\[[A-Z]*\] \(Tests run: .* -- in \)/\1/p' -e '/KillTest: [0-9]* kills/p' >&2
  wait "$pid"
  status=$?
  trap - INT TERM
  if [ "$status" != 0 ]; then
    grep -E '\[ERROR\]' "$log" | head -n 40 >&2
    die 1 "the tests could not be run to the end, see $log"
  fi
  report "$logs/test-started"
}

# checks_main CLASS ARGUMENTS... runs a program of the checks' sources, by the command in $through if there is one.
checks_main() {
  check_system
  if stale; then build; fi
  quietly checks-compile "checks compiled" maven -pl checks -am test-compile dependency:build-classpath -Dmdep.outputFile="$root/checks/target/classpath" || return 1
  flags engine
  # shellcheck disable=SC2086
  exec ${through:-} "$jdk/bin/java" $flags -Dpaddock.root="$root" -Dpaddock.cache="$cache" \
    -cp "$root/checks/target/test-classes:$(cat "$root/checks/target/classpath")" "$@"
}

paddock_bench() {
  name=${1:-}
  [ -n "$name" ] && shift
  checks_main dev.paddock.checks.Bench "$name" "$@"
}

paddock_protocols() {
  install_sdks
  checks_main dev.paddock.checks.Protocols
}

# What the suites of others need, while there is still a network.
install_peers() {
  if [ -d "$1/sandbox-runtime" ] && [ ! -x "$1/sandbox-runtime/node_modules/.bin/bun" ]; then
    quietly peers-npm "sandbox-runtime: its packages, and bun" sh -c 'cd "$1" && npm ci --ignore-scripts && npm install --no-save bun' sh "$1/sandbox-runtime" || return 1
  fi
  if [ -d "$1/openai-agents" ] && [ ! -x "$1/openai-agents/.venv/bin/pytest" ]; then
    quietly peers-pip "openai-agents: its packages, and pytest" sh -c 'cd "$1" && python3 -m venv .venv && .venv/bin/pip install --quiet -e . pytest pytest-asyncio pytest-mock inline-snapshot' sh "$1/openai-agents" || return 1
  fi
}

paddock_peers() {
  [ -d "${1:-}" ] || die 2 "usage: paddock peers FOLDER; FOLDER has checkouts sandbox-runtime and openai-agents"
  sources=$(cd "$1" && pwd)
  install_peers "$sources" || return 1
  through="sh $root/checks/peers/closed.sh"
  checks_main dev.paddock.checks.Peers "$sources"
}
