-- name: architect_goals
SELECT target_roles FROM user_profiles WHERE user_id = $1;

-- name: architect_roadmap
SELECT id, title, target_role, version FROM roadmaps WHERE user_id = $1 AND status = 'active';

-- name: architect_modules
-- Dropped ones too: one that comes back keeps its id.
SELECT id, skill_id, kind, title, status, position, completed_at FROM roadmap_modules
WHERE user_id = $1 AND roadmap_id = $2 ORDER BY position, id;

-- name: architect_demand
SELECT skill_id, one_in FROM market_demand WHERE one_in <> 0;

-- name: architect_insert_roadmap
INSERT INTO roadmaps (id, user_id, title, target_role, status, reason, version, created_at, updated_at)
VALUES ($1, $2, $3, $4, 'active', $5, 0, $6, $6);

-- name: architect_new_version
UPDATE roadmaps SET title = $3, target_role = $4, reason = $5, last_change = $6, version = version + 1, updated_at = $7
WHERE user_id = $1 AND id = $2;

-- name: architect_insert_modules
-- $3: [{"id", "skill", "title", "summary", "reason", "kind", "hours", "position"}].
INSERT INTO roadmap_modules (id, user_id, roadmap_id, skill_id, title, summary, reason, kind, hours, position, status, created_at, updated_at)
SELECT CAST(e.value {member} 'id' AS {uuid}), CAST($1 AS {uuid}), CAST($2 AS {uuid}), e.value {member} 'skill', e.value {member} 'title',
    e.value {member} 'summary', e.value {member} 'reason', e.value {member} 'kind', CAST(e.value {member} 'hours' AS {int}),
    CAST(e.value {member} 'position' AS {int}), 'pending', CAST($4 AS {time}), CAST($4 AS {time})
FROM {each}($3) AS e;

-- name: architect_update_modules
-- $2: [{"id", "title", "summary", "reason", "hours", "position", "status"}], each once.
UPDATE roadmap_modules SET title = e.value {member} 'title', summary = e.value {member} 'summary', reason = e.value {member} 'reason',
    hours = CAST(e.value {member} 'hours' AS {int}), position = CAST(e.value {member} 'position' AS {int}), status = e.value {member} 'status', updated_at = $3
FROM {each}($2) AS e WHERE roadmap_modules.user_id = $1 AND roadmap_modules.id = CAST(e.value {member} 'id' AS {uuid});

-- name: architect_close_modules
-- $2: [{"id", "status", "position"}], each once: completed or dropped. What was completed before keeps its time.
UPDATE roadmap_modules SET status = e.value {member} 'status', position = CAST(e.value {member} 'position' AS {int}),
    completed_at = CASE WHEN e.value {member} 'status' <> 'completed' THEN NULL
        WHEN roadmap_modules.status = 'completed' THEN roadmap_modules.completed_at ELSE CAST($3 AS {time}) END,
    updated_at = $3
FROM {each}($2) AS e WHERE roadmap_modules.user_id = $1 AND roadmap_modules.id = CAST(e.value {member} 'id' AS {uuid});
