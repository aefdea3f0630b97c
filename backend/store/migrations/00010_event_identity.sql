-- +goose Up
-- What one party did, newest first, without reading what everybody else did.
CREATE INDEX event_identity ON event (identity);

-- +goose Down
DROP INDEX event_identity;
