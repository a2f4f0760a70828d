-- name: connection_student
-- Whom a visitor may write to: public people alone.
SELECT u.id, u.first_name, u.last_name FROM users u JOIN user_profiles p ON p.user_id = u.id
WHERE u.username = $1 AND p.is_public = TRUE;

-- name: connection_same
-- The same words from the same address that still wait.
SELECT COUNT(*) FROM connection_requests WHERE student_id = $1 AND recruiter_email = $2 AND message = $3 AND status = 'pending';

-- name: connection_insert
INSERT INTO connection_requests (id, student_id, recruiter_name, recruiter_email, recruiter_company, recruiter_linkedin, message, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: connection_list
-- Those that wait first, then the latest.
SELECT id, recruiter_name, recruiter_email, recruiter_company, recruiter_linkedin, message, status, created_at, responded_at
FROM connection_requests WHERE student_id = $1
ORDER BY CASE WHEN status = 'pending' THEN 0 ELSE 1 END, created_at DESC, id LIMIT $2 OFFSET $3;

-- name: connection_count
SELECT COUNT(*) FROM connection_requests WHERE student_id = $1;

-- name: connection_answer
UPDATE connection_requests SET status = $3, responded_at = $4 WHERE student_id = $1 AND id = $2 AND status = 'pending';

-- name: connection_status
SELECT status FROM connection_requests WHERE student_id = $1 AND id = $2;
