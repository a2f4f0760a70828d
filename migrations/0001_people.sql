-- People, their accounts and what they told us. User-owned tables carry user_id in their key, so that they can be sharded by it.

CREATE TABLE users (
    id {uuid} PRIMARY KEY,
    clerk_id TEXT UNIQUE,
    email TEXT NOT NULL UNIQUE,
    username TEXT UNIQUE CHECK (length(username) BETWEEN 3 AND 50),
    first_name TEXT NOT NULL DEFAULT '',
    last_name TEXT NOT NULL DEFAULT '',
    role TEXT NOT NULL DEFAULT 'member' CHECK (role IN ('member', 'admin')),
    onboarding_step {int} NOT NULL DEFAULT 0 CHECK (onboarding_step BETWEEN 0 AND 5),
    onboarding_completed {bool} NOT NULL DEFAULT FALSE,
    onboarding_skipped {bool} NOT NULL DEFAULT FALSE,
    last_seen_activity_at {time},
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
) {table};

-- The password of a local account; people who sign in elsewhere have no row.
CREATE TABLE accounts (
    user_id {uuid} PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    password_hash TEXT NOT NULL,
    password_changed_at {time} NOT NULL
) {table};

-- A session is known by the hash of its token alone.
CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY,
    user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at {time} NOT NULL,
    last_used_at {time} NOT NULL,
    expires_at {time} NOT NULL,
    user_agent TEXT NOT NULL DEFAULT ''
) {clustered};
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE user_profiles (
    user_id {uuid} PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    target_roles {json} NOT NULL,
    preferred_locations {json} NOT NULL,
    years_of_experience {int} CHECK (years_of_experience BETWEEN 0 AND 50),
    salary_expectation_min {int} CHECK (salary_expectation_min >= 0),
    salary_expectation_max {int} CHECK (salary_expectation_max >= salary_expectation_min),
    salary_currency TEXT CHECK (length(salary_currency) = 3),
    is_public {bool} NOT NULL DEFAULT FALSE,
    public_bio TEXT,
    headline TEXT,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
) {table};

CREATE TABLE user_education (
    id {uuid} NOT NULL,
    user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    degree TEXT NOT NULL,
    institution TEXT NOT NULL,
    field_of_study TEXT NOT NULL DEFAULT '',
    start_year {int} CHECK (start_year BETWEEN 1940 AND 2100),
    end_year {int} CHECK (end_year BETWEEN 1940 AND 2100),
    position {int} NOT NULL DEFAULT 0,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    PRIMARY KEY (user_id, id)
) {table};

CREATE TABLE user_work_history (
    id {uuid} NOT NULL,
    user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    company TEXT NOT NULL,
    start_month TEXT NOT NULL DEFAULT '',
    end_month TEXT NOT NULL DEFAULT '',
    description TEXT NOT NULL DEFAULT '',
    position {int} NOT NULL DEFAULT 0,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    PRIMARY KEY (user_id, id)
) {table};

-- The current resume of a person: extracted text and its chunks; the file itself is not kept.
CREATE TABLE resumes (
    id {uuid} NOT NULL,
    user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    file_name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('processing', 'ready', 'failed')),
    error TEXT NOT NULL DEFAULT '',
    content_text TEXT NOT NULL DEFAULT '',
    contact {json},
    uploaded_at {time} NOT NULL,
    PRIMARY KEY (user_id, id)
) {table};

CREATE TABLE resume_chunks (
    user_id {uuid} NOT NULL,
    resume_id {uuid} NOT NULL,
    chunk_index {int} NOT NULL,
    section TEXT NOT NULL CHECK (section IN ('summary', 'experience', 'education', 'skills', 'projects', 'other')),
    content_text TEXT NOT NULL,
    PRIMARY KEY (user_id, resume_id, chunk_index),
    FOREIGN KEY (user_id, resume_id) REFERENCES resumes (user_id, id) ON DELETE CASCADE
) {table};

-- Uploaded bytes wait here for the sandboxed reader, so that a crash loses no accepted upload; deleted when read.
CREATE TABLE resume_uploads (
    user_id {uuid} NOT NULL,
    resume_id {uuid} NOT NULL,
    content {blob} NOT NULL,
    PRIMARY KEY (user_id, resume_id),
    FOREIGN KEY (user_id, resume_id) REFERENCES resumes (user_id, id) ON DELETE CASCADE
) {table};

-- Skills recognised in the resume, offered as claims until the person accepts or dismisses them.
CREATE TABLE skill_suggestions (
    user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    skill_id TEXT NOT NULL,
    source TEXT NOT NULL,
    snippet TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'accepted', 'dismissed')),
    created_at {time} NOT NULL,
    PRIMARY KEY (user_id, skill_id)
) {clustered};
