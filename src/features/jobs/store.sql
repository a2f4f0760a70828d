-- name: jobs_listings_upsert
-- Puts listings in ($1: each once), or refreshes those their source gave before: first_seen_at stays, updated_at moves only when something that
-- people read changed.
INSERT INTO job_listings (id, source, external_id, title, company, location, description, url, salary_min, salary_max, salary_currency,
       salary_text, contract_type, is_remote, years_required, fingerprint, posted_at, expires_at, first_seen_at, created_at, updated_at)
SELECT CAST(e.value {member} 'id' AS {uuid}), e.value {member} 'source', e.value {member} 'external_id', e.value {member} 'title', e.value {member} 'company',
       e.value {member} 'location', e.value {member} 'description', e.value {member} 'url', CAST(e.value {member} 'salary_min' AS {int}),
       CAST(e.value {member} 'salary_max' AS {int}), e.value {member} 'salary_currency', e.value {member} 'salary_text', e.value {member} 'contract_type',
       CAST(e.value {member} 'is_remote' AS {bool}), CAST(e.value {member} 'years_required' AS {int}), e.value {member} 'fingerprint',
       {from_us} CAST(e.value {member} 'posted_at' AS {int}), {from_us} CAST(e.value {member} 'expires_at' AS {int}), $2, $2, $2
FROM {each}($1) AS e WHERE TRUE
ON CONFLICT (source, external_id) DO UPDATE SET title = excluded.title, company = excluded.company, location = excluded.location,
       description = excluded.description, url = excluded.url, salary_min = excluded.salary_min, salary_max = excluded.salary_max,
       salary_currency = excluded.salary_currency, salary_text = excluded.salary_text, contract_type = excluded.contract_type,
       is_remote = excluded.is_remote, years_required = excluded.years_required, fingerprint = excluded.fingerprint,
       posted_at = excluded.posted_at, expires_at = excluded.expires_at,
       updated_at = CASE WHEN job_listings.title = excluded.title AND job_listings.company = excluded.company
              AND job_listings.location = excluded.location AND job_listings.description = excluded.description
              AND job_listings.url = excluded.url AND job_listings.salary_text = excluded.salary_text
              AND job_listings.contract_type = excluded.contract_type
              AND job_listings.salary_min IS NOT DISTINCT FROM excluded.salary_min
              AND job_listings.salary_max IS NOT DISTINCT FROM excluded.salary_max
              AND job_listings.expires_at IS NOT DISTINCT FROM excluded.expires_at
       THEN job_listings.updated_at ELSE excluded.updated_at END
RETURNING id, updated_at, source, external_id;

-- name: jobs_listings_forget_skills
-- $1: [{"id"}].
DELETE FROM job_listing_skills WHERE job_listing_id IN (SELECT CAST(e.value {member} 'id' AS {uuid}) FROM {each}($1) AS e);

-- name: jobs_listings_add_skills
-- $1: [{"id", "skills": [{"id"}]}], each listing once and without skills until now, each skill of it once.
INSERT INTO job_listing_skills (job_listing_id, skill_id)
SELECT CAST(e.value {member} 'id' AS {uuid}), s.value {member} 'id' FROM {each}($1) AS e CROSS JOIN {each}(e.value -> 'skills') AS s;

-- name: jobs_corpus
-- Every listing that is open at $1, by id, with what scoring and a row of the list need.
SELECT id, title, company, location, source, fingerprint, is_remote, years_required, posted_at, salary_min, salary_max, salary_currency,
       salary_text, contract_type, url
FROM job_listings WHERE expires_at IS NULL OR expires_at > $1 ORDER BY id;

-- name: jobs_corpus_skills
SELECT job_listing_id, skill_id FROM job_listing_skills ORDER BY job_listing_id, skill_id;

-- name: jobs_search
-- Ids of listings that hold the pattern $1 (lower case, escaped by $2) in a field people read, by id.
SELECT id FROM job_listings
WHERE lower(title) LIKE $1 ESCAPE $2 OR lower(company) LIKE $1 ESCAPE $2 OR lower(location) LIKE $1 ESCAPE $2
   OR lower(description) LIKE $1 ESCAPE $2
ORDER BY id;

-- name: jobs_descriptions
-- $1: [{"id"}].
SELECT id, description FROM job_listings WHERE id IN (SELECT CAST(e.value {member} 'id' AS {uuid}) FROM {each}($1) AS e);

-- name: jobs_listing_by_id
SELECT id, title, company, location, source, fingerprint, is_remote, years_required, posted_at, salary_min, salary_max, salary_currency,
       salary_text, contract_type, url, description, expires_at
FROM job_listings WHERE id = $1;

-- name: jobs_listing_skills
SELECT s.skill_id FROM job_listing_skills s WHERE s.job_listing_id = $1 ORDER BY s.skill_id;

-- name: jobs_demand
-- How many listings ask for each skill.
SELECT skill_id, COUNT(*) FROM job_listing_skills GROUP BY skill_id;

-- name: jobs_listings_count
SELECT COUNT(*) FROM job_listings;

-- name: jobs_person
SELECT target_roles, preferred_locations, years_of_experience FROM user_profiles WHERE user_id = $1;

-- name: jobs_person_skills
SELECT skill_id, is_verified FROM user_skills WHERE user_id = $1 ORDER BY skill_id;

-- name: jobs_person_resume
SELECT content_text FROM resumes WHERE user_id = $1 AND status = 'ready' ORDER BY uploaded_at DESC, id DESC LIMIT 1;

-- name: jobs_person_applications
-- Which listings somebody has on the board, by listing.
SELECT job_listing_id, id, status FROM job_applications WHERE user_id = $1 AND job_listing_id IS NOT NULL ORDER BY job_listing_id;

-- name: jobs_application_of_listing
SELECT id, status FROM job_applications WHERE user_id = $1 AND job_listing_id = $2;

-- name: jobs_application_from_listing
-- Puts a listing on the board, on top of its column; ids, title, company and address are copied so that they outlive the listing. One that is
-- there already stays as it is, and no row comes back.
INSERT INTO job_applications (id, user_id, job_listing_id, title, company, url, status, match_score, applied_on, position, created_at, updated_at)
SELECT $1, $2, l.id, l.title, l.company, l.url, $4, $5, $6,
       (SELECT COALESCE(MIN(a.position), 0) - 1 FROM job_applications a WHERE a.user_id = $2 AND a.status = $4), $7, $7
FROM job_listings l WHERE l.id = $3
ON CONFLICT (user_id, job_listing_id) DO NOTHING
RETURNING id;
