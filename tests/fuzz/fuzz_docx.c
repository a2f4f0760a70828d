/* Reads any bytes as a Word document; input that is no ZIP file becomes the body of one, so that the XML reader is reached too. */
#include "ai/docx.h"
#include "../unit/make_files.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str input = {(const char *)data, size};
    struct buf file CLEANUP(buf_dispose) = {0}, out CLEANUP(buf_dispose) = {0};
    bool is_zip = str_starts(input, STR("PK"));
    if (!is_zip) file = make_docx(input);
    buf_init(&out, (size_t)2 << 20);
    enum err result = docx_text(is_zip ? input : buf_str(&file), &out);
    if (result != OK && result != ERR_INVALID && result != ERR_UNSUPPORTED && result != ERR_TOO_LARGE) abort();
    if (result == OK && memchr(out.ptr ? out.ptr : "", '\x1e', out.len)) abort(); /* the mark between cells never leaves */
    return 0;
}
