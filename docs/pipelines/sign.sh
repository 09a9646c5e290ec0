#!/usr/bin/env bash
# Signs one Windows program in place. ./build.sh package calls it before it makes the sums, as $ARMPREFLIGHT_SIGN.
set -euo pipefail
osslsigncode sign -pkcs12 "$CERTIFICATE" -pass "$CERTIFICATE_PASSWORD" -h sha256 -n "ARM Preflight" \
  -ts http://timestamp.digicert.com -in "$1" -out "$1.signed"
mv "$1.signed" "$1"
