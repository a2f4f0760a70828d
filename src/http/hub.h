/* Hub: live messages to open event streams. Publishing never blocks and never fails: a slow reader loses messages and is told
 * to reload ("event: refresh").
 */
#pragma once
#include "base/str.h"

struct hub;
struct hub *hub_new(void);
void hub_free(struct hub *hub);
/* Sends `event: name` with `data` (one line of text or JSON) to every stream on the channel. Any thread. */
void hub_publish(struct hub *hub, struct str channel, const char *name, struct str data);
size_t hub_stream_count(struct hub *hub);
