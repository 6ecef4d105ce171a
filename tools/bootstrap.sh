#!/usr/bin/env bash
# Makes the environment in .venv: a venv, uv into it, every package of requirements.lock by its
# digest, then this project itself, editable. Quiet when it goes well.
#
# Run by make, which also sets what uv and pip are to do (see the top of Makefile).
# Needs Debian's python3 (3.11 or later) and python3-venv; PYTHON names another one.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly environment=.venv
readonly oldest="3, 11" newest="3, 14" # what requirements.lock has been resolved and tried for

stop() { # stop WHAT-IS-WRONG WHAT-TO-DO
    printf 'helhedsplan: %s\n  What to do: %s\n' "$1" "$2" >&2
    exit 1
}

runs_on_a_known_version() { # runs_on_a_known_version PYTHON
    "$1" -c "import sys; sys.exit(not (($oldest) <= sys.version_info[:2] <= ($newest)))" 2>/dev/null
}

can_make_environments() { # can_make_environments PYTHON
    "$1" -c 'import ensurepip, venv' 2>/dev/null
}

find_python() {
    local candidate version found=""
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.14 /usr/bin/python3}; do
        version=$("$candidate" -c 'import platform; print(platform.python_version())' 2>/dev/null) || continue
        found="$found $candidate is $version;"
        runs_on_a_known_version "$candidate" || continue
        if can_make_environments "$candidate"; then
            command -v "$candidate"
            return
        fi
        stop "$candidate ($version) has no venv module, so no environment can be made." \
            "apt-get install python3-venv, as root; then run the same command again."
    done
    stop "Python ${oldest/, /.} to ${newest/, /.} is needed; found:${found:- none}" \
        "apt-get install python3 python3-venv, as root; or name one: make PYTHON=/path/to/python3.12"
}

# One package of the lock with its digests, as pip wants it.
locked() { # locked NAME
    awk -v start="^$1==" '$0 ~ start {inside = 1} inside {print} inside && !/\\$/ {exit}' requirements.lock
}

python=$(find_python)
if [ ! -x "$environment/bin/pip" ] || ! runs_on_a_known_version "$environment/bin/python"; then
    echo "Making the environment in $environment (once; a minute or two) ..."
    "$python" -m venv --clear "$environment"
fi

wanted=$(locked uv | sed -n '1s/ .*//p')
if [ "$("$environment/bin/uv" --version 2>/dev/null | awk '{print "uv==" $2}')" != "$wanted" ]; then
    locked uv >"$environment/uv.lock.txt"
    "$environment/bin/pip" install --quiet --require-hashes --requirement "$environment/uv.lock.txt" ||
        stop "uv could not be installed (pip's message is above)." "see that the package index can be reached"
fi

uv() { "$environment/bin/uv" "$@" --quiet --python "$environment/bin/python"; }
uv pip sync --require-hashes requirements.lock ||
    stop "the packages of requirements.lock could not be installed (uv's message is above)." \
        "see that the package index can be reached; if a release has been withdrawn: make lock"
uv pip install --no-deps --no-build-isolation --editable . ||
    stop "this project could not be installed into $environment (uv's message is above)." \
        "see that the checkout is complete: git status"
