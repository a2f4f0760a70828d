/* Folding of names for comparison: see catalogue_data.h. Used by the program and by tools/catalogc, so that both agree. */
#include "ai/catalogue_data.h"
#include <string.h>

/* U+00C0 to U+017F, one letter each; "" (a NUL) leaves the character as it is. Two-letter ones are in `pairs`. */
static const char latin[] = "aaaaaaaceeeeiiii"
                            "dnooooo\0ouuuuyts"
                            "aaaaaaaceeeeiiii"
                            "dnooooo\0ouuuuyty"
                            "aaaaaaccccccccdd"
                            "ddeeeeeeeeeegggg"
                            "gggghhhhiiiiiiii"
                            "iiiijjkkklllllll"
                            "lllnnnnnnnnnoooo"
                            "oooorrrrrrssssss"
                            "ssttttttuuuuuuuu"
                            "uuuuwwyyyzzzzzzs";

static const struct {
    uint32_t point;
    char text[3];
} pairs[] = {{0xC6, "ae"}, {0xE6, "ae"}, {0xDF, "ss"}, {0x132, "ij"}, {0x133, "ij"}, {0x152, "oe"}, {0x153, "oe"}};

static size_t fold_point(uint32_t point, struct str original, char out[4])
{
    for (size_t i = 0; i < COUNT_OF(pairs); i++)
        if (pairs[i].point == point) {
            memcpy(out, pairs[i].text, 2);
            return 2;
        }
    if (point >= 'A' && point <= 'Z') point += 'a' - 'A';
    else if (point >= 0xC0 && point <= 0x17F && latin[point - 0xC0]) point = (unsigned char)latin[point - 0xC0];
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    memcpy(out, original.ptr, original.len);
    return original.len;
}

size_t catalogue_fold(struct str text, char out[CATALOGUE_FOLD_MAX])
{
    size_t len = 0, at = 0;
    bool wants_blank = false;
    while (at < text.len) {
        size_t start = at;
        uint32_t point = str_utf8_next(text, &at);
        if (point <= ' ' || point == 0xA0) {
            wants_blank = len > 0;
            continue;
        }
        char letters[4];
        size_t count = fold_point(point, str_slice(text, start, at), letters);
        if (len + count + 1 > CATALOGUE_FOLD_MAX) break;
        if (wants_blank) out[len++] = ' ';
        wants_blank = false;
        memcpy(out + len, letters, count);
        len += count;
    }
    return len;
}
