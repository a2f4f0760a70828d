#!/bin/sh
# cases.sh CASES FILE COMMAND...: runs a generator on small inputs and compares what it says.
#
# CASES holds one case after another: a line `%%% TITLE`, a line `LINE: MESSAGE` (or `ok`), then the input. The input is
# written to FILE below a fresh folder, COMMAND is run there with FILE as its last argument. A mistake must be refused with
# status 1 and exactly `FILE:LINE: MESSAGE`; `ok` means status 0 and silence.
cases=$1 file=$2
shift 2
command=$1
shift
case $command in /*) ;; *) command=$PWD/$command ;; esac
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/$(dirname "$file")"

awk -v work="$work" '
/^%%% / { if (out) close(out); n++; out = sprintf("%s/%03d.in", work, n)
    print substr($0, 5) > sprintf("%s/%03d.title", work, n); want = 1; next }
want { print > sprintf("%s/%03d.want", work, n); want = 0; printf "" > out; next }
n { print > out }' "$cases"

cd "$work" || exit 1
ran=0 failed=0
for input in [0-9]*.in; do
    [ -f "$input" ] || break
    number=${input%.in}
    cp "$input" "$file"
    said=$("$command" "$@" "$file" 2>&1)
    status=$?
    want=$(cat "$number.want")
    if [ "$want" = ok ]; then expected="0 "; else expected="1 $file:$want"; fi
    ran=$((ran + 1))
    if [ "$status $said" != "$expected" ]; then
        failed=$((failed + 1))
        printf 'FAIL %s\n  expected: %s\n  got:      %s %s\n' "$(cat "$number.title")" "$expected" "$status" "$said"
    fi
done
echo "$((ran - failed)) passed, $failed failed"
[ "$ran" -gt 0 ] && [ "$failed" -eq 0 ]
