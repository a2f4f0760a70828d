// Runs the judge over labelled interviews and compares. Called by transcripts.sh.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const [binary, folder] = process.argv.slice(2);
const outcomes = {};
const totals = { right: 0, false: 0, missed: 0, quotes: 0, verbatim: 0, overlapping: 0, files: 0, milliseconds: 0 };

const overlaps = (a, b) => {
  if (a.includes(b) || b.includes(a)) return true;
  const words = new Set(b.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? []);
  const said = a.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
  return said.filter((word) => words.has(word)).length >= 0.5 * words.size;
};

function isVerbatim(turns, proof) {
  const turn = turns[proof.turn];
  if (!turn || turn.role !== 'user') return false;
  return Buffer.from(turn.text).subarray(proof.start, proof.end).toString() === proof.snippet;
}

for (const name of readdirSync(folder).filter((file) => file.endsWith('.json')).sort()) {
  const path = join(folder, name);
  const interview = JSON.parse(readFileSync(path, 'utf8'));
  const before = performance.now();
  const found = JSON.parse(execFileSync(binary, ['interview', 'analyze', path, '--json'], { encoding: 'utf8', maxBuffer: 1 << 26 }));
  totals.milliseconds += performance.now() - before;
  totals.files++;
  for (const label of interview.labels) {
    const proofs = found.verifications.filter((proof) => proof.skill === label.skill);
    const kind = (outcomes[label.outcome] ??= { labels: 0, proved: 0 });
    kind.labels++;
    if (proofs.length) kind.proved++;
    if (label.outcome === 'demonstrated') proofs.length ? totals.right++ : totals.missed++;
    else if (proofs.length) totals.false++;
    for (const proof of proofs) {
      totals.quotes++;
      if (isVerbatim(interview.transcript, proof)) totals.verbatim++;
      if (label.outcome === 'demonstrated' && label.quotes.some((quote) => overlaps(proof.snippet, quote))) totals.overlapping++;
    }
  }
}

const share = (part, whole) => (whole ? (part / whole).toFixed(3) : 'none');
const precision = totals.right / (totals.right + totals.false);
const recall = totals.right / (totals.right + totals.missed);
console.log(`${totals.files} interviews, ${(totals.milliseconds / totals.files).toFixed(1)} ms each`);
console.log(`precision ${share(totals.right, totals.right + totals.false)}  recall ${share(totals.right, totals.right + totals.missed)}  F1 ${((2 * precision * recall) / (precision + recall)).toFixed(3)}`);
for (const [outcome, { labels, proved }] of Object.entries(outcomes).sort()) console.log(`${outcome.padEnd(13)} ${String(proved).padStart(3)} of ${labels} proved`);
console.log(`quotes ${totals.quotes}, verbatim ${totals.verbatim}, near a labelled quote ${totals.overlapping}`);
if (!totals.files || totals.verbatim !== totals.quotes) {
  console.log('FAILED: a quote is not verbatim, or nothing was judged');
  process.exit(1);
}
