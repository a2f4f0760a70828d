/* Text of a Word document (ECMA-376 WordprocessingML in a ZIP file), for the sandboxed child only.
 *
 * Headers, the body and footers in this order; paragraphs, line breaks, tabs, tables (a row of single lines is one line with
 * tabs, else cell after cell) and text boxes where they are anchored. Deleted and moved-away text, field codes and fallbacks of
 * drawings are left out. No entities: a document type declaration is refused.
 */
#pragma once
#include "base/buf.h"

#define DOCX_ENTRIES_MAX 2000
#define DOCX_PART_MAX ((size_t)20 << 20)
#define DOCX_RATIO_MAX 300 /* unpacked to packed, beyond 4 MiB */

/* ERR_INVALID (broken), ERR_UNSUPPORTED (a ZIP file, but no Word document; or encrypted), ERR_TOO_LARGE. */
enum err docx_text(struct str file, struct buf *out) MUST_CHECK;
