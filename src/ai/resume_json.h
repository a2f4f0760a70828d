/* JSON Resume (jsonresume.org, schema 1.0 and the names of 0.x) as the text of a resume.
 *
 * Everything that is read of a resume points at its place in a text, so the document becomes one: sections with their headings as in Markdown,
 * entries with an empty line between them, each value verbatim and once. Members that the schema does not have are left out.
 */
#pragma once
#include "base/buf.h"

/* Whether the text is meant as JSON: "{" and then a name or "}". */
bool resume_json_is(struct str text);
/* Appends the text. ERR_INVALID (no JSON: the line and column) and ERR_UNSUPPORTED (another kind of JSON), each with a sentence for the person. */
enum err resume_json_write(struct str json, struct buf *out) MUST_CHECK;
