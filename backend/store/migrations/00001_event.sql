-- +goose Up
-- What happened, in order. path and from_path are text whose bytes may be any (names come from disks).
CREATE TABLE event (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    time      INTEGER NOT NULL, -- ns since 1970, never before that of a smaller id
    kind      TEXT    NOT NULL,
    path      TEXT    NOT NULL,
    from_path TEXT    NOT NULL,
    node      INTEGER NOT NULL,
    size      INTEGER NOT NULL,
    count     INTEGER NOT NULL,
    hash      TEXT    NOT NULL,
    door      TEXT    NOT NULL,
    remote    TEXT    NOT NULL,
    client    TEXT    NOT NULL,
    identity  TEXT    NOT NULL,
    name      TEXT    NOT NULL,
    batch     TEXT    NOT NULL,
    code      TEXT    NOT NULL,
    text      TEXT    NOT NULL
);

-- One row that a flush changes, so that its commit carries earlier ones to the disk.
CREATE TABLE beat (n INTEGER NOT NULL);
INSERT INTO beat (n) VALUES (0);

-- +goose Down
DROP TABLE beat;
DROP TABLE event;
