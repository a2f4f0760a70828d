/* Reads any bytes as the output of pdftotext: what comes out is text, and never longer than what went in allows. */
#include "ai/layout.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf out CLEANUP(buf_dispose) = {0};
    buf_init(&out, (size_t)2 << 20);
    int pages = 0;
    enum err result = layout_text((struct str){(const char *)data, size}, &out, &pages);
    if (result != OK && result != ERR_TOO_LARGE) abort();
    if (result == OK && (pages < 0 || pages > LAYOUT_PAGES_MAX || !str_is_text(buf_str(&out)))) abort();
    if (out.len > 2 * size + 64) abort();
    return 0;
}
