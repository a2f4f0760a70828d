-- name: demo_state
SELECT value FROM settings WHERE name = 'demonstration';

-- name: demo_set_state
INSERT INTO settings (name, value) VALUES ('demonstration', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: demo_new_password
UPDATE accounts SET password_hash = $1, password_changed_at = $2 WHERE user_id IN (SELECT u.id FROM users u WHERE u.email LIKE $3);

-- name: demo_finish_onboarding
UPDATE users SET onboarding_step = 5, onboarding_completed = TRUE WHERE id = $1;

-- name: demo_want_drafts
UPDATE user_profiles SET wants_drafts = TRUE WHERE user_id = $1;

-- name: demo_education
INSERT INTO user_education (id, user_id, degree, institution, field_of_study, start_year, end_year, position, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9);

-- name: demo_work
INSERT INTO user_work_history (id, user_id, title, company, start_month, end_month, description, position, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9);

-- name: demo_claim
INSERT INTO user_skills (id, user_id, skill_id, proficiency_level, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5);

-- name: demo_interview
INSERT INTO interviews (id, user_id, role_title, status, plan, state, started_at, completed_at, created_at, updated_at)
VALUES ($1, $2, $3, 'completed', $4, $5, $6, $7, $6, $7);

-- name: demo_turn
INSERT INTO interview_turns (user_id, interview_id, turn_index, role, content_text, skill_id, message_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: demo_application
INSERT INTO job_applications (id, user_id, title, company, status, notes, applied_on, position, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9);

-- name: demo_connection
INSERT INTO connection_requests (id, student_id, recruiter_name, recruiter_email, recruiter_company, recruiter_linkedin, message, status, created_at,
                                 responded_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: demo_counts
SELECT (SELECT COUNT(*) FROM users), (SELECT COUNT(*) FROM job_listings), (SELECT COUNT(*) FROM user_skills WHERE is_verified = TRUE),
       (SELECT COUNT(*) FROM jobs WHERE status <> 'completed');
