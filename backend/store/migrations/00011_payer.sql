-- +goose Up
-- Whose room content takes: the account behind a link, token or device ("account:ID", "owner:").
ALTER TABLE content ADD COLUMN payer TEXT NOT NULL DEFAULT '';
ALTER TABLE attic ADD COLUMN payer TEXT NOT NULL DEFAULT '';
CREATE INDEX content_payer ON content (payer, folder, size);
CREATE INDEX attic_payer ON attic (payer, kind, size);

-- +goose Down
DROP INDEX attic_payer;
DROP INDEX content_payer;
ALTER TABLE attic DROP COLUMN payer;
ALTER TABLE content DROP COLUMN payer;
