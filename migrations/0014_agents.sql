-- What the agents prepare and read for people: drafts of applications, answers of employers, and how much each skill is asked for.

ALTER TABLE user_profiles ADD COLUMN wants_drafts {bool} NOT NULL DEFAULT FALSE;
ALTER TABLE user_profiles ADD COLUMN drafts_min_score {int} NOT NULL DEFAULT 70 CHECK (drafts_min_score BETWEEN 0 AND 100);

-- An application that the action agent prepared and nobody has sent: the person takes it onto the board or discards it. One a listing, whatever became of it.
CREATE TABLE application_drafts (
    id {uuid} NOT NULL,
    user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    job_listing_id {uuid} REFERENCES job_listings (id) ON DELETE SET NULL,
    title TEXT NOT NULL,
    company TEXT NOT NULL DEFAULT '',
    url TEXT NOT NULL DEFAULT '',
    match_score {real} NOT NULL,
    cover_note TEXT NOT NULL,
    evidence {json} NOT NULL, -- [{"verification_id", "skill_id"}]: what the note quotes
    status TEXT NOT NULL DEFAULT 'drafted' CHECK (status IN ('drafted', 'accepted', 'discarded')),
    created_at {time} NOT NULL,
    decided_at {time},
    PRIMARY KEY (user_id, id),
    UNIQUE (user_id, job_listing_id)
) {table};
CREATE INDEX application_drafts_by_listing ON application_drafts (job_listing_id);
CREATE INDEX application_drafts_waiting ON application_drafts (user_id, created_at) WHERE status = 'drafted';

-- What an employer wrote back, as the person pasted it, and what the strategist found in it.
CREATE TABLE application_rejections (
    id {uuid} NOT NULL,
    user_id {uuid} NOT NULL,
    application_id {uuid} NOT NULL,
    content_text TEXT NOT NULL,
    findings {json}, -- {"gaps": [{"skill_id", "source", "quote", "start", "end"}]}; NULL until it was read
    created_at {time} NOT NULL,
    PRIMARY KEY (user_id, id),
    FOREIGN KEY (user_id, application_id) REFERENCES job_applications (user_id, id) ON DELETE CASCADE
) {table};
CREATE INDEX application_rejections_by_application ON application_rejections (user_id, application_id, created_at);

-- How much listings of late ask for a skill, in steps, so that plans change when something has changed and not with every listing.
CREATE TABLE market_demand (
    skill_id TEXT PRIMARY KEY REFERENCES skills (id),
    listings {int} NOT NULL,
    total_listings {int} NOT NULL,
    one_in {int} NOT NULL, -- at least one listing in 3, 5, 10, 20 or 50 asks for it; 0: fewer
    changed_at {time} NOT NULL
) {clustered};
