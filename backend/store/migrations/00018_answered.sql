-- +goose Up
-- Of whom an answer tells, so that it can be taken back.
ALTER TABLE admission ADD COLUMN remote TEXT NOT NULL DEFAULT ''; -- of the device when it asked
ALTER TABLE admission ADD COLUMN client TEXT NOT NULL DEFAULT '';
-- At a share: the device as it is known at all of its maker's shares, where it was let into all of them.
ALTER TABLE admission ADD COLUMN always TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE admission DROP COLUMN always;
ALTER TABLE admission DROP COLUMN client;
ALTER TABLE admission DROP COLUMN remote;
