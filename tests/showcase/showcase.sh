#!/bin/sh
# Writes the showcase and looks at it: showcase.sh NODE FOLDER
set -e
"$1" "$2/build.mjs"
exec "$1" "$2/check.mjs"
