-- The agent that reads what employers answered: src/agents/rejection_parse.c.

-- name: rejection_parse_text
-- An answer that was not read yet, and the listing that it is about, as far as it is there.
SELECT r.content_text, r.application_id, l.id, l.title, l.description
FROM application_rejections r JOIN job_applications a ON a.user_id = r.user_id AND a.id = r.application_id LEFT JOIN job_listings l ON l.id = a.job_listing_id
WHERE r.user_id = $1 AND r.id = $2 AND r.findings IS NULL;

-- name: rejection_parse_proved
SELECT skill_id FROM user_skills WHERE user_id = $1 AND is_verified;

-- name: rejection_parse_keep
-- The first to finish the reading changes the row; whoever comes again changes none.
UPDATE application_rejections SET findings = $3 WHERE user_id = $1 AND id = $2 AND findings IS NULL;
