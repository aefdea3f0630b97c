-- +goose Up
-- Values that only their owner understands, as JSON; scope is "server" or an account's id.
CREATE TABLE setting (
    scope   TEXT    NOT NULL,
    key     TEXT    NOT NULL,
    value   TEXT    NOT NULL,
    changed INTEGER NOT NULL, -- ns since 1970
    PRIMARY KEY (scope, key)
) WITHOUT ROWID;

-- +goose Down
DROP TABLE setting;
