-- +goose Up
-- Which of many visitors with one identity (guests, holders of a link) wrote, replaced or began
-- something: the digest of a secret that only that visitor has.
ALTER TABLE content ADD COLUMN visit TEXT NOT NULL DEFAULT '';
ALTER TABLE pending ADD COLUMN visit TEXT NOT NULL DEFAULT '';
ALTER TABLE attic ADD COLUMN visit TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE attic DROP COLUMN visit;
ALTER TABLE pending DROP COLUMN visit;
ALTER TABLE content DROP COLUMN visit;
