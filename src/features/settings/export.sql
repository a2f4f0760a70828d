-- Everything we keep about one person, part by part; the columns are named in export.c.

-- name: export_user
SELECT id, email, username, first_name, last_name, role, onboarding_step, onboarding_completed, onboarding_skipped, last_seen_activity_at,
       created_at, updated_at FROM users WHERE id = $1;

-- name: export_profile
SELECT target_roles, preferred_locations, years_of_experience, salary_expectation_min, salary_expectation_max, salary_currency, is_public,
       public_bio, headline, twin_quotes_resume, wants_drafts, drafts_min_score, created_at, updated_at FROM user_profiles WHERE user_id = $1;

-- name: export_password
SELECT password_changed_at FROM accounts WHERE user_id = $1;

-- name: export_sessions
SELECT created_at, last_used_at, expires_at, user_agent FROM sessions WHERE user_id = $1 ORDER BY created_at, token_hash;

-- name: export_education
SELECT id, degree, institution, field_of_study, start_year, end_year, created_at, updated_at FROM user_education WHERE user_id = $1 ORDER BY id;

-- name: export_work
SELECT id, title, company, start_month, end_month, description, created_at, updated_at FROM user_work_history WHERE user_id = $1 ORDER BY id;

-- name: export_resumes
SELECT id, file_name, media_type, status, error, content_text, contact, uploaded_at FROM resumes WHERE user_id = $1 ORDER BY uploaded_at, id;

-- name: export_resume_chunks
SELECT resume_id, chunk_index, section, content_text FROM resume_chunks WHERE user_id = $1 ORDER BY resume_id, chunk_index;

-- name: export_resume_uploads
-- The bytes wait only until they are read; their size is told.
SELECT resume_id, LENGTH(content) FROM resume_uploads WHERE user_id = $1 ORDER BY resume_id;

-- name: export_suggestions
SELECT skill_id, source, snippet, status, created_at FROM skill_suggestions WHERE user_id = $1 ORDER BY skill_id;

-- name: export_skills
SELECT id, skill_id, proficiency_level, source, is_verified, verification_metadata, created_at, updated_at
FROM user_skills WHERE user_id = $1 ORDER BY id;

-- name: export_verifications
SELECT id, user_skill_id, interview_id, verification_type, confidence, snippet, turn_index, start_offset, end_offset, summary, raw_data,
       verified_at FROM skill_verifications WHERE user_id = $1 ORDER BY verified_at, id;

-- name: export_interviews
SELECT id, role_title, mode, status, plan, state, outcome, started_at, completed_at, created_at, updated_at
FROM interviews WHERE user_id = $1 ORDER BY created_at, id;

-- name: export_turns
SELECT interview_id, turn_index, role, content_text, skill_id, created_at FROM interview_turns WHERE user_id = $1 ORDER BY interview_id, turn_index;

-- name: export_roadmaps
SELECT id, title, target_role, status, reason, last_change, version, created_at, updated_at FROM roadmaps WHERE user_id = $1 ORDER BY created_at, id;

-- name: export_modules
SELECT id, roadmap_id, skill_id, title, summary, reason, kind, hours, position, status, completed_at, created_at, updated_at
FROM roadmap_modules WHERE user_id = $1 ORDER BY roadmap_id, position, id;

-- name: export_applications
SELECT id, job_listing_id, title, company, url, status, notes, match_score, applied_on, next_step_on, created_at, updated_at
FROM job_applications WHERE user_id = $1 ORDER BY created_at, id;

-- name: export_documents
SELECT id, application_id, kind, content_text, created_at FROM application_documents WHERE user_id = $1 ORDER BY created_at, id;

-- name: export_drafts
SELECT id, job_listing_id, title, company, url, match_score, cover_note, evidence, status, created_at, decided_at
FROM application_drafts WHERE user_id = $1 ORDER BY created_at, id;

-- name: export_rejections
SELECT id, application_id, content_text, findings, created_at FROM application_rejections WHERE user_id = $1 ORDER BY created_at, id;

-- name: export_connections
SELECT id, recruiter_name, recruiter_email, recruiter_company, recruiter_linkedin, message, status, created_at, responded_at
FROM connection_requests WHERE student_id = $1 ORDER BY created_at, id;

-- name: export_twin_questions
SELECT id, question, reply, answered, citations, asked_at FROM twin_questions WHERE user_id = $1 ORDER BY asked_at, id;

-- name: export_embeddings
SELECT id, source_type, source_id, chunk_index, chunk_text, model, dimensions, metadata, created_at
FROM document_embeddings WHERE user_id = $1 ORDER BY id;

-- name: export_events
SELECT id, event_type, payload, status, source_agent, target_agent, summary, error_message, created_at, processed_at
FROM agent_events WHERE user_id = $1 ORDER BY created_at, id;

-- name: export_jobs
SELECT id, kind, payload, status, attempts, last_error, result, created_at, finished_at FROM jobs WHERE user_id = $1 ORDER BY id;

-- name: export_waits
-- What agents have asked them and they have not answered yet.
SELECT job_id, step_key, question, created_at FROM job_waits WHERE user_id = $1 AND question IS NOT NULL ORDER BY job_id, step_key;

-- name: export_costs
SELECT id, job_id, step_key, model, tokens_in, tokens_out, micros, created_at, settled_at FROM costs WHERE user_id = $1 ORDER BY created_at, id;

-- name: export_notifications
SELECT id, kind, title, body, url, created_at, read_at FROM notifications WHERE user_id = $1 ORDER BY created_at, id;

-- name: export_tokens
SELECT id, name, scopes, created_at, last_used_at, expires_at FROM api_tokens WHERE user_id = $1 ORDER BY created_at, id;

-- name: export_idempotency_keys
SELECT idempotency_key, created_at, status, location FROM idempotency_keys WHERE user_id = $1 ORDER BY created_at, idempotency_key;

-- name: export_audit
SELECT id, action, detail, address, created_at FROM audit_log WHERE user_id = $1 ORDER BY created_at, id;
