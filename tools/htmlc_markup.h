/* Where in a page the template compiler stands: a state machine over the static text of a template.
 *
 * It follows HTML's tokenizer as far as a careful author needs and refuses the rest, so that the place of every expression
 * is known for certain: attributes are quoted, tags close in order, scripts hold JSON or nothing. Static text comes out
 * through `emit` with white space shrunk.
 */
#pragma once
#include "tool.h"

#define MARKUP_DEPTH_MAX 128

enum markup_state {
    MARKUP_TEXT,
    MARKUP_TAG_NAME,   /* after `<`, inside the name */
    MARKUP_TAG,        /* between attributes */
    MARKUP_NAME,       /* inside an attribute name */
    MARKUP_EQUALS,     /* after `=` */
    MARKUP_VALUE,      /* inside a quoted value */
    MARKUP_UNQUOTED,
    MARKUP_CLOSE_TAG,  /* after `</` */
    MARKUP_COMMENT,
    MARKUP_DECLARATION,
    MARKUP_PLAIN,      /* textarea and title: text without tags */
    MARKUP_JSON,       /* script with a JSON type */
    MARKUP_SCRIPT_END, /* script with src: nothing may stand in it */
    MARKUP_STATE_COUNT
};

struct markup_element {
    struct str name;
    int line;
};

struct markup {
    const char *file;
    int line;
    enum markup_state state;
    struct markup_element open[MARKUP_DEPTH_MAX];
    size_t depth;
    size_t floor;       /* elements opened outside the current block: may not be closed inside it */
    unsigned tag_serial, attribute_serial;
    struct str tag, attribute;
    char quote;
    bool value_started; /* the attribute value has begun: for URL attributes */
    bool need_space;    /* an attribute may start only after white space */
    bool has_src, json_type;
    bool in_json_string;
    bool after_line_break; /* the last thing emitted is a line break */
    struct buf value;      /* static start of the current attribute value */
    void (*emit)(void *context, char c);
    void *context;
};

/* Takes static text; ends the process with a message when the markup is wrong. */
void markup_text(struct markup *markup, struct str text);
/* Ends a name that a directive follows, so that states can be compared across the branches of a block. */
void markup_settle(struct markup *markup);
/* The page is over: nothing may be open. */
void markup_finish(struct markup *markup);

/* The function that escapes an expression at this place ("html_text"); ends the process where none may stand. */
const char *markup_expression(struct markup *markup);
/* Ends the process unless a block (`what`: "if", "for") may begin here. */
void markup_check_block(struct markup *markup, const char *what);
/* For a message: "inside a comment". */
const char *markup_state_name(enum markup_state state);
