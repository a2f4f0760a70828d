-- The agent that prepares applications: src/agents/action_apply.c.

-- name: action_apply_facts
-- What decides whether a draft is wanted; no row when the person or the listing is gone.
SELECT p.wants_drafts, p.drafts_min_score, u.first_name, u.last_name, l.title, l.company,
    (SELECT COUNT(*) FROM application_drafts d WHERE d.user_id = $1 AND d.status = 'drafted'),
    EXISTS (SELECT 1 FROM application_drafts d WHERE d.user_id = $1 AND d.job_listing_id = $2) OR EXISTS (SELECT 1 FROM job_applications a WHERE a.user_id = $1 AND a.job_listing_id = $2)
FROM users u JOIN user_profiles p ON p.user_id = u.id JOIN job_listings l ON l.id = $2
WHERE u.id = $1;

-- name: action_apply_evidence
-- What proves the skills that the listing asks for, the strongest first.
SELECT v.id, c.skill_id, s.name, v.snippet, i.completed_at
FROM job_listing_skills n JOIN user_skills c ON c.skill_id = n.skill_id AND c.user_id = $1 AND c.is_verified JOIN skills s ON s.id = c.skill_id
JOIN skill_verifications v ON v.user_id = c.user_id AND v.user_skill_id = c.id JOIN interviews i ON i.user_id = v.user_id AND i.id = v.interview_id
WHERE n.job_listing_id = $2 ORDER BY v.confidence DESC, v.id LIMIT 200;

-- name: action_apply_draft
-- One a person and listing. Title, company and address are copied, so that they outlive it.
INSERT INTO application_drafts (id, user_id, job_listing_id, title, company, url, match_score, cover_note, evidence, created_at)
SELECT $1, $2, l.id, l.title, l.company, l.url, $4, $5, $6, $7 FROM job_listings l WHERE l.id = $3
ON CONFLICT (user_id, job_listing_id) DO NOTHING;
