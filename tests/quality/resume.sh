#!/bin/sh
# How well resumes and job ads are read, measured on files that nobody here wrote: sections, skills, contact data, and that every PDF and DOCX is
# read or refused with a reason.
#   tests/quality/resume.sh [BINARY]     BINARY: build/dev/careerprep or else build/release/careerprep unless told
# SHOW=1 also prints the sections and skills that are wrong. What each figure means is said in resume.mjs. The files are no part of the project
# (RESUME_DATA is their folder); without them this says so and ends with success.
cd "$(dirname "$0")/../.." || exit 2
binary=${1:-build/dev/careerprep}
[ -n "$1" ] || [ -x "$binary" ] || binary=build/release/careerprep
data=${RESUME_DATA:-../shared/data/test}
[ -d "$data" ] || data=../../shared/data/test
[ -d "$data/resumes_livecareer" ] || { echo "SKIPPED resume quality: no test data beside this clone"; exit 0; }
[ -x "$binary" ] || { echo "resume quality: no program at $binary"; exit 2; }
exec node tests/quality/resume.mjs "$binary" "$data"
