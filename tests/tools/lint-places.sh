#!/bin/sh
# lint-places.sh LINT: what may be included depends on the folder.
lint=$1
case $lint in /*) ;; *) lint=$PWD/$lint ;; esac
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0

# expect FILE TEXT MESSAGE: lints a tree of one file; MESSAGE is empty when all is well.
expect() {
    rm -rf tree
    mkdir -p "tree/$(dirname "$1")"
    printf '%s\n' "$2" >"tree/$1"
    said=$("$lint" tree 2>&1 | sed -n '1s,^tree/[^:]*:[0-9]*: ,,p')
    if [ "$said" != "$3" ]; then
        failed=$((failed + 1))
        printf 'FAIL %s: %s\n  expected: %s\n  got:      %s\n' "$1" "$2" "$3" "$said"
    fi
}

skills='#include "features/skills/views.h"'
expect src/features/skills/list.c "$skills" ''
expect src/features/jobs/list.c "$skills" 'the feature jobs includes a header of the feature skills: use an event or the store'
expect src/features/jobs/list.c '#include "features/feature.h"' ''
expect src/agents/architect.c "$skills" ''
expect src/features/jobs/list.c '#include "agents/architect.h"' 'agents/architect.h is above this floor'
expect src/pages/pages.c "$skills" 'features/skills/views.h is above this floor'
expect src/main.c "$skills" ''
expect src/base/str.c '#include "db/db.h"' 'db/db.h is above this floor'
expect tests/unit/test_jobs.c "$skills" ''
expect src/other/new.c '#include "base/str.h"' 'the folder has no floor: add it to the table in tools/lint.c'
expect src/db/sqlite.c '#include <sqlite3.h>' ''
expect src/features/jobs/list.c '#include <sqlite3.h>' 'sqlite3.h is included in src/db only'
expect tests/fakes/fake.c '#include <microhttpd.h>' ''
expect src/db/db.c 'const char *a = "SELECT 1 FROM b";' ''
expect src/html/html.c 'void a(void) { html_literal(o, "<b>", 3); }' ''
promise=TO''DO # in two parts, since this file is linted too
expect src/features/jobs/list.html "<p>$promise</p>" "$promise: do it, or write down why not"
expect src/features/jobs/node_modules/x.c "/* $promise */ void f(void) { strcpy(a, b); }" ''
[ "$failed" -eq 0 ] && echo "all judged by their place"
