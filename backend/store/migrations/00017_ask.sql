-- +goose Up
-- Shares that ask before they open, and what was answered about whom.
ALTER TABLE share ADD COLUMN ask INTEGER NOT NULL DEFAULT 0;
CREATE TABLE admission (
    scope   TEXT    NOT NULL, -- id of a share; or whose shares all, as "kind:id" of share.of_kind and of_id
    device  TEXT    NOT NULL, -- digest of a browser's secret, or "at" and an address
    allowed INTEGER NOT NULL,
    created INTEGER NOT NULL, -- ns since 1970
    PRIMARY KEY (scope, device)
) WITHOUT ROWID;

-- +goose Down
DROP TABLE admission;
ALTER TABLE share DROP COLUMN ask;
