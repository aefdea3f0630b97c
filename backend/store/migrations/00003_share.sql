-- +goose Up
CREATE TABLE share (
    id       TEXT    PRIMARY KEY,
    link_key TEXT    NOT NULL UNIQUE, -- readable, folded: it must be shown again as a QR code
    node     INTEGER NOT NULL, -- what is shared, wherever it moves; 0: whatever is at path
    path     TEXT    NOT NULL, -- canonical tree path of it, of the time when node was noted
    file     INTEGER NOT NULL, -- a single file
    title    TEXT    NOT NULL,
    by_kind  INTEGER NOT NULL, -- the maker, whose present rights bound the share
    by_id    TEXT    NOT NULL,
    by_name  TEXT    NOT NULL,
    of_kind  INTEGER NOT NULL, -- whose it is: the maker, or whom the maker acted for
    of_id    TEXT    NOT NULL,
    preset   TEXT    NOT NULL,
    mask     INTEGER NOT NULL, -- access.Right
    created  INTEGER NOT NULL, -- ns since 1970, as all times
    expires  INTEGER NOT NULL, -- 0 never
    max_uses INTEGER NOT NULL, -- 0 no limit
    uses     INTEGER NOT NULL,
    password TEXT    NOT NULL, -- PHC string, '' none
    networks TEXT    NOT NULL, -- address prefixes, one per line
    public   INTEGER NOT NULL, -- may be reached from outside of local networks
    paused   INTEGER NOT NULL,
    opened   INTEGER NOT NULL, -- 0 never
    ended    INTEGER NOT NULL  -- when its expiry was told as an event; 0 not yet
);
CREATE INDEX share_of ON share (of_kind, of_id);
CREATE INDEX share_expires ON share (expires) WHERE expires > 0;

-- +goose Down
DROP TABLE share;
