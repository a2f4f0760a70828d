// Everything that makes pages nicer with scripts. Pages work without it where they can.
import "./htmx.mjs";
