-- +goose Up
-- A place of the tree that something hangs on. The root of a volume is (0, volume name); a folder of
-- a million files that nobody asked about has no rows here. Names are bytes as the disk keeps them.
CREATE TABLE node (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    parent INTEGER NOT NULL,
    name   TEXT    NOT NULL
);
CREATE UNIQUE INDEX node_place ON node (parent, name);

-- What is known of a node's content and where it came from. sha256 and crc32 hold only while the
-- object still has this version.
CREATE TABLE content (
    node      INTEGER PRIMARY KEY,
    folder    INTEGER NOT NULL, -- 1: a folder, made here: provenance only
    version   TEXT    NOT NULL,
    size      INTEGER NOT NULL,
    sha256    BLOB    NOT NULL, -- 32 bytes, or empty: unknown
    crc32     INTEGER NOT NULL,
    by_kind   INTEGER NOT NULL,
    by_id     TEXT    NOT NULL,
    by_name   TEXT    NOT NULL,
    door      TEXT    NOT NULL,
    remote    TEXT    NOT NULL,
    arrived   INTEGER NOT NULL, -- ns since 1970
    announced INTEGER NOT NULL  -- 0: an empty placeholder which no event told of
);

-- +goose Down
DROP TABLE content;
DROP TABLE node;
