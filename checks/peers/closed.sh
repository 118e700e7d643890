#!/bin/sh
# closed.sh COMMAND...: runs a command in a network of its own with nothing in it but
# loopback, where the names that the suites ask for lead to a server of ours.
set -eu
scripts=$(dirname "$0")
if [ "${PADDOCK_PEERS_CLOSED:-}" != yes ]; then
  user=
  [ "$(id -u)" = 0 ] || user="--user --map-root-user"
  # shellcheck disable=SC2086
  exec env PADDOCK_PEERS_CLOSED=yes unshare $user --net --mount -- sh "$0" "$@"
fi
ip link set lo up
hosts=$(mktemp)
printf '127.0.0.1 localhost example.com github.com api.github.com\n' >"$hosts"
mount --bind "$hosts" /etc/hosts
python3 "$scripts/site.py" &
site=$!
trap 'kill $site; rm -f "$hosts"' EXIT
"$@"
