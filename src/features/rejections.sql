-- name: rejections_findings
-- The newest answers that were read.
SELECT r.findings, a.company, a.title FROM application_rejections r JOIN job_applications a ON a.user_id = r.user_id AND a.id = r.application_id
WHERE r.user_id = $1 AND r.findings IS NOT NULL ORDER BY r.created_at DESC, r.id DESC LIMIT 50;
