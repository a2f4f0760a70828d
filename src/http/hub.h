/* Hub: live messages to open event streams. Publishing never blocks and never fails: a slow reader loses messages and is told
 * to reload ("event: refresh").
 *
 * Processes on one store tell each other with notes of the store (db_notify): what is new for open pages, and whose streams and sockets end. Each
 * hears them with the commit that they belong to, its own too.
 */
#pragma once
#include "base/str.h"

struct db;
struct hub;
struct hub *hub_new(void);
void hub_free(struct hub *hub);
/* Sends `event: name` with `data` (one line of text or JSON) to every stream on the channel. Any thread. */
void hub_publish(struct hub *hub, struct str channel, const char *name, struct str data);
/* As hub_publish, to the streams of every process, when the open transaction of `db` commits. `channel` and `name` without spaces. */
enum err hub_tell(struct db *db, struct arena *arena, struct str channel, const char *name, struct str data) MUST_CHECK;
/* Takes a note of the store; false when it is none of the hub's. After "" (something may have been missed) all streams end: their browsers come back
 * within seconds, with what is stored then, if they still have a session. After a restore pages are told to load again,
 * too. `hub` may be NULL. */
bool hub_heard(struct hub *hub, struct str note);
size_t hub_stream_count(struct hub *hub);
