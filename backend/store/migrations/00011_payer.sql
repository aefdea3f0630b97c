-- +goose Up
-- Whose room content takes: the account behind a link, token or device ("account:ID", "owner:").
ALTER TABLE content ADD COLUMN payer TEXT NOT NULL DEFAULT '';
ALTER TABLE attic ADD COLUMN payer TEXT NOT NULL DEFAULT '';
-- Versions hang on the node of their name, so that they follow it.
ALTER TABLE attic ADD COLUMN node INTEGER NOT NULL DEFAULT 0;
CREATE INDEX attic_node ON attic (node, kind, at);
CREATE INDEX content_payer ON content (payer, folder, size);
CREATE INDEX attic_payer ON attic (payer, kind, size);

-- +goose Down
DROP INDEX attic_payer;
DROP INDEX attic_node;
DROP INDEX content_payer;
ALTER TABLE attic DROP COLUMN node;
ALTER TABLE attic DROP COLUMN payer;
ALTER TABLE content DROP COLUMN payer;
