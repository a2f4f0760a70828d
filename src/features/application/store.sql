-- name: application_board
SELECT id, job_listing_id, title, company, url, status, notes, applied_on, next_step_on, created_at, updated_at
FROM job_applications WHERE user_id = $1 ORDER BY status, position, id;

-- name: application_page_times_up
-- One page and a row more, by the time that $4 names.
SELECT id, job_listing_id, title, company, url, status, notes, applied_on, next_step_on, created_at, updated_at,
    CASE $4 WHEN 'updated_at' THEN updated_at ELSE created_at END AS sort_key
FROM job_applications
WHERE user_id = $1 AND ($2 = '' OR status = $2) AND (job_listing_id = $3 OR $3 IS NULL)
    AND (CASE $4 WHEN 'updated_at' THEN updated_at ELSE created_at END, id) > ($5, $6)
ORDER BY CASE $4 WHEN 'updated_at' THEN updated_at ELSE created_at END, id LIMIT $7;

-- name: application_page_times_down
-- The same, the newest first.
SELECT id, job_listing_id, title, company, url, status, notes, applied_on, next_step_on, created_at, updated_at,
    CASE $4 WHEN 'updated_at' THEN updated_at ELSE created_at END AS sort_key
FROM job_applications
WHERE user_id = $1 AND ($2 = '' OR status = $2) AND (job_listing_id = $3 OR $3 IS NULL)
    AND (CASE $4 WHEN 'updated_at' THEN updated_at ELSE created_at END, id) < ($5, $6)
ORDER BY CASE $4 WHEN 'updated_at' THEN updated_at ELSE created_at END DESC, id DESC LIMIT $7;

-- name: application_page_texts_up
-- By the text that $4 names; $8: the first page. An open next step comes last.
SELECT id, job_listing_id, title, company, url, status, notes, applied_on, next_step_on, created_at, updated_at,
    CASE $4 WHEN 'title' THEN lower(title) WHEN 'company' THEN lower(company) ELSE COALESCE(next_step_on, '9999') END AS sort_key
FROM job_applications
WHERE user_id = $1 AND ($2 = '' OR status = $2) AND (job_listing_id = $3 OR $3 IS NULL)
    AND ($8 OR (CASE $4 WHEN 'title' THEN lower(title) WHEN 'company' THEN lower(company) ELSE COALESCE(next_step_on, '9999') END, id) > ($5, $6))
ORDER BY CASE $4 WHEN 'title' THEN lower(title) WHEN 'company' THEN lower(company) ELSE COALESCE(next_step_on, '9999') END, id LIMIT $7;

-- name: application_page_texts_down
-- The same, from the end.
SELECT id, job_listing_id, title, company, url, status, notes, applied_on, next_step_on, created_at, updated_at,
    CASE $4 WHEN 'title' THEN lower(title) WHEN 'company' THEN lower(company) ELSE COALESCE(next_step_on, '9999') END AS sort_key
FROM job_applications
WHERE user_id = $1 AND ($2 = '' OR status = $2) AND (job_listing_id = $3 OR $3 IS NULL)
    AND ($8 OR (CASE $4 WHEN 'title' THEN lower(title) WHEN 'company' THEN lower(company) ELSE COALESCE(next_step_on, '9999') END, id) < ($5, $6))
ORDER BY CASE $4 WHEN 'title' THEN lower(title) WHEN 'company' THEN lower(company) ELSE COALESCE(next_step_on, '9999') END DESC, id DESC LIMIT $7;

-- name: application_page_board
-- As the board shows them: by stage, then by place; $4 and $5: those of the last row before, $8: the first page.
SELECT id, job_listing_id, title, company, url, status, notes, applied_on, next_step_on, created_at, updated_at, position
FROM job_applications
WHERE user_id = $1 AND ($2 = '' OR status = $2) AND (job_listing_id = $3 OR $3 IS NULL) AND ($8 OR (status, position, id) > ($4, $5, $6))
ORDER BY status, position, id LIMIT $7;

-- name: application_by_id
SELECT id, job_listing_id, title, company, url, status, notes, applied_on, next_step_on, created_at, updated_at
FROM job_applications WHERE user_id = $1 AND id = $2;

-- name: application_insert
-- An entry of the person's own, on top of its column.
INSERT INTO job_applications (id, user_id, title, company, url, status, notes, applied_on, next_step_on, position, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,
       (SELECT COALESCE(MIN(a.position), 0) - 1 FROM job_applications a WHERE a.user_id = $2 AND a.status = $6), $10, $10);

-- name: application_from_listing
-- Title, company and address are copied from the listing, so that they outlive it. No row comes back when it is on the board already.
INSERT INTO job_applications (id, user_id, job_listing_id, title, company, url, status, notes, applied_on, next_step_on, position, created_at, updated_at)
SELECT $1, $2, l.id, l.title, l.company, l.url, $4, $5, $6, $7,
       (SELECT COALESCE(MIN(a.position), 0) - 1 FROM job_applications a WHERE a.user_id = $2 AND a.status = $4), $8, $8
FROM job_listings l WHERE l.id = $3
ON CONFLICT (user_id, job_listing_id) DO NOTHING
RETURNING id;

-- name: application_listing_exists
SELECT COUNT(*) FROM job_listings WHERE id = $1;

-- name: application_update
UPDATE job_applications SET title = $3, company = $4, url = $5, notes = $6, applied_on = $7, next_step_on = $8, updated_at = $9
WHERE user_id = $1 AND id = $2;

-- name: application_move
-- To the top of another column; the day of applying is filled in ($4) where the person left it open. A card that is there already stays in
-- its place.
UPDATE job_applications SET status = $3, applied_on = COALESCE(applied_on, $4),
       position = (SELECT COALESCE(MIN(a.position), 0) - 1 FROM job_applications a WHERE a.user_id = $1 AND a.status = $3), updated_at = $5
WHERE user_id = $1 AND id = $2 AND status <> $3;

-- name: application_delete
DELETE FROM job_applications WHERE user_id = $1 AND id = $2;

-- name: application_documents
-- What belongs to it, the newest first.
SELECT kind, content_text, created_at FROM application_documents WHERE user_id = $1 AND application_id = $2 ORDER BY created_at DESC, id DESC LIMIT 20;

-- name: application_answers
-- What the employer wrote back, and what was found in it; while nothing was, the state of the last job that was to read it (NULL: it is kept no longer).
SELECT r.content_text, r.findings, r.created_at, r.id, CASE WHEN r.findings IS NULL THEN (
    SELECT j.status FROM jobs j WHERE j.user_id = r.user_id AND j.kind = 'rejection.parse' AND j.payload {member} 'rejection_id' = CAST(r.id AS TEXT) ORDER BY j.id DESC LIMIT 1) END
FROM application_rejections r WHERE r.user_id = $1 AND r.application_id = $2 ORDER BY r.created_at DESC, r.id DESC LIMIT 20;

-- name: application_answer_unread
-- An answer that nobody has read yet, whose it is, and the last job that was to read it.
SELECT r.application_id, a.title, a.company, j.id, j.status
FROM application_rejections r JOIN job_applications a ON a.user_id = r.user_id AND a.id = r.application_id
LEFT JOIN jobs j ON j.user_id = r.user_id AND j.kind = 'rejection.parse' AND j.payload {member} 'rejection_id' = CAST(r.id AS TEXT)
WHERE r.user_id = $1 AND r.id = $2 AND r.findings IS NULL ORDER BY j.id DESC LIMIT 1;

-- name: application_answers_known
-- How many there are, and whether one says just this ($3).
SELECT COUNT(*), COALESCE(SUM(CASE WHEN content_text = $3 THEN 1 ELSE 0 END), 0) FROM application_rejections WHERE user_id = $1 AND application_id = $2;

-- name: application_answer_insert
INSERT INTO application_rejections (id, user_id, application_id, content_text, created_at) VALUES ($1, $2, $3, $4, $5);

-- name: application_drafts_waiting
SELECT id, title, company FROM application_drafts WHERE user_id = $1 AND status = 'drafted' ORDER BY created_at DESC, id DESC LIMIT 10;

-- name: application_draft
SELECT id, job_listing_id, title, company, url, cover_note, evidence, status, created_at FROM application_drafts WHERE user_id = $1 AND id = $2;

-- name: application_draft_decide
-- The first word counts.
UPDATE application_drafts SET status = $3, decided_at = $4 WHERE user_id = $1 AND id = $2 AND status = 'drafted';

-- name: application_from_draft
-- On top of the saved ones. One that the person has put on the board meanwhile stays where it is.
INSERT INTO job_applications (id, user_id, job_listing_id, title, company, url, status, match_score, position, created_at, updated_at)
SELECT $3, d.user_id, d.job_listing_id, d.title, d.company, d.url, 'saved', d.match_score,
    (SELECT COALESCE(MIN(a.position), 0) - 1 FROM job_applications a WHERE a.user_id = $1 AND a.status = 'saved'), CAST($4 AS {time}), CAST($4 AS {time})
FROM application_drafts d WHERE d.user_id = $1 AND d.id = $2
ON CONFLICT (user_id, job_listing_id) DO UPDATE SET updated_at = excluded.updated_at
RETURNING id;

-- name: application_document_insert
INSERT INTO application_documents (id, user_id, application_id, kind, content_text, created_at) VALUES ($1, $2, $3, 'cover_letter', $4, $5);
