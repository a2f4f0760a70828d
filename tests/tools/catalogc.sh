#!/bin/sh
# catalogc.sh CATALOGC: a small catalogue that compiles, and the same with one mistake each, with the message.
catalogc=$1
case $catalogc in /*) ;; *) catalogc=$PWD/$catalogc ;; esac
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0

table() { file=$1; shift; printf '%b\n' "$@" >"$file"; }

fresh() {
    rm -rf cat out.c
    mkdir -p cat/skills cat/occupations cat/questions cat/words
    table cat/skills/it.tsv 'id\tname\tcategory\taliases\trelated\tterms' \
        'git\tGit\tTools\t=GIT;git scm\tsvn\tcommit;branch' 'svn\tSubversion\tTools\t\tgit\trevision'
    table cat/occupations/a.tsv 'id\ttitle\tfield\talternates\tcore\tuseful\tyears' 'admin\tAdmin\tit\t\tgit\tsvn\t2'
    table cat/questions/git.tsv 'kind\tlevel\tquestion\tfollow_up' 'concept\tbeginner\tWhat?\tWhy?'
    table cat/questions/patterns.tsv 'kind\tlevel\tgroup\tquestion\tfollow_up' 'project\texpert\tany\tWhat of {skill}?\tWhy?'
    table cat/questions/dialogue.tsv 'purpose\ttext' 'opening\tHello.'
    table cat/words/skills.tsv 'id\twords' 'git\trebase;stash'
    table cat/words/fields.tsv 'field\twords' 'it\tserver;host'
    table cities.tsv 'name\tcountry\tpopulation' 'Oslo\tNorway\t700000'
}

# expect MESSAGE: what catalogc says about the catalogue; then a fresh one. Nothing for one that compiles.
expect() {
    said=$("$catalogc" --root cat --cities cities.tsv --out-c out.c 2>&1)
    status=$?
    if [ -n "$1" ]; then want="1 $1 no"; else want="0  yes"; fi
    made=no
    [ -e out.c ] && made=yes
    if [ "$status $said $made" != "$want" ]; then
        failed=$((failed + 1))
        printf 'FAIL\n  expected: %s\n  got:      %s %s %s\n' "$want" "$status" "$said" "$made"
    fi
    fresh
}

fresh
expect ''
table cat/skills/it.tsv 'id\tname' 'git\tGit'
expect 'cat/skills/it.tsv:1: the header is not: id	name	category	aliases	related	terms'
sed -i '2s/svn/cvs/' cat/skills/it.tsv
expect "cat/skills/it.tsv:2: there is no skill 'cvs'"
sed -i '3s/Subversion//' cat/skills/it.tsv
expect 'cat/skills/it.tsv:3: column 2 is empty'
sed -i '3s/$/\tmore/' cat/skills/it.tsv
expect 'cat/skills/it.tsv:3: 6 columns are expected'
sed -i '3s/\trevision//' cat/skills/it.tsv
expect 'cat/skills/it.tsv:3: 6 columns are expected'
sed -i '3s/Subversion/G\xc3\xact/' cat/skills/it.tsv
expect "cat/skills/it.tsv:3: 'git' also names git"
sed -i '3s/Subversion/\xff/' cat/skills/it.tsv
expect 'cat/skills/it.tsv: is not text in UTF-8'
sed -i '3s/^svn/git/' cat/skills/it.tsv
expect "cat/skills/it.tsv:3: 'git' is defined twice"
sed -i '2s/\tit\t/\tcooking\t/' cat/occupations/a.tsv
expect "cat/occupations/a.tsv:2: there is no field 'cooking'"
sed -i '2s/2$/two/' cat/occupations/a.tsv
expect 'cat/occupations/a.tsv:2: the years are no number'
table cat/words/skills.tsv 'id\twords' 'cvs\ttag'
expect "cat/words/skills.tsv:2: there is no skill 'cvs'"
table cat/words/fields.tsv 'field\twords' 'law\tcourt'
expect "cat/words/fields.tsv:2: there is no field 'law'"
mv cat/questions/git.tsv cat/questions/cvs.tsv
expect "cat/questions/cvs.tsv:2: there is no skill 'cvs'"
sed -i '2s/beginner/novice/' cat/questions/git.tsv
expect "cat/questions/git.tsv:2: 'novice' is not known here"
sed -i '2s/700000/many/' cities.tsv
expect "cities.tsv:2: the population is no number"
[ "$failed" -eq 0 ] && echo "all as expected"
