/* Reading order of a page from the places of its words, as `pdftotext -bbox-layout` gives them (XHTML with page, line and word
 * elements and coordinates in points).
 *
 * A page is cut where a gutter runs between two columns that both go on for several lines; each part is read on its own, left before right,
 * recursively. Narrow labels at the left ("Experience", "2015 to 2018") that stand beside what they name stay with it. What remains is read line by
 * line; a wide gap inside a line becomes a tab, a wide gap between lines an empty line.
 */
#pragma once
#include "base/buf.h"

#define LAYOUT_PAGES_MAX 50

/* ERR_TOO_LARGE for more than LAYOUT_PAGES_MAX pages or too many words on one. Reads anything, also what is no XHTML at all. */
enum err layout_text(struct str markup, struct buf *out, int *pages) MUST_CHECK;
