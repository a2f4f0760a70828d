/* What each kind of field takes, what it makes of it, and the message when it does not. */
#include "http/fields.h"
#include "test.h"

static const struct {
    struct field field;
    const char *value; /* NULL: absent */
    const char *text;
    const char *error;
} cases[] = {
    {{.type = FIELD_TEXT, .label = "Name", .max = 3}, "  \xc3\xa4\xc3\xb6\xc3\xbc ", "\xc3\xa4\xc3\xb6\xc3\xbc", ""},
    {{.type = FIELD_TEXT, .label = "Name", .max = 3}, "abcd", "abcd", "Name must have at most 3 characters."},
    {{.type = FIELD_TEXT, .label = "Name", .min = 2}, "a", "a", "Name must have at least 2 characters."},
    {{.type = FIELD_TEXT, .label = "Name"}, "a\nb", "a\nb", "Name must be a single line."},
    {{.type = FIELD_TEXT, .label = "Name", .required = true}, "  ", "", "Name is required."},
    {{.type = FIELD_TEXT, .label = "Name", .required = true}, NULL, "", "Name is required."},
    {{.type = FIELD_TEXT, .label = "Name", .required = true, .message = "Say your name."}, NULL, "", "Say your name."},
    {{.type = FIELD_MULTILINE, .label = "Bio"}, "a\r\nb\rc\fd", "a\nb\nc d", ""},
    {{.type = FIELD_EMAIL, .label = "Email"}, " Ann@Example.COM ", "ann@example.com", ""},
    {{.type = FIELD_EMAIL, .label = "Email"}, "ann@localhost", "ann@localhost", "Email must be an email address such as name@example.com."},
    {{.type = FIELD_EMAIL, .label = "Email"}, "a@b@c.de", "a@b@c.de", "Email must be an email address such as name@example.com."},
    {{.type = FIELD_PASSWORD, .label = "Password", .min = 3}, " a ", " a ", ""},
    {{.type = FIELD_PASSWORD, .label = "Password", .min = 3}, "ab", "ab", "Password must have at least 3 characters."},
    {{.type = FIELD_INT, .label = "Years of experience", .max = 50}, "50", "50", ""},
    {{.type = FIELD_INT, .label = "Years of experience", .max = 50}, "51", "51", "Years of experience must be a whole number from 0 to 50."},
    {{.type = FIELD_INT, .label = "Years of experience", .max = 50}, "1.5", "1.5", "Years of experience must be a whole number from 0 to 50."},
    {{.type = FIELD_INT, .label = "Page", .min = 1}, "0", "0", "Page must be a whole number of at least 1."},
    {{.type = FIELD_BOOL, .label = "Remote"}, "on", "on", ""},
    {{.type = FIELD_BOOL, .label = "Remote"}, "maybe", "maybe", "Remote must be on or off."},
    {{.type = FIELD_BOOL, .label = "Terms", .required = true}, "off", "off", "Terms is required."},
    {{.type = FIELD_CHOICE, .label = "Level", .choices = "junior|senior"}, "senior", "senior", ""},
    {{.type = FIELD_CHOICE, .label = "Level", .choices = "junior|senior"}, "sen", "sen", "Level must be one of the choices offered."},
    {{.type = FIELD_ID, .label = "Interview"}, "0190163d-8694-739b-aea5-966c26f8ad91", "0190163d-8694-739b-aea5-966c26f8ad91", ""},
    {{.type = FIELD_ID, .label = "Interview"}, "1", "1", "Interview is not a valid identifier."},
    {{.type = FIELD_KEY, .label = "Address"}, "ann-1", "ann-1", ""},
    {{.type = FIELD_KEY, .label = "Address"}, "Ann", "Ann", "Address may only have lower-case letters, digits and hyphens."},
    {{.type = FIELD_DATE, .label = "Start"}, "2024-02-29", "2024-02-29", ""},
    {{.type = FIELD_DATE, .label = "Start"}, "2023-02-29", "2023-02-29", "Start must be a date such as 2026-03-12."},
    {{.type = FIELD_MONTH, .label = "Start"}, "2024-13", "2024-13", "Start must be a month such as 2026-03."},
    {{.type = FIELD_URL, .label = "Site"}, "https://example.com/a?b=c", "https://example.com/a?b=c", ""},
    {{.type = FIELD_URL, .label = "Site"}, "javascript:alert(1)", "javascript:alert(1)", "Site must be a web address that starts with https:// or http://."},
};

TEST(values_are_checked_by_their_type)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct field field = cases[i].field;
        struct field_set set;
        field.name = "field";
        fields_init(&set, &arena, &field, 1);
        if (cases[i].value) CHECK_OK(fields_put_text(&set, STR("field"), str_from(cases[i].value)));
        fields_check(&set);
        bool has_text = CHECK_STR(set.values[0].text, cases[i].text), has_error = CHECK_STR(set.values[0].error, cases[i].error);
        bool is_fine = has_text && has_error;
        if (!is_fine) printf("  in case %zu\n", i);
    }
}

TEST(lists_come_as_lines_or_repeats_without_doubles)
{
    static const struct field field = {.name = "skills", .type = FIELD_LIST, .label = "Skills", .min = 2, .max = 3};
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct field_set set;
    fields_init(&set, &arena, &field, 1);
    CHECK_OK(fields_put_text(&set, STR("skills"), STR(" c \r\n\r\nsql\r\nc")));
    CHECK_OK(fields_put_text(&set, STR("skills"), STR("go")));
    fields_check(&set);
    CHECK_INT(set.values[0].list.count, 3);
    CHECK_STR(set.values[0].error, "");
    CHECK_OK(fields_put_text(&set, STR("skills"), STR("java")));
    fields_check(&set);
    CHECK_STR(set.values[0].error, "Skills must have at most 3 entries.");
    fields_init(&set, &arena, &field, 1);
    CHECK_OK(fields_put_text(&set, STR("skills"), STR("c")));
    fields_check(&set);
    CHECK_STR(set.values[0].error, "Skills must have at least 2 entries.");
}

TEST(what_is_no_text_ends_the_request)
{
    static const struct field field = {.name = "a", .type = FIELD_TEXT};
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct field_set set;
    fields_init(&set, &arena, &field, 1);
    CHECK_INT(fields_put_text(&set, STR("a"), STR("\xff")), ERR_INVALID);
    CHECK_INT(fields_put_text(&set, STR("unknown"), STR("\0")), ERR_INVALID);
    CHECK_OK(fields_put_text(&set, STR("a"), STR("x")));
    CHECK_INT(fields_put_text(&set, STR("a"), STR("y")), ERR_INVALID);
}
