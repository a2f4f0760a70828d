-- The agent that reads uploaded resumes: src/agents/resume_read.c.

-- name: resume_read_upload
-- The waiting bytes; no row when the resume was read already, replaced or deleted.
SELECT r.media_type, r.file_name, u.content FROM resumes r JOIN resume_uploads u ON u.user_id = r.user_id AND u.resume_id = r.id
WHERE r.user_id = $1 AND r.id = $2 AND r.status = 'processing';

-- name: resume_read_failed
UPDATE resumes SET status = 'failed', error = $3 WHERE user_id = $1 AND id = $2 AND status = 'processing';

-- name: resume_read_ready
UPDATE resumes SET status = 'ready', error = '', content_text = $3, contact = $4, media_type = $5
WHERE user_id = $1 AND id = $2 AND status = 'processing';

-- name: resume_read_drop_upload
DELETE FROM resume_uploads WHERE user_id = $1 AND resume_id = $2;

-- name: resume_read_drop_older
-- The new one takes the place of the one before.
DELETE FROM resumes WHERE user_id = $1 AND id <> $2 AND status <> 'processing';

-- name: resume_read_chunks
-- $3: [{"index", "section", "text"}].
INSERT INTO resume_chunks (user_id, resume_id, chunk_index, section, content_text)
SELECT CAST($1 AS {uuid}), CAST($2 AS {uuid}), CAST(e.value {member} 'index' AS {int}), e.value {member} 'section', e.value {member} 'text' FROM {each}($3) AS e;

-- name: resume_read_drop_suggestions
DELETE FROM skill_suggestions WHERE user_id = $1 AND source = 'resume' AND status = 'open';

-- name: resume_read_suggest
-- Only what is not claimed; what was dismissed stays dismissed. $2: [{"skill", "snippet"}], each skill once.
INSERT INTO skill_suggestions (user_id, skill_id, source, snippet, status, created_at)
SELECT CAST($1 AS {uuid}), k.id, 'resume', e.value {member} 'snippet', 'open', CAST($3 AS {time})
FROM {each}($2) AS e JOIN skills k ON k.id = e.value {member} 'skill'
WHERE NOT EXISTS (SELECT 1 FROM user_skills c WHERE c.user_id = $1 AND c.skill_id = k.id)
ON CONFLICT (user_id, skill_id) DO UPDATE SET status = 'open', snippet = excluded.snippet, created_at = excluded.created_at
WHERE skill_suggestions.status = 'accepted';

-- name: resume_read_count_suggestions
SELECT COUNT(*) FROM skill_suggestions WHERE user_id = $1 AND status = 'open';
