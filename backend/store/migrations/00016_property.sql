-- +goose Up
-- What clients hung on a name (dead properties of WebDAV). They go with their node.
CREATE TABLE property (
    node  INTEGER NOT NULL,
    space TEXT    NOT NULL, -- namespace
    name  TEXT    NOT NULL,
    lang  TEXT    NOT NULL,
    value TEXT    NOT NULL  -- XML that stands by itself
);
CREATE UNIQUE INDEX property_name ON property (node, space, name);

-- +goose Down
DROP TABLE property;
