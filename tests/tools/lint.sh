#!/bin/sh
# lint.sh LINT FILE: runs the linter on the tree that holds FILE alone and gives what it says without the root and the sum.
# A warning is turned into status 1, so that a case can state it.
said=$("$1" . 2>&1)
status=$?
said=$(printf '%s\n' "$said" | sed -e 's,^\./,,' -e '/^lint: /d')
[ -z "$said" ] || printf '%s\n' "$said"
case $said in *': warning: '*) [ "$status" -eq 0 ] && status=1 ;; esac
exit "$status"
