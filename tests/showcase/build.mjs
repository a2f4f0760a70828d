// Writes the showcase: node tests/showcase/build.mjs. It is one page with every part of docs/design-system.md, plain HTML
// over the built files in build/assets/out, for looking at and for the visual tests. Also frames of whole pages.
import { readFileSync, writeFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "..", "build", "showcase");
mkdirSync(out, { recursive: true });

// {{icon NAME}} and {{icon NAME CLASS}} are the only things that the sources have besides HTML. A sprite is not shared
// between file: addresses, so it is put into the page.
const sprite = readFileSync(join(out, "..", "assets", "out", "icons.svg"), "utf8").replace("<svg ", '<svg hidden ');
const icon = (name, more = "") => {
  if (!sprite.includes(`id="${name}"`)) throw new Error(`the sprite has no icon "${name}"`);
  return `<svg class="icon${more ? ` ${more}` : ""}" aria-hidden="true"><use href="#${name}"></use></svg>`;
};

const sheet = "../assets/out";
for (const page of ["index", "interview", "landing", "profile"]) {
  const source = readFileSync(join(here, `${page}.html`), "utf8");
  const html = source.replace(/\{\{icon ([\w-]+) ?([\w-]*)\}\}/g, (_, name, more) => icon(name, more))
    .replaceAll("../../build/assets/out", sheet).replace(/(<body[^>]*>)/, `$1${sprite}`);
  for (const mode of ["light", "dark"]) {
    for (const theme of page === "index" ? ["slate", "forest", "ember"] : ["slate"]) {
      writeFileSync(join(out, `${page}-${theme}-${mode}.html`),
        html.replace("<html lang=\"en\"", `<html lang="en" class="${mode}"${theme === "slate" ? "" : ` data-theme="${theme}"`}`));
    }
  }
}
