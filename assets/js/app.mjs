// Everything that scripts add to a page. Pages work without it where they can; see docs/design-system.md.
// The order matters in one place: autosave restores what was typed before the tag fields read it.
import "./htmx.mjs";
import "./shell.mjs";
import "./small.mjs";
import "./dialog.mjs";
import "./autosave.mjs";
import "./combobox.mjs";
import "./tags.mjs";
import "./repeat.mjs";
import "./board.mjs";
import "./upload.mjs";
import "./live.mjs";
import "./refresh.mjs";
import "./twin.mjs";
import "./interview.mjs";
import "./api.mjs";
import { startAll } from "./dom.mjs";

startAll();
