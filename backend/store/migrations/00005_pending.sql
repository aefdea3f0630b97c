-- +goose Up
-- An index of unfinished writes. The truth of each is the journal beside its staging file.
CREATE TABLE pending (
    id      TEXT    PRIMARY KEY,
    volume  TEXT    NOT NULL,
    path    TEXT    NOT NULL, -- inside the volume
    by_kind INTEGER NOT NULL,
    by_id   TEXT    NOT NULL,
    by_name TEXT    NOT NULL,
    remote  TEXT    NOT NULL,
    size    INTEGER NOT NULL, -- announced, -1 unknown
    begun   INTEGER NOT NULL, -- ns since 1970
    expires INTEGER NOT NULL
);
CREATE INDEX pending_volume ON pending (volume);

-- A change of the disk that has begun: written before it, removed with the record of it. What is
-- found here at start was cut by a crash and is finished or forgotten.
CREATE TABLE intent (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    volume TEXT    NOT NULL,
    data   BLOB    NOT NULL
);
CREATE INDEX intent_volume ON intent (volume);

-- +goose Down
DROP TABLE intent;
DROP TABLE pending;
