-- name: strategist_rejection_where
SELECT title, company FROM job_applications WHERE user_id = $1 AND id = $2;

-- name: strategist_rejection_proved
SELECT skill_id FROM user_skills WHERE user_id = $1 AND is_verified;
