/* Views of connection requests. */
#pragma once
#include "pages/views.h"

struct connect_page {
    struct frame frame;
    struct str username, first_name, full_name;
    bool is_sent;
    struct str problem; /* above the form, "" for none */
    struct field_view name, email, company, link, message;
};

struct connection {
    struct str id, name, email, mail_link, company, link, message;
    struct str date, date_iso, answered;
    bool is_pending, is_accepted;
};

struct connections_page {
    struct shell shell;
    struct connection *requests;
    size_t requests_count;
    struct empty_view empty;
    struct pager pager;
};
