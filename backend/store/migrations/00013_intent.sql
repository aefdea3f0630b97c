-- +goose Up
-- Every change of a file writes a row here and takes it away again: it is kept to one page.
CREATE TABLE begun (
    id     INTEGER PRIMARY KEY,
    volume TEXT    NOT NULL,
    data   BLOB    NOT NULL
);
INSERT INTO begun (id, volume, data) SELECT id, volume, data FROM intent;
DROP TABLE intent;
ALTER TABLE begun RENAME TO intent;

-- +goose Down
CREATE TABLE begun (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    volume TEXT    NOT NULL,
    data   BLOB    NOT NULL
);
INSERT INTO begun (id, volume, data) SELECT id, volume, data FROM intent;
DROP TABLE intent;
ALTER TABLE begun RENAME TO intent;
CREATE INDEX intent_volume ON intent (volume);
