/* The audit log: who did what from where, for what matters to the safety of an account or of the installation. */
#pragma once
#include "http/request.h"

#define AUDIT_DETAIL_MAX 500

/* Notes it for the person of this request, in its open transaction. `action` is a phrase ("token created"), `detail` what it was done to (cut at AUDIT_DETAIL_MAX
 * bytes). `id` is the id of the entry, "" for a new one. */
enum err audit_note(struct request *request, struct str id, const char *action, struct str detail) MUST_CHECK;
