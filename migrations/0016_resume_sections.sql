-- Certifications and languages are sections of their own. Chunks that were read before keep theirs.

CREATE TABLE resume_chunks_new (
    user_id {uuid} NOT NULL,
    resume_id {uuid} NOT NULL,
    chunk_index {int} NOT NULL,
    section TEXT NOT NULL CHECK (section IN ('summary', 'experience', 'education', 'skills', 'projects', 'certifications', 'languages', 'other')),
    content_text TEXT NOT NULL,
    PRIMARY KEY (user_id, resume_id, chunk_index),
    FOREIGN KEY (user_id, resume_id) REFERENCES resumes (user_id, id) ON DELETE CASCADE
) {table};
INSERT INTO resume_chunks_new (user_id, resume_id, chunk_index, section, content_text)
SELECT user_id, resume_id, chunk_index, section, content_text FROM resume_chunks;
DROP TABLE resume_chunks;
ALTER TABLE resume_chunks_new RENAME TO resume_chunks;
