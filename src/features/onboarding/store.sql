-- name: onboarding_advance
-- Where the person is: never back.
UPDATE users SET onboarding_step = CASE WHEN onboarding_step < $2 THEN $2 ELSE onboarding_step END, onboarding_skipped = $3, updated_at = $4
WHERE id = $1;

-- name: onboarding_skip
UPDATE users SET onboarding_skipped = TRUE, updated_at = $2 WHERE id = $1;

-- name: onboarding_complete
-- Changes nothing the second time.
UPDATE users SET onboarding_completed = TRUE, onboarding_skipped = FALSE, onboarding_step = 5, updated_at = $2
WHERE id = $1 AND onboarding_completed = FALSE;

-- name: onboarding_latest_resume
SELECT file_name, status, error FROM resumes WHERE user_id = $1 ORDER BY uploaded_at DESC, id DESC LIMIT 1;

-- name: onboarding_education_list
SELECT id, degree, institution, field_of_study, start_year, end_year, position FROM user_education
WHERE user_id = $1 ORDER BY COALESCE(start_year, 0) DESC, id DESC;

-- name: onboarding_education_put
INSERT INTO user_education (user_id, id, degree, institution, field_of_study, start_year, end_year, position, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
ON CONFLICT (user_id, id) DO UPDATE SET degree = excluded.degree, institution = excluded.institution,
    field_of_study = excluded.field_of_study, start_year = excluded.start_year, end_year = excluded.end_year,
    position = excluded.position, updated_at = excluded.updated_at;

-- name: onboarding_education_delete
DELETE FROM user_education WHERE user_id = $1 AND id = $2;

-- name: onboarding_work_list
SELECT id, title, company, description, start_month, end_month, position FROM user_work_history
WHERE user_id = $1 ORDER BY start_month DESC, id DESC;

-- name: onboarding_work_put
INSERT INTO user_work_history (user_id, id, title, company, description, start_month, end_month, position, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
ON CONFLICT (user_id, id) DO UPDATE SET title = excluded.title, company = excluded.company, description = excluded.description,
    start_month = excluded.start_month, end_month = excluded.end_month, position = excluded.position, updated_at = excluded.updated_at;

-- name: onboarding_work_delete
DELETE FROM user_work_history WHERE user_id = $1 AND id = $2;
