/* Views of the API's page. */
#pragma once
#include "pages/views.h"

/* A parameter, a field of a body, or a member of an answer. */
struct docs_row {
    struct str name; /* of an answer with its way: "modules[].title" */
    struct str type; /* in words, with limits: "whole number, 1 to 100" */
    struct str says;
    const char *place; /* "path", "query", "header"; NULL in bodies */
    bool is_required;
    struct str input_id;     /* of its control in the form */
    struct choice *choices;  /* where only these are taken */
    size_t choices_count;
};

struct docs_refusal {
    int status;
    struct str says;
};

struct docs_operation {
    struct str id, path, summary;
    const char *method, *method_css;
    struct str scope; /* "" when tokens are of no use */
    bool needs_sign_in;
    bool is_changing;
    struct docs_row *parameters;
    size_t parameters_count;
    struct docs_row *body;
    size_t body_count;
    struct str body_example; /* indented JSON, "" without a body */
    bool body_has_file;
    int status;
    struct str answer_says;
    struct str location; /* what the header Location leads to, "" without one */
    struct docs_row *answer;
    size_t answer_count;
    struct str answer_example; /* indented JSON, "" without one */
    struct docs_refusal *refusals;
    size_t refusals_count;
    struct str curl;
};

struct docs_tag {
    struct str id;
    const char *title, *says;
    struct docs_operation *operations;
    size_t operations_count;
};

struct docs_scope {
    const char *name, *words;
};

/* A kind of problem (http/problem.h); `id` is the fragment of its address. */
struct docs_problem {
    struct str id;
    int status;
    bool is_first; /* of those with its status */
    const char *title, *words;
};

/* What is the same for everybody, made once. */
struct docs_reference {
    struct docs_tag *tags;
    size_t tags_count;
    struct docs_problem *problems;
    size_t problems_count;
    struct docs_scope *scopes;
    size_t scopes_count;
};

struct docs_page {
    struct frame frame;
    struct str site; /* address of this server */
    struct html_fragment contents, reference;
};
