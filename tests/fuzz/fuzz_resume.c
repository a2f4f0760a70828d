/* Parses any bytes, and those that are JSON as a JSON Resume too, as a resume: every chunk and every piece of contact data is a part of the input, chunks are small and in order. */
#include "ai/resume.h"
#include "ai/resume_json.h"
#include "ai/text_clean.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_part(struct str whole, struct str part)
{
    if (part.len && !str_contains(whole, part)) abort();
}

static void check_text(struct str bytes)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct buf clean CLEANUP(buf_dispose) = {0};
    text_clean(&clean, bytes);
    struct str text = str_copy(&arena, buf_str(&clean));
    struct resume resume;
    if (!str_is_text(text)) abort(); /* what text_clean promises */
    if (resume_parse(&arena, text, &resume) != OK) abort();
    for (size_t i = 0; i < resume.chunks_count; i++) {
        check_part(text, resume.chunks[i].text);
        if (resume.chunks[i].index != (int)i || resume.chunks[i].text.len == 0 || resume.chunks[i].text.len > 1500) abort();
        if (!str_is_text(resume.chunks[i].text)) abort();
    }
    check_part(text, resume.contact.name);
    check_part(text, resume.contact.email);
    check_part(text, resume.contact.phone);
    check_part(text, resume.contact.location);
    struct str rest = resume.contact.links, link;
    while (str_split_next(&rest, '\n', &link)) check_part(text, link);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {(const char *)data, size};
    struct buf written CLEANUP(buf_dispose) = {0};
    check_text(bytes);
    if (resume_json_is(bytes) && resume_json_write(bytes, &written) == OK) check_text(buf_str(&written));
    return 0;
}
