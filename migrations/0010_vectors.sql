-- The vectors of one owner, or of the shared corpus, page by page in the order of ids.
CREATE INDEX document_embeddings_by_owner ON document_embeddings (source_type, model, dimensions, user_id, id);
