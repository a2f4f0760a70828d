/* See htmlc_markup.h. The states and their names follow the HTML Standard, section 13.2.5, reduced to what is allowed. */
#include "htmlc_markup.h"

#define fail(markup, ...) tool_fail((markup)->file, (markup)->line, __VA_ARGS__)

static const char *const void_elements[] = {"area", "base", "br",   "col",  "embed",  "hr",    "img",
                                            "input", "link", "meta", "source", "track", "wbr"};
static const char *const url_attributes[] = {"href",   "src",     "action", "formaction", "poster",   "cite",      "data",
                                             "hx-get", "hx-post", "hx-put", "hx-patch",   "hx-delete", "xlink:href"};
/* Attributes whose value has a grammar of its own: no escaping makes an expression in them safe. */
static const char *const static_attributes[] = {"hx-vals", "hx-headers", "hx-vars", "hx-ext", "srcset"};

static bool is_one_of(struct str name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal_ci(name, str_from(names[i]))) return true;
    return false;
}

const char *markup_state_name(enum markup_state state)
{
    static const char *const names[MARKUP_STATE_COUNT] = {
        [MARKUP_TEXT] = "in text",
        [MARKUP_TAG_NAME] = "in a tag name",
        [MARKUP_TAG] = "between the attributes of a tag",
        [MARKUP_NAME] = "in an attribute name",
        [MARKUP_EQUALS] = "in an attribute without quotes",
        [MARKUP_VALUE] = "in an attribute value",
        [MARKUP_UNQUOTED] = "in an attribute without quotes",
        [MARKUP_CLOSE_TAG] = "in a closing tag",
        [MARKUP_COMMENT] = "in a comment",
        [MARKUP_DECLARATION] = "in a declaration",
        [MARKUP_PLAIN] = "in plain text",
        [MARKUP_JSON] = "in a JSON script",
        [MARKUP_SCRIPT_END] = "in a script",
    };
    return names[state];
}

static void emit(struct markup *m, char c)
{
    m->after_line_break = c == '\n';
    m->emit(m->context, c);
}

static void emit_all(struct markup *m, struct str text)
{
    for (size_t i = 0; i < text.len; i++) emit(m, text.ptr[i]);
}

static bool inside(const struct markup *m, struct str name)
{
    for (size_t i = 0; i < m->depth; i++)
        if (str_equal(m->open[i].name, name)) return true;
    return false;
}

/* Emits the white space at the start of `text`, shrunk when it contains a line break. Returns its length. */
static size_t take_space(struct markup *m, struct str text)
{
    size_t len = 0;
    int breaks = 0;
    while (len < text.len && tool_is_space(text.ptr[len])) breaks += text.ptr[len++] == '\n';
    if (breaks == 0 || (m->state == MARKUP_TEXT && inside(m, STR("pre")))) emit_all(m, str_slice(text, 0, len));
    else if (!m->after_line_break) emit(m, '\n');
    m->line += breaks;
    return len;
}

static size_t take_word(struct str text, bool (*belongs)(char c))
{
    size_t len = 0;
    while (len < text.len && belongs(text.ptr[len])) len++;
    return len;
}

static bool belongs_to_tag(char c) { return tool_is_word(c) || c == '-' || c == ':'; }
static bool belongs_to_attribute(char c) { return tool_is_word(c) || c == '-' || c == ':' || c == '@' || c == '.'; }

static size_t take_less_than(struct markup *m, struct str text)
{
    char next = text.len > 1 ? text.ptr[1] : ' ';
    if (str_starts(text, STR("<!--"))) {
        m->state = MARKUP_COMMENT;
        emit_all(m, str_slice(text, 0, 4));
        return 4;
    }
    if (next == '!') m->state = MARKUP_DECLARATION;
    else if (next == '/') m->state = MARKUP_CLOSE_TAG;
    else if (tool_is_letter(next)) m->state = MARKUP_TAG_NAME;
    else fail(m, "a `<` that opens no tag is written &lt;");
    if (m->state == MARKUP_TAG_NAME) {
        emit(m, '<');
        return 1;
    }
    emit_all(m, str_slice(text, 0, 2));
    return 2;
}

static size_t take_text(struct markup *m, struct str text)
{
    if (tool_is_space(text.ptr[0])) return take_space(m, text);
    if (text.ptr[0] == '<') return take_less_than(m, text);
    emit(m, text.ptr[0]);
    return 1;
}

static size_t take_tag_name(struct markup *m, struct str text)
{
    size_t len = take_word(text, belongs_to_tag);
    m->tag = str_slice(text, 0, len);
    emit_all(m, m->tag);
    if (str_equal_ci(m->tag, STR("style"))) fail(m, "a <style> element: styles stand in assets/css");
    m->tag_serial++;
    m->has_src = m->json_type = false;
    m->need_space = true;
    m->state = MARKUP_TAG;
    return len;
}

static size_t take_attribute_name(struct markup *m, struct str text)
{
    if (m->need_space) fail(m, "white space is missing before the attribute");
    size_t len = take_word(text, belongs_to_attribute);
    if (len == 0) fail(m, "`%c` cannot stand in a tag", text.ptr[0]);
    struct str name = str_slice(text, 0, len);
    if (str_equal_ci(name, STR("style"))) fail(m, "the attribute style: styles stand in assets/css");
    if (str_starts(str_lower(tool_arena(), name), STR("on")) || str_starts(str_lower(tool_arena(), name), STR("hx-on")))
        fail(m, "the attribute %.*s: scripts stand in assets/js", STR_ARG(name));
    if (str_equal_ci(name, STR("srcdoc"))) fail(m, "the attribute srcdoc: a page inside an attribute is not offered");
    if (str_equal_ci(name, STR("src"))) m->has_src = true;
    m->attribute = name;
    m->attribute_serial++;
    emit_all(m, name);
    m->need_space = true;
    m->state = MARKUP_NAME;
    return len;
}

static bool closes_itself(const struct markup *m)
{
    return is_one_of(m->tag, void_elements, COUNT_OF(void_elements)) || str_equal(m->tag, STR("svg")) ||
           inside(m, STR("svg")) || inside(m, STR("math"));
}

static void open_element(struct markup *m)
{
    m->state = MARKUP_TEXT;
    if (is_one_of(m->tag, void_elements, COUNT_OF(void_elements))) return;
    if (m->depth == MARKUP_DEPTH_MAX) fail(m, "elements are nested too deep");
    m->open[m->depth++] = (struct markup_element){m->tag, m->line};
    if (str_equal_ci(m->tag, STR("textarea")) || (str_equal_ci(m->tag, STR("title")) && !inside(m, STR("svg")))) {
        m->state = MARKUP_PLAIN;
    } else if (str_equal_ci(m->tag, STR("script"))) {
        if (!m->json_type && !m->has_src) fail(m, "an inline <script>: scripts stand in assets/js, data has a JSON type");
        m->state = m->json_type ? MARKUP_JSON : MARKUP_SCRIPT_END;
        m->in_json_string = false;
    }
}

static size_t take_tag(struct markup *m, struct str text)
{
    if (tool_is_space(text.ptr[0])) {
        m->need_space = false;
        return take_space(m, text);
    }
    if (str_starts(text, STR("/>"))) {
        if (!closes_itself(m)) fail(m, "<%.*s/> does not close itself in HTML", STR_ARG(m->tag));
        emit_all(m, STR("/>"));
        m->state = MARKUP_TEXT;
        return 2;
    }
    if (text.ptr[0] == '>') {
        emit(m, '>');
        open_element(m);
        return 1;
    }
    if (text.ptr[0] == '<') fail(m, "the tag <%.*s is not finished", STR_ARG(m->tag));
    return take_attribute_name(m, text);
}

static size_t take_equals(struct markup *m, struct str text)
{
    if (tool_is_space(text.ptr[0])) fail(m, "white space after `=`");
    buf_clear(&m->value);
    m->value_started = false;
    m->quote = text.ptr[0];
    if (m->quote == '"' || m->quote == '\'') {
        m->state = MARKUP_VALUE;
        emit(m, m->quote);
        return 1;
    }
    m->state = MARKUP_UNQUOTED;
    return 0;
}

/* A value is complete: what it says about the element, and addresses that are programs. */
static void finish_value(struct markup *m)
{
    struct str value = str_trim(buf_str(&m->value));
    struct str lower = str_lower(tool_arena(), value);
    if (str_equal_ci(m->attribute, STR("type")) && str_equal_ci(m->tag, STR("script")))
        m->json_type = str_equal(lower, STR("application/json")) || str_equal(lower, STR("application/ld+json"));
    if (str_starts(lower, STR("javascript:")) || str_starts(lower, STR("vbscript:")) || str_starts(lower, STR("js:")))
        fail(m, "a program in the attribute %.*s", STR_ARG(m->attribute));
    m->need_space = true;
    m->state = MARKUP_TAG;
}

static size_t take_value(struct markup *m, struct str text)
{
    char c = text.ptr[0];
    emit(m, c);
    if (c == m->quote) {
        finish_value(m);
    } else {
        if (c == '\n') m->line++;
        m->value_started = true;
        buf_append_char(&m->value, c);
    }
    return 1;
}

static size_t take_unquoted(struct markup *m, struct str text)
{
    char c = text.ptr[0];
    if (tool_is_space(c) || c == '>') {
        finish_value(m);
        return 0;
    }
    if (c == '"' || c == '\'' || c == '=' || c == '<' || c == '`') fail(m, "`%c` in an attribute without quotes", c);
    buf_append_char(&m->value, c);
    emit(m, c);
    return 1;
}

static void close_element(struct markup *m, struct str name)
{
    if (m->depth == 0) fail(m, "</%.*s> closes nothing", STR_ARG(name));
    struct markup_element top = m->open[m->depth - 1];
    if (!str_equal(top.name, name))
        fail(m, "</%.*s> closes <%.*s> of line %d", STR_ARG(name), STR_ARG(top.name), top.line);
    if (m->depth == m->floor)
        fail(m, "</%.*s> closes an element that was opened outside this block (line %d)", STR_ARG(name), top.line);
    m->depth--;
    m->state = MARKUP_TEXT;
}

static size_t take_close_tag(struct markup *m, struct str text)
{
    size_t len = take_word(text, belongs_to_tag);
    if (len == 0 || len >= text.len || text.ptr[len] != '>') fail(m, "a closing tag is not finished");
    emit_all(m, str_slice(text, 0, len + 1));
    close_element(m, str_slice(text, 0, len));
    return len + 1;
}

/* Comment and declaration: everything up to `end`. */
static size_t take_until(struct markup *m, struct str text, struct str end)
{
    if (str_starts(text, end)) {
        emit_all(m, end);
        m->state = MARKUP_TEXT;
        return end.len;
    }
    if (text.ptr[0] == '\n') m->line++;
    emit(m, text.ptr[0]);
    return 1;
}

/* Text without tags: textarea, title, script. */
static size_t take_plain(struct markup *m, struct str text)
{
    char c = text.ptr[0];
    if (str_starts(text, STR("</"))) {
        m->state = MARKUP_CLOSE_TAG;
        emit_all(m, STR("</"));
        return 2;
    }
    if (c == '<') fail(m, "`<` inside <%.*s>", STR_ARG(m->tag));
    if (m->state == MARKUP_SCRIPT_END && !tool_is_space(c)) fail(m, "a script with src has no text");
    if (m->state == MARKUP_JSON) {
        if (m->in_json_string && c == '\\' && text.len > 1) {
            emit_all(m, str_slice(text, 0, 2));
            return 2;
        }
        if (c == '"') m->in_json_string = !m->in_json_string;
        if (c == '\n' && m->in_json_string) fail(m, "a line break in a JSON string");
    }
    if (c == '\n') m->line++;
    emit(m, c);
    return 1;
}

static size_t take_name(struct markup *m, struct str text)
{
    if (text.ptr[0] != '=') {
        m->state = MARKUP_TAG;
        return 0;
    }
    emit(m, '=');
    m->state = MARKUP_EQUALS;
    return 1;
}

static size_t take(struct markup *m, struct str text)
{
    switch (m->state) {
    case MARKUP_TEXT: return take_text(m, text);
    case MARKUP_TAG_NAME: return take_tag_name(m, text);
    case MARKUP_TAG: return take_tag(m, text);
    case MARKUP_NAME: return take_name(m, text);
    case MARKUP_EQUALS: return take_equals(m, text);
    case MARKUP_VALUE: return take_value(m, text);
    case MARKUP_UNQUOTED: return take_unquoted(m, text);
    case MARKUP_CLOSE_TAG: return take_close_tag(m, text);
    case MARKUP_COMMENT: return take_until(m, text, STR("-->"));
    case MARKUP_DECLARATION: return take_until(m, text, STR(">"));
    case MARKUP_PLAIN:
    case MARKUP_JSON:
    case MARKUP_SCRIPT_END: return take_plain(m, text);
    case MARKUP_STATE_COUNT: break;
    }
    return 1;
}

void markup_text(struct markup *m, struct str text)
{
    size_t at = 0;
    while (at < text.len) at += take(m, str_slice(text, at, text.len));
}

void markup_settle(struct markup *m)
{
    if (m->state == MARKUP_NAME) m->state = MARKUP_TAG;
}

void markup_finish(struct markup *m)
{
    if (m->state != MARKUP_TEXT) fail(m, "the template ends %s", markup_state_name(m->state));
    if (m->depth > 0) {
        struct markup_element top = m->open[m->depth - 1];
        tool_fail(m->file, top.line, "<%.*s> is not closed", STR_ARG(top.name));
    }
    buf_dispose(&m->value);
}

static const char *value_expression(struct markup *m)
{
    if (is_one_of(m->attribute, static_attributes, COUNT_OF(static_attributes)))
        fail(m, "an expression in the attribute %.*s", STR_ARG(m->attribute));
    if (str_equal_ci(m->tag, STR("script")) && str_equal_ci(m->attribute, STR("type")))
        fail(m, "an expression in the type of a script");
    bool started = m->value_started;
    m->value_started = true;
    if (!is_one_of(m->attribute, url_attributes, COUNT_OF(url_attributes))) return "html_attribute";
    return started ? "html_url_part" : "html_url";
}

const char *markup_expression(struct markup *m)
{
    m->after_line_break = false;
    switch (m->state) {
    case MARKUP_TEXT:
    case MARKUP_PLAIN: return "html_text";
    case MARKUP_VALUE: return value_expression(m);
    case MARKUP_JSON:
        if (m->in_json_string) fail(m, "an expression in a JSON string: write it without quotes, it brings its own");
        return "html_json";
    default: fail(m, "an expression %s", markup_state_name(m->state));
    }
}

void markup_check_block(struct markup *m, const char *what)
{
    m->after_line_break = false;
    if (m->state == MARKUP_TEXT || m->state == MARKUP_TAG || m->state == MARKUP_VALUE || m->state == MARKUP_PLAIN) return;
    if (m->state == MARKUP_JSON && !m->in_json_string) return;
    fail(m, "`{%% %s %%}` %s", what, markup_state_name(m->state));
}
