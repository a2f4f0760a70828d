-- Listings, applications, the market, and what recruiters do.

CREATE TABLE job_listings (
    id {uuid} PRIMARY KEY,
    source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    title TEXT NOT NULL,
    company TEXT NOT NULL DEFAULT '',
    location TEXT NOT NULL DEFAULT '',
    description TEXT NOT NULL DEFAULT '',
    url TEXT NOT NULL DEFAULT '',
    salary_min {int},
    salary_max {int},
    salary_currency TEXT,
    salary_text TEXT NOT NULL DEFAULT '',
    contract_type TEXT NOT NULL DEFAULT '',
    is_remote {bool} NOT NULL DEFAULT FALSE,
    years_required {int},
    fingerprint TEXT NOT NULL DEFAULT '', -- alike for an advertisement that is posted again under another id
    posted_at {time},
    expires_at {time},
    first_seen_at {time} NOT NULL,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    UNIQUE (source, external_id)
) {table};
CREATE INDEX job_listings_by_posted ON job_listings (posted_at);
CREATE INDEX job_listings_by_expiry ON job_listings (expires_at);

CREATE TABLE job_listing_skills (
    job_listing_id {uuid} NOT NULL REFERENCES job_listings (id) ON DELETE CASCADE,
    skill_id TEXT NOT NULL REFERENCES skills (id),
    PRIMARY KEY (job_listing_id, skill_id)
) {clustered};
CREATE INDEX job_listing_skills_by_skill ON job_listing_skills (skill_id, job_listing_id);

-- Matches that somebody was told about: nobody hears of a listing twice.
CREATE TABLE job_matches_told (
    user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    job_listing_id {uuid} NOT NULL REFERENCES job_listings (id) ON DELETE CASCADE,
    told_at {time} NOT NULL,
    PRIMARY KEY (user_id, job_listing_id)
) {clustered};
CREATE INDEX job_matches_told_by_listing ON job_matches_told (job_listing_id);

CREATE TABLE job_applications (
    id {uuid} NOT NULL,
    user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    job_listing_id {uuid} REFERENCES job_listings (id) ON DELETE SET NULL,
    title TEXT NOT NULL,
    company TEXT NOT NULL DEFAULT '',
    url TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL CHECK (status IN ('saved', 'applied', 'interviewing', 'offer', 'rejected')),
    notes TEXT NOT NULL DEFAULT '',
    match_score {real},
    applied_on TEXT,
    next_step_on TEXT,
    position {int} NOT NULL DEFAULT 0,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    PRIMARY KEY (user_id, id),
    UNIQUE (user_id, job_listing_id)
) {table};
CREATE INDEX job_applications_by_listing ON job_applications (job_listing_id);
CREATE INDEX job_applications_by_status ON job_applications (user_id, status, position);

CREATE TABLE application_documents (
    id {uuid} NOT NULL,
    user_id {uuid} NOT NULL,
    application_id {uuid} NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('cover_letter', 'resume', 'other')),
    content_text TEXT NOT NULL,
    created_at {time} NOT NULL,
    PRIMARY KEY (user_id, id),
    FOREIGN KEY (user_id, application_id) REFERENCES job_applications (user_id, id) ON DELETE CASCADE
) {table};

CREATE TABLE market_insights (
    id {uuid} PRIMARY KEY,
    skill_id TEXT NOT NULL REFERENCES skills (id),
    period TEXT NOT NULL,
    listings {int} NOT NULL,
    total_listings {int} NOT NULL, -- of that period and source; demand_score is listings of these
    demand_score {real} NOT NULL,
    source TEXT NOT NULL,
    computed_at {time} NOT NULL,
    UNIQUE (skill_id, period, source)
) {table};

-- The recruiter is no user; the student decides.
CREATE TABLE connection_requests (
    id {uuid} NOT NULL,
    student_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    recruiter_name TEXT NOT NULL,
    recruiter_email TEXT NOT NULL,
    recruiter_company TEXT NOT NULL DEFAULT '',
    recruiter_linkedin TEXT NOT NULL DEFAULT '',
    message TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'accepted', 'declined')),
    created_at {time} NOT NULL,
    responded_at {time},
    PRIMARY KEY (student_id, id)
) {table};
CREATE INDEX connection_requests_by_student ON connection_requests (student_id, created_at);

-- Every question a twin was asked, for its owner to see.
CREATE TABLE twin_questions (
    id {uuid} NOT NULL,
    user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    question TEXT NOT NULL,
    reply TEXT NOT NULL,
    answered {bool} NOT NULL,
    citations {json} NOT NULL,
    asked_at {time} NOT NULL,
    PRIMARY KEY (user_id, id)
) {table};
CREATE INDEX twin_questions_by_time ON twin_questions (user_id, asked_at);

CREATE TABLE document_embeddings (
    id {uuid} PRIMARY KEY,
    source_type TEXT NOT NULL,
    source_id TEXT NOT NULL,
    user_id {uuid} REFERENCES users (id) ON DELETE CASCADE,
    chunk_text TEXT NOT NULL,
    chunk_index {int} NOT NULL DEFAULT 0,
    model TEXT NOT NULL,
    dimensions {int} NOT NULL,
    content_hash TEXT NOT NULL,
    embedding {blob} NOT NULL,
    metadata {json},
    created_at {time} NOT NULL,
    UNIQUE (source_type, source_id, chunk_index, model)
) {table};
CREATE INDEX document_embeddings_by_user ON document_embeddings (user_id);
