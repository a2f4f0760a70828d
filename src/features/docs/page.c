/* The API's page: its constant part from the model of the operations, once; the frame around it for each request. Design in docs.h. */
#include "features/docs/api_contents.html.h"
#include "features/docs/api_page.html.h"
#include "features/docs/api_reference.html.h"
#include "features/docs/docs.h"
#include "http/scope.h"
#include "json/json.h"
#include "pages/pages.h"

#include <ctype.h>
#include <pthread.h>
#include <string.h>

#define ROWS_MAX 100

static void fill_choices(struct arena *arena, const char *choices, struct docs_row *row)
{
    struct str rest = str_from(choices), choice;
    if (!choices) return;
    row->choices = arena_array(arena, struct choice, strlen(choices) / 2 + 1);
    while (str_split_next(&rest, '|', &choice)) row->choices[row->choices_count++] = (struct choice){.value = choice, .label = choice};
}

/* The label, unless it is the name again. */
static struct str field_says(const struct field *field)
{
    struct str label = str_from(field->label), name = str_from(field->name);
    bool is_same = label.len == name.len;
    for (size_t i = 0; is_same && i < label.len; i++)
        is_same = tolower((unsigned char)label.ptr[i]) == name.ptr[i] || (label.ptr[i] == ' ' && name.ptr[i] == '_');
    return is_same ? STR("") : label;
}

static void fill_parameters(struct arena *arena, const struct operation *operation, struct docs_operation *view)
{
    static const char *const places[] = {[IN_PATH] = "path", [IN_QUERY] = "query", [IN_HEADER] = "header"};
    view->parameters = arena_array(arena, struct docs_row, operation->parameters_count);
    for (size_t i = 0; i < operation->parameters_count; i++) {
        const struct parameter *parameter = &operation->parameters[i];
        struct docs_row *row = &view->parameters[view->parameters_count++];
        *row = (struct docs_row){.name = str_from(parameter->field.name),
                                 .type = parameter->place == IN_HEADER ? STR("text") : docs_field_words(arena, &parameter->field),
                                 .says = parameter->says ? str_from(parameter->says) : field_says(&parameter->field),
                                 .place = places[parameter->place],
                                 .is_required = parameter->field.required,
                                 .input_id = str_format(arena, "%.*s-%s", STR_ARG(operation->id), parameter->field.name)};
        fill_choices(arena, parameter->field.choices, row);
    }
}

static void fill_body(struct arena *arena, const struct operation *operation, struct docs_operation *view)
{
    if (!operation->body_count) return;
    view->body = arena_array(arena, struct docs_row, operation->body_count);
    for (size_t i = 0; i < operation->body_count; i++) {
        const struct field *field = operation->body[i];
        struct docs_row *row = &view->body[view->body_count++];
        *row = (struct docs_row){.name = str_from(field->name), .type = docs_field_words(arena, field), .says = field_says(field), .is_required = field->required};
        fill_choices(arena, field->choices, row);
    }
    struct buf json CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    json_begin(&writer, &json);
    docs_write_body_example(&writer, operation);
    view->body_example = docs_indent(arena, buf_str(&json));
    view->body_has_file = operation->body_has_file;
}

/* Members of objects follow with the way to them: "modules[].title". */
static void add_members(struct arena *arena, const struct schema *schema, struct str way, struct docs_operation *view)
{
    for (size_t i = 0; i < schema->members_count && view->answer_count < ROWS_MAX; i++) {
        const struct schema_member *member = &schema->members[i];
        const char *many = member->flags & MEMBER_LIST ? "[]" : "";
        struct str name = str_format(arena, "%.*s%s%s", STR_ARG(way), member->name, many);
        struct docs_row *row = &view->answer[view->answer_count++];
        *row = (struct docs_row){.name = name, .type = docs_member_words(arena, member), .says = str_from(member->says)};
        fill_choices(arena, member->choices, row);
        if (member->object) add_members(arena, member->object, str_format(arena, "%.*s.", STR_ARG(name)), view);
    }
}

static void fill_answer(struct arena *arena, const struct operation *operation, struct docs_operation *view)
{
    const struct answer *answer = operation->route->answer;
    view->status = answer->status;
    view->location = str_from(answer->location);
    if (!answer->schema) {
        view->answer_says = answer->media_type ? STR("A line of text.") : STR("It is done; the answer has no body.");
        return;
    }
    view->answer_says = str_from(answer->schema->says);
    view->answer = arena_array(arena, struct docs_row, ROWS_MAX);
    add_members(arena, answer->schema, STR(""), view);
    struct buf json CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    json_begin(&writer, &json);
    schema_write_example(&writer, answer->schema);
    view->answer_example = docs_indent(arena, buf_str(&json));
}

static void fill_problems(struct arena *arena, struct docs_reference *view)
{
    view->problems = arena_array(arena, struct docs_problem, PROBLEM_COUNT);
    for (size_t i = 0; i < PROBLEM_COUNT; i++)
        view->problems[view->problems_count++] = (struct docs_problem){.id = str_format(arena, "problem-%s", problems[i].name),
                                                                       .status = problems[i].status,
                                                                       .is_first = problem_of_status(problems[i].status) == (enum problem)i,
                                                                       .title = problems[i].title,
                                                                       .words = problems[i].words};
}

static void fill_refusals(struct arena *arena, const struct route *route, struct docs_operation *view)
{
    view->refusals = arena_array(arena, struct docs_refusal, refusals_count);
    for (size_t i = 0; i < refusals_count; i++)
        if (refusals[i].applies(route)) view->refusals[view->refusals_count++] = (struct docs_refusal){refusals[i].status, docs_refusal_words(arena, refusals[i].status)};
}

/* The path with an example in place of each parameter. */
static void append_example_path(struct buf *out, const struct operation *operation)
{
    struct str rest = str_slice(str_from(operation->route->pattern), 1, STR_NPOS), segment;
    size_t at = 0;
    while (str_split_next(&rest, '/', &segment)) {
        buf_append_char(out, '/');
        if (segment.len && segment.ptr[0] == '{') segment = str_from(field_example(&operation->parameters[at++].field));
        buf_append_str(out, segment);
    }
}

/* As one word for a shell. */
static void append_quoted(struct buf *out, struct str text)
{
    buf_append_char(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\'') buf_append_str(out, STR("'\\'"));
        buf_append_char(out, text.ptr[i]);
    }
    buf_append_char(out, '\'');
}

static struct str curl_of(struct arena *arena, const struct operation *operation, const struct docs_operation *view)
{
    const struct route *route = operation->route;
    struct buf out CLEANUP(buf_dispose) = {0};
    buf_append_str(&out, STR("curl "));
    if (route->method != HTTP_GET) buf_append_format(&out, "-X %s ", http_method_name(route->method));
    buf_append_str(&out, STR("\"$SITE"));
    append_example_path(&out, operation);
    buf_append_char(&out, '"');
    if (route->scope != SCOPE_NONE) buf_append_str(&out, STR(" \\\n  -H \"Authorization: Bearer $TOKEN\""));
    if (view->body_count && !view->body_has_file) {
        buf_append_str(&out, STR(" \\\n  -H 'Content-Type: application/json' \\\n  -d "));
        append_quoted(&out, view->body_example);
    }
    return str_copy(arena, buf_str(&out));
}

static void fill_operation(struct arena *arena, const struct operation *operation, struct docs_operation *view)
{
    static const char *const css[HTTP_METHOD_COUNT] = {"is-get", "is-post", "is-put", "is-patch", "is-delete"};
    const struct route *route = operation->route;
    *view = (struct docs_operation){.id = operation->id,
                                    .path = str_from(route->pattern),
                                    .summary = operation->summary,
                                    .method = http_method_name(route->method),
                                    .method_css = css[route->method],
                                    .scope = str_from(scope_name(route->scope)),
                                    .needs_sign_in = docs_needs_sign_in(route),
                                    .is_changing = route->method != HTTP_GET};
    fill_parameters(arena, operation, view);
    fill_body(arena, operation, view);
    fill_answer(arena, operation, view);
    fill_refusals(arena, route, view);
    view->curl = curl_of(arena, operation, view);
}

static void fill_tags(struct arena *arena, const struct operations *operations, struct docs_reference *view)
{
    view->tags = arena_array(arena, struct docs_tag, features_count);
    for (size_t i = 0; i < operations->count; i++) {
        const struct operation *operation = &operations->items[i];
        struct docs_tag *tag = view->tags_count ? &view->tags[view->tags_count - 1] : NULL;
        if (!tag || strcmp(tag->title, operation->feature->title) != 0) {
            tag = &view->tags[view->tags_count++];
            *tag = (struct docs_tag){.id = str_format(arena, "tag-%s", operation->feature->name), .title = operation->feature->title, .says = operation->feature->says};
            tag->operations = arena_array(arena, struct docs_operation, operations->count);
        }
        fill_operation(arena, operation, &tag->operations[tag->operations_count++]);
    }
}

static struct {
    struct html contents, reference;
} made;

static void make_reference(void)
{
    struct arena arena;
    struct docs_reference view = {0};
    arena_init(&arena);
    fill_tags(&arena, docs_operations(), &view);
    fill_problems(&arena, &view);
    view.scopes = arena_array(&arena, struct docs_scope, SCOPE_COUNT);
    for (int i = SCOPE_NONE + 1; i < SCOPE_COUNT; i++) view.scopes[view.scopes_count++] = (struct docs_scope){scope_table[i].name, scope_table[i].words};
    api_contents_render(&made.contents, &view);
    api_reference_render(&made.reference, &view);
    arena_dispose(&arena);
}

enum err docs_api_page(struct request *request, struct response *response)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_reference);
    struct docs_page view = {.site = pages_site_address(request),
                             .contents = {buf_str(&made.contents.buf)},
                             .reference = {buf_str(&made.reference.buf)}};
    pages_frame(request, STR("API"), STR("Every operation of the Career Prep API, with what it takes and answers, and a form to try it."), &view.frame);
    struct html page = {0};
    api_page_render(&page, &view);
    respond_html(response, &page);
    return OK;
}
