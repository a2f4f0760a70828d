/* Text as it comes out of files, made plain: UTF-8 without control characters, \n line ends, ordinary spaces, ligatures taken apart.
 */
#pragma once
#include "base/buf.h"

/* Appends `text` (bytes that claim to be UTF-8; broken ones are dropped) in plain form: no control characters but \t and \n, no
 * zero-width or direction marks, form feeds and Unicode line breaks as \n, every kind of space as ' ', ligatures as letters,
 * bullets of symbol fonts as U+2022. */
void text_clean(struct buf *out, struct str text);

/* Bytes of a text file as UTF-8: by its byte order mark, else as UTF-8, else as Windows-1252 when it reads as prose. False when
 * it is no text. */
bool text_decode(struct buf *out, struct str bytes);

/* Appends one code point as UTF-8 (U+FFFD for what is none). */
void text_append_point(struct buf *out, uint32_t point);
