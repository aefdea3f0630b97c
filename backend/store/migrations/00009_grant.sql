-- +goose Up
-- Who may do what where. A folder with any row has a list of its own, which decides alone.
CREATE TABLE grants (
    volume     TEXT    NOT NULL, -- name of the volume
    node       INTEGER NOT NULL, -- the folder, wherever it moves; 0: whatever is at path
    path       TEXT    NOT NULL, -- canonical tree path, of the time when node was noted
    who_kind   INTEGER NOT NULL, -- access.Subject
    who_id     TEXT    NOT NULL,
    who_group  TEXT    NOT NULL,
    rights     INTEGER NOT NULL, -- access.Right; 0 keeps off what is granted above
    by_name    TEXT    NOT NULL,
    created    INTEGER NOT NULL, -- ns since 1970
    PRIMARY KEY (volume, node, path, who_kind, who_id, who_group)
);
CREATE INDEX grants_who ON grants (who_id);

-- +goose Down
DROP TABLE grants;
