/* Writing the audit log. Design in audit.h. */
#include "security/audit.h"

#include "base/clock.h"
#include "base/uuid.h"
#include "db/db.h"
#include "security/audit.sql.h"

enum err audit_note(struct request *request, struct str id, const char *action, struct str detail)
{
    if (!id.len) id = uuid_new(request->arena);
    return db_exec(request->db, &sql_audit_insert,
                   DB_ARGS(db_uuid(id), db_uuid(request->identity.user_id), db_text(str_from(action)), db_text(str_slice(detail, 0, AUDIT_DETAIL_MAX)),
                           db_text(request->address), db_time(clock_now())));
}
