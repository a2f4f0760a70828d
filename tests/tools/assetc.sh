#!/bin/sh
# assetc.sh ASSETC: folders that assetc must refuse, with the message.
assetc=$1
case $assetc in /*) ;; *) assetc=$PWD/$assetc ;; esac
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0

# refuse TITLE MESSAGE: runs assetc on the folder `in`, then empties it.
refuse() {
    said=$("$assetc" --out-c x.c --out-h x.h --out-s x.S --out-bin x.bin --root-list root.txt in 2>&1)
    status=$?
    if [ "$status $said" != "1 $2" ]; then
        failed=$((failed + 1))
        printf 'FAIL %s\n  expected: 1 %s\n  got:      %s %s\n' "$1" "$2" "$status" "$said"
    fi
    [ ! -e x.c ] || { echo "FAIL $1: output was left behind"; failed=$((failed + 1)); }
    rm -rf in x.*
    mkdir in
    : >root.txt
}

mkdir in
: >root.txt
refuse 'an empty folder' 'in: holds no file'
printf 'a {}\nb { background: url(gone.svg) }\n' >in/app.css
refuse 'a style sheet that names no asset' 'in/app.css:2: url(gone.svg) is no asset'
echo 'import "/assets/gone.js"' >in/app.js
refuse 'a script that names no asset' 'in/app.js:1: /assets/gone.js is no asset'
echo 'import "./b.js"' >in/a.js
echo 'import "./a.js"' >in/b.js
refuse 'a circle of references' 'in/a.js: refers to itself, perhaps through another asset'
echo x >in/a.xyz
refuse 'an unknown type' 'in/a.xyz: the content type of a.xyz is not known'
: >in/a.txt
refuse 'an empty file' 'in/a.txt: is empty'
echo x >in/a.txt
printf 'b.txt\n' >root.txt
refuse 'a root file that does not exist' 'root.txt:1: there is no asset b.txt'
[ "$failed" -eq 0 ] && echo "all refused"
