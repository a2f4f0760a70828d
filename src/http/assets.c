/* See assets.h. */
#include "http/assets.h"

const struct asset *asset_find(struct str path)
{
    size_t low = 0, high = assets_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(path, assets_table[middle].path);
        if (order == 0) return &assets_table[middle];
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return NULL;
}
