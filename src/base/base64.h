/* base64url without padding (RFC 4648, section 5): bytes as letters that need no escape in an address. */
#pragma once
#include "base/str.h"

struct str base64url(struct arena *arena, struct str bytes);
/* ERR_INVALID for anything that base64url does not make, padding and spare bits too. */
enum err base64url_read(struct arena *arena, struct str text, struct str *bytes) MUST_CHECK;
