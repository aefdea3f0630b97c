-- +goose Up
-- What lies in the hidden folders of the volumes: removed things, and content that was replaced.
CREATE TABLE attic (
    id      TEXT    PRIMARY KEY, -- also its name in the hidden folder
    kind    TEXT    NOT NULL,    -- trash, versions, or purge: to be removed for good
    volume  TEXT    NOT NULL,
    path    TEXT    NOT NULL,    -- where it was, inside the volume
    near    TEXT    NOT NULL,    -- the folder whose hidden folder holds it, inside the volume
    folder  INTEGER NOT NULL,
    size    INTEGER NOT NULL,    -- bytes in all
    files   INTEGER NOT NULL,
    folders INTEGER NOT NULL,
    sha256  BLOB    NOT NULL,
    crc32   INTEGER NOT NULL,
    by_kind INTEGER NOT NULL,    -- who removed or replaced it
    by_id   TEXT    NOT NULL,
    by_name TEXT    NOT NULL,
    remote  TEXT    NOT NULL,
    at      INTEGER NOT NULL     -- ns since 1970
);
CREATE INDEX attic_path ON attic (volume, kind, path);
CREATE INDEX attic_at ON attic (volume, kind, at);

-- +goose Down
DROP TABLE attic;
