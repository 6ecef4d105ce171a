#!/usr/bin/env bash
# Makes sure that there is a Chromium for the tests that look at the board page. Says nothing if there is one.
set -euo pipefail

for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then exit 0; fi
done

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    cat >&2 <<'MESSAGE'
helhedsplan: the tests look at the board page in Chromium, and there is none on this machine.
  What to do: apt-get install chromium fonts-liberation, as root; then run the same command again.
MESSAGE
    exit 1
fi

echo "Installing Debian's Chromium (once) ..."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get update && apt-get install --yes --no-install-recommends chromium fonts-liberation; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "helhedsplan: Chromium could not be installed (apt-get's last lines are above)." >&2
    exit 1
fi
