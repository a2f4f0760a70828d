/* Views of sign-up and sign-in. */
#pragma once
#include "pages/views.h"

struct sign_up_page {
    struct frame frame;
    struct field_view first_name, last_name, email, password;
};

struct sign_in_page {
    struct frame frame;
    struct field_view email, password;
    struct str problem; /* above the form, "" for none */
    struct str next;    /* where to go after, "" for the dashboard */
};
