-- The catalogue, the claims, the interviews and the proofs.

CREATE TABLE skills (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    field TEXT NOT NULL,
    category TEXT NOT NULL,
    created_at {time} NOT NULL
) {table};

CREATE TABLE user_skills (
    id {uuid} NOT NULL,
    user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    skill_id TEXT NOT NULL REFERENCES skills (id),
    proficiency_level TEXT NOT NULL CHECK (proficiency_level IN ('beginner', 'intermediate', 'proficient', 'expert')),
    source TEXT NOT NULL DEFAULT 'claimed',
    verification_metadata {json},
    is_verified {bool} NOT NULL DEFAULT FALSE,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    PRIMARY KEY (user_id, id),
    UNIQUE (user_id, skill_id)
) {clustered};
CREATE INDEX user_skills_by_skill ON user_skills (skill_id);

CREATE TABLE interviews (
    id {uuid} NOT NULL,
    user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role_title TEXT NOT NULL,
    mode TEXT NOT NULL DEFAULT 'text' CHECK (mode IN ('text', 'voice')),
    status TEXT NOT NULL CHECK (status IN ('scheduled', 'in_progress', 'completed', 'analyzed', 'abandoned')),
    plan {json} NOT NULL,
    state {json} NOT NULL,
    outcome {json},
    started_at {time},
    completed_at {time},
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    PRIMARY KEY (user_id, id)
) {table};
CREATE UNIQUE INDEX interviews_by_id ON interviews (id);
CREATE INDEX interviews_by_user_time ON interviews (user_id, created_at);

-- The transcript, one row a turn, written by the server alone.
CREATE TABLE interview_turns (
    user_id {uuid} NOT NULL,
    interview_id {uuid} NOT NULL,
    turn_index {int} NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
    content_text TEXT NOT NULL,
    skill_id TEXT,
    message_id TEXT,
    created_at {time} NOT NULL,
    PRIMARY KEY (user_id, interview_id, turn_index),
    UNIQUE (user_id, interview_id, message_id),
    FOREIGN KEY (user_id, interview_id) REFERENCES interviews (user_id, id) ON DELETE CASCADE
) {table};

CREATE TABLE skill_verifications (
    id {uuid} NOT NULL,
    user_id {uuid} NOT NULL,
    user_skill_id {uuid} NOT NULL,
    interview_id {uuid} NOT NULL,
    verification_type TEXT NOT NULL CHECK (verification_type IN ('live_coding', 'concept_explanation', 'project_demo')),
    confidence {real} NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    snippet TEXT NOT NULL CHECK (length(snippet) > 0),
    turn_index {int} NOT NULL,
    start_offset {int} NOT NULL,
    end_offset {int} NOT NULL,
    summary TEXT NOT NULL,
    raw_data {json} NOT NULL,
    verified_at {time} NOT NULL,
    PRIMARY KEY (user_id, id),
    UNIQUE (user_id, interview_id, user_skill_id, turn_index, start_offset),
    FOREIGN KEY (user_id, user_skill_id) REFERENCES user_skills (user_id, id) ON DELETE CASCADE,
    FOREIGN KEY (user_id, interview_id) REFERENCES interviews (user_id, id) ON DELETE CASCADE
) {table};
CREATE INDEX skill_verifications_by_skill ON skill_verifications (user_id, user_skill_id, verified_at);
CREATE INDEX skill_verifications_by_time ON skill_verifications (user_id, verified_at);

CREATE TABLE roadmaps (
    id {uuid} NOT NULL,
    user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    target_role TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'archived')),
    reason TEXT NOT NULL DEFAULT '',
    last_change {json},
    version {int} NOT NULL DEFAULT 1,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    PRIMARY KEY (user_id, id)
) {table};
CREATE UNIQUE INDEX roadmaps_one_active ON roadmaps (user_id) WHERE status = 'active';

CREATE TABLE roadmap_modules (
    id {uuid} NOT NULL,
    user_id {uuid} NOT NULL,
    roadmap_id {uuid} NOT NULL,
    skill_id TEXT REFERENCES skills (id),
    title TEXT NOT NULL,
    summary TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('learn', 'deepen', 'prove')),
    hours {int} NOT NULL CHECK (hours BETWEEN 1 AND 500),
    position {int} NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'in_progress', 'completed', 'dropped')),
    completed_at {time},
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    PRIMARY KEY (user_id, id),
    FOREIGN KEY (user_id, roadmap_id) REFERENCES roadmaps (user_id, id) ON DELETE CASCADE
) {clustered};
CREATE INDEX roadmap_modules_by_roadmap ON roadmap_modules (user_id, roadmap_id, position);
