#!/bin/sh
# Measures the judge on labelled interviews: tests/quality/transcripts.sh [BINARY] [FOLDER]
#
# Prints precision, recall and F1 of "demonstrated or not", how each kind of answer was judged, how many quotes overlap with a labelled quote,
# and how many are verbatim in an answer. Fails when one quote is not. Skips (77) where the labelled data is absent.
cd "$(dirname "$0")/../.." || exit 2
binary=${1:-build/release/careerprep}
folder=${2:-../shared/data/test/transcripts}
[ -x "$binary" ] || { echo "no binary at $binary: ./run build makes it" >&2; exit 2; }
[ -d "$folder" ] || { echo "no labelled interviews in $folder"; exit 77; }
exec node tests/quality/transcripts.mjs "$binary" "$folder"
