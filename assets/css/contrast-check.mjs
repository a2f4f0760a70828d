// Checks every preset of theme.css, light and dark, against WCAG 2.2: node assets/css/contrast-check.mjs [FILE]
// Text needs 4.5:1, large text, marks, focus rings and control borders 3:1. Prints each failing pair; exit 1 if any.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const SURFACES = ["background", "card", "popover", "muted", "accent", "secondary"];
const PAIRS = [
  // [text, surface, least ratio]
  ...SURFACES.map((surface) => ["foreground", surface, 4.5]),
  ...["background", "card", "popover", "muted", "secondary", "accent"].map((surface) => ["muted-foreground", surface, 4.5]),
  ["card-foreground", "card", 4.5], ["popover-foreground", "popover", 4.5], ["accent-foreground", "accent", 4.5],
  ["secondary-foreground", "secondary", 4.5], ["primary-foreground", "primary", 4.5],
  ["destructive-foreground", "destructive", 4.5],
  ...["primary", "destructive", "success", "warning"].flatMap((text) => [
    [text, "background", 4.5], [text, "card", 4.5], [text, "popover", 4.5], [text, "muted", 4.5], [text, `${text}-soft`, 4.5]]),
  ...["primary-soft", "success-soft", "warning-soft", "destructive-soft"].map((surface) => ["foreground", surface, 4.5]),
  ["primary", "accent", 4.5], ["muted-foreground", "primary-soft", 4.5],
  ["sidebar-foreground", "sidebar", 4.5], ["sidebar-foreground", "sidebar-accent", 4.5],
  ["sidebar-accent-foreground", "sidebar-accent", 4.5], ["sidebar-primary-foreground", "sidebar-primary", 4.5],
  ["muted-foreground", "sidebar", 4.5],
  ...["background", "card", "popover", "muted"].flatMap((surface) => [["ring", surface, 3], ["input", surface, 3]]),
  ["sidebar-ring", "sidebar", 3],
  ...[1, 2, 3, 4, 5].flatMap((n) => [[`chart-${n}`, "background", 3], [`chart-${n}`, "card", 3], [`chart-${n}`, "muted", 3]]),
];

/** oklch(L C H) to linear sRGB, each 0..1, clipped as a screen does (CSS Color 4, section 9). */
export function oklchToLinear(lightness, chroma, hue) {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((channel) => Math.min(1, Math.max(0, channel)));
}

/** Relative luminance of "oklch(0.5 0.1 200)" (WCAG 2.2). */
export function luminance(colour) {
  const parts = /^oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)$/.exec(colour.trim());
  if (!parts) throw new Error(`not an oklch() colour: ${colour}`);
  const [red, green, blue] = oklchToLinear(Number(parts[1]), Number(parts[2]), Number(parts[3]));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export function ratio(one, other) {
  const [high, low] = [luminance(one), luminance(other)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

/** { slate: { background: [light, dark], … }, forest: …, ember: … }: what is not set in a preset comes from Slate. */
export function presets(css) {
  const found = {};
  for (const block of css.matchAll(/:root(?:\[data-theme="(\w+)"\])? \{([^}]*)\}/g)) {
    const name = block[1] ?? "slate";
    const values = { ...(found.slate ?? {}) };
    for (const line of block[2].matchAll(/--([\w-]+): light-dark\((oklch\([^)]*\)), (oklch\([^)]*\))\);/g)) values[line[1]] = [line[2], line[3]];
    found[name] = values;
  }
  return found;
}

export function violations(css) {
  const bad = [];
  for (const [name, values] of Object.entries(presets(css))) {
    for (const [text, surface, least] of PAIRS) {
      if (!values[text] || !values[surface]) { bad.push(`${name}: --${values[text] ? surface : text} is missing`); continue; }
      ["light", "dark"].forEach((mode, at) => {
        const got = ratio(values[text][at], values[surface][at]);
        if (got < least) bad.push(`${name} ${mode}: --${text} on --${surface} is ${got.toFixed(2)}:1, needs ${least}:1`);
      });
    }
  }
  return bad;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const css = readFileSync(process.argv[2] ?? new URL("theme.css", import.meta.url), "utf8");
  const count = Object.keys(presets(css)).length;
  const bad = violations(css);
  bad.forEach((line) => console.error(line));
  console.log(`${count} presets, ${count * 2 * PAIRS.length} pairs checked, ${bad.length} too close`);
  process.exit(bad.length || count < 3 ? 1 : 0);
}
