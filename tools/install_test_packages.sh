#!/bin/sh
# Installs what the tests need from Debian: SPIN and Rumur, which some tests compare verdicts and
# counts with, the C compiler that both need, tshark, which decodes exported packets, and Chromium, in
# which the pages are tested, with the font that they fall back to.  Says nothing when all is there.
# Without the means to install it says why and succeeds, as those tests are then skipped; in CI
# (CI=true) it fails.
set -eu

give_up() {
    if [ "${CI:-}" = true ]; then
        echo "install_test_packages: $1; CI must not skip the tests that need them" >&2
        exit 1
    fi
    echo "install_test_packages: $1; the tests that need them will be skipped" >&2
    exit 0
}

missing=
command -v spin >/dev/null || missing="spin"
command -v rumur >/dev/null || missing="$missing rumur"
command -v gcc >/dev/null || missing="$missing gcc libc6-dev"
command -v tshark >/dev/null || missing="$missing tshark"
command -v chromium >/dev/null || missing="$missing chromium fonts-dejavu-core"
if [ -z "$missing" ]; then
    exit 0
fi

command -v apt-get >/dev/null || give_up "missing: $missing, and there is no apt-get here"
if [ "$(id -u)" -eq 0 ]; then
    as_root=
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    give_up "missing: $missing, and installing needs root or a sudo without password"
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
# $as_root and $missing are lists of words on purpose.
if $as_root apt-get update -qq >"$log" 2>&1 &&
    $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends $missing >>"$log" 2>&1; then
    echo "install_test_packages: installed $missing"
else
    cat "$log" >&2
    give_up "apt-get could not install $missing"
fi
