/* Reads any bytes as the answer of a job board, the first byte says whose: what it takes for listings must be what the store and the pages may hold. */
#include "features/jobs/board.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW INT64_C(1800000000000000)

static void check(const struct listing *listing)
{
    bool is_text = str_is_text(listing->title) && str_is_text(listing->company) && str_is_text(listing->location) && str_is_text(listing->description) &&
                   str_is_text(listing->external_id) && str_is_text(listing->contract_type) && str_is_text(listing->salary_text);
    bool has_link = str_starts(listing->url, STR("https://")) || str_starts(listing->url, STR("http://"));
    if (!is_text || !has_link || !listing->title.len || !listing->external_id.len || !listing->source.len) abort();
    if (listing->posted_at && (listing->expires_at <= NOW || listing->expires_at < listing->posted_at)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct board_page page;
    size_t count;
    if (!size) return 0;
    const struct board *board = &boards(&count)[data[0] % 2];
    if (board_read(&arena, board, (struct str){(const char *)data + 1, size - 1}, data[0] / 2, NOW, &page) != OK) return 0;
    if (page.count + page.refused > BOARD_PAGE_MAX) abort();
    for (size_t i = 0; i < page.count; i++) check(&page.listings[i]);
    return 0;
}
