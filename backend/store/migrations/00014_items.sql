-- +goose Up
-- Of a share of several things of one folder: their names, each behind a zero byte but the first, those
-- of folders with a slash at the end. Empty: the share is of all of what it is of.
ALTER TABLE share ADD COLUMN items TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE share DROP COLUMN items;
