-- +goose Up
CREATE TABLE lock (
    token   TEXT    PRIMARY KEY,
    path    TEXT    NOT NULL, -- canonical tree path
    shared  INTEGER NOT NULL,
    subtree INTEGER NOT NULL,
    owner   TEXT    NOT NULL, -- free text of the client
    by_kind INTEGER NOT NULL,
    by_id   TEXT    NOT NULL,
    by_name TEXT    NOT NULL,
    door    TEXT    NOT NULL,
    timeout INTEGER NOT NULL, -- ns
    until   INTEGER NOT NULL  -- ns since 1970
);

-- +goose Down
DROP TABLE lock;
