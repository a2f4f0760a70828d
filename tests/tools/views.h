/* The views of the templates that test_htmlc renders. */
#pragma once
#include "base/str.h"
#include "html/html.h"

enum mood { MOOD_CALM, MOOD_BUSY };

struct document {
    struct str title;
};

struct item {
    struct str name, address;
    int64_t count;
    bool is_chosen;
};

struct person {
    const char *name;
};

struct page {
    struct document document;
    const struct item *items;
    size_t items_count;
    struct str words[2];
    size_t words_count;
    const struct person *person;
    struct item best;
    struct str query, data, kind;
    enum mood mood;
    double share;
};
