-- name: person_by_id
SELECT u.email, u.username, u.first_name, u.last_name, u.onboarding_step, u.onboarding_completed, u.onboarding_skipped,
       p.headline, p.public_bio, p.target_roles, p.preferred_locations, p.years_of_experience, p.salary_expectation_min,
       p.salary_expectation_max, p.salary_currency, p.is_public, p.created_at, p.updated_at, p.twin_quotes_resume
FROM users u JOIN user_profiles p ON p.user_id = u.id WHERE u.id = $1;

-- name: person_update_user
-- Tells whether the stored target roles of somebody with a finished profile differ from $6, so it runs before person_update_profile.
UPDATE users SET username = $2, first_name = $3, last_name = $4, updated_at = $5 WHERE id = $1
RETURNING (SELECT COUNT(*) FROM user_profiles p WHERE p.user_id = $1 AND users.onboarding_completed AND p.target_roles <> $6);

-- name: person_update_profile
UPDATE user_profiles SET target_roles = $2, preferred_locations = $3, years_of_experience = $4, salary_expectation_min = $5,
       salary_expectation_max = $6, salary_currency = $7, is_public = $8, public_bio = $9, headline = $10, updated_at = $11, twin_quotes_resume = $12
WHERE user_id = $1 RETURNING 1;

-- name: person_with_username
-- Whether somebody else has it.
SELECT COUNT(*) FROM users WHERE username = $1 AND id <> $2;

-- name: person_usernames_like
-- Names that begin alike, to find a free one.
SELECT username FROM users WHERE username = $1 OR username LIKE $2 ORDER BY username LIMIT 1000;
