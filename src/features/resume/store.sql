-- The resume of one person. Every statement names the person.

-- name: resume_latest
SELECT id, file_name, status, error, uploaded_at FROM resumes WHERE user_id = $1 ORDER BY uploaded_at DESC, id DESC LIMIT 1;

-- name: resume_ready
SELECT id, file_name, contact, uploaded_at FROM resumes WHERE user_id = $1 AND status = 'ready' ORDER BY uploaded_at DESC, id DESC LIMIT 1;

-- name: resume_chunks
SELECT section, content_text FROM resume_chunks WHERE user_id = $1 AND resume_id = $2 ORDER BY chunk_index;

-- name: resume_suggestions
SELECT s.skill_id, k.name, k.category, s.snippet FROM skill_suggestions s JOIN skills k ON k.id = s.skill_id
WHERE s.user_id = $1 AND s.status = 'open' ORDER BY k.name LIMIT 100;

-- name: resume_remove_unread
-- A new upload takes the place of what waits or failed; what was read stays until the new one is read.
DELETE FROM resumes WHERE user_id = $1 AND status <> 'ready';

-- name: resume_insert
INSERT INTO resumes (id, user_id, file_name, media_type, status, uploaded_at) VALUES ($1, $2, $3, $4, 'processing', $5);

-- name: resume_insert_upload
INSERT INTO resume_uploads (user_id, resume_id, content) VALUES ($1, $2, $3);

-- name: resume_accept
-- Claims offered skills; nothing happens to one that is not offered, or claimed already. $2: [{"id", "skill", "level", "status"}], each skill once.
INSERT INTO user_skills (id, user_id, skill_id, proficiency_level, source, created_at, updated_at)
SELECT CAST(e.value {member} 'id' AS {uuid}), s.user_id, s.skill_id, e.value {member} 'level', 'resume', $3, $3
FROM {each}($2) AS e JOIN skill_suggestions s ON s.skill_id = e.value {member} 'skill'
WHERE s.user_id = $1 AND s.status = 'open' AND e.value {member} 'status' = 'accepted'
ON CONFLICT (user_id, skill_id) DO NOTHING;

-- name: resume_settle
-- The same list.
UPDATE skill_suggestions SET status = e.value {member} 'status'
FROM {each}($2) AS e
WHERE skill_suggestions.user_id = $1 AND skill_suggestions.skill_id = e.value {member} 'skill' AND skill_suggestions.status = 'open'
RETURNING skill_suggestions.status;

-- name: resume_delete_all
DELETE FROM resumes WHERE user_id = $1;

-- name: resume_delete_suggestions
DELETE FROM skill_suggestions WHERE user_id = $1 AND source = 'resume' AND status = 'open';
