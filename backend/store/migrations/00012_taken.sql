-- +goose Up
-- How much came through one identity, a device for example.
CREATE INDEX content_by ON content (by_kind, by_id, folder, size);

-- +goose Down
DROP INDEX content_by;
