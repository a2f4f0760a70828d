-- name: vectors_put
-- Changes nothing when the same source is somebody else's.
INSERT INTO document_embeddings (id, source_type, source_id, user_id, chunk_text, chunk_index, model, dimensions, content_hash, embedding, metadata, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (source_type, source_id, chunk_index, model) DO UPDATE SET user_id = excluded.user_id, chunk_text = excluded.chunk_text,
  dimensions = excluded.dimensions, content_hash = excluded.content_hash, embedding = excluded.embedding, metadata = excluded.metadata
  WHERE document_embeddings.user_id = excluded.user_id OR (document_embeddings.user_id IS NULL AND excluded.user_id IS NULL);

-- name: vectors_delete
DELETE FROM document_embeddings WHERE source_type = $1 AND source_id = $2 AND (user_id = $3 OR (CAST($3 AS {uuid}) IS NULL AND user_id IS NULL));

-- name: vectors_page_own
-- The next documents of a person after an id, in the order of ids (and of the index, which has the person before them).
SELECT id, source_id, chunk_index, embedding, metadata FROM document_embeddings
WHERE source_type = $1 AND model = $2 AND dimensions = $3 AND id > $4 AND user_id = $6
ORDER BY user_id, id LIMIT $5;

-- name: vectors_page_shared
-- The same of the shared corpus.
SELECT id, source_id, chunk_index, embedding, metadata FROM document_embeddings
WHERE source_type = $1 AND model = $2 AND dimensions = $3 AND id > $4 AND user_id IS NULL
ORDER BY user_id, id LIMIT $5;
