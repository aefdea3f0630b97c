-- +goose Up
-- Named accounts, and devices: sub-accounts that act for one ('' in parent: for the owner of this computer).
CREATE TABLE account (
    id            TEXT    PRIMARY KEY, -- random, never reused
    kind          INTEGER NOT NULL,    -- access.Kind: account or device
    name          TEXT    NOT NULL,
    folded        TEXT    NOT NULL UNIQUE, -- the name as compared when somebody signs in
    parent        TEXT    NOT NULL,
    role          TEXT    NOT NULL,
    member_of     TEXT    NOT NULL, -- groups, one per line
    home          TEXT    NOT NULL,
    root          TEXT    NOT NULL, -- device: canonical tree path; of the time when root_node was noted, if that is set
    root_node     INTEGER NOT NULL,
    mask          INTEGER NOT NULL, -- device: access.Right
    settings      TEXT    NOT NULL, -- opaque
    disabled      INTEGER NOT NULL,
    password      TEXT    NOT NULL, -- PHC string, '' none
    password_only BLOB    UNIQUE,   -- keyed digest of the password, for accounts that may sign in without a name
    created       INTEGER NOT NULL, -- ns since 1970, as all times
    changed       INTEGER NOT NULL,
    seen          INTEGER NOT NULL  -- 0 never
);
CREATE INDEX account_parent ON account (parent);

-- Who is signed in. Only the digest of the secret is kept. kind and account name an identity which
-- need not have a row in account (the owner, accounts given at start).
CREATE TABLE session (
    id      TEXT    PRIMARY KEY,
    digest  BLOB    NOT NULL UNIQUE, -- SHA-256 of the secret
    kind    INTEGER NOT NULL,
    account TEXT    NOT NULL,
    seal    BLOB    NOT NULL, -- ties the session to the password of an account given at start
    secure  INTEGER NOT NULL, -- made over TLS: not accepted without
    fixed   INTEGER NOT NULL, -- ends when it said it would, however busy
    door    TEXT    NOT NULL,
    remote  TEXT    NOT NULL,
    client  TEXT    NOT NULL,
    created INTEGER NOT NULL,
    seen    INTEGER NOT NULL,
    expires INTEGER NOT NULL
);
CREATE INDEX session_account ON session (kind, account);

CREATE TABLE token (
    id        TEXT    PRIMARY KEY,
    digest    BLOB    NOT NULL UNIQUE, -- SHA-256 of the secret
    hint      TEXT    NOT NULL,        -- its first characters
    kind      INTEGER NOT NULL,
    account   TEXT    NOT NULL,
    seal      BLOB    NOT NULL,
    name      TEXT    NOT NULL,
    mask      INTEGER NOT NULL,
    root      TEXT    NOT NULL,
    root_node INTEGER NOT NULL,
    created   INTEGER NOT NULL,
    used      INTEGER NOT NULL, -- 0 never
    expires   INTEGER NOT NULL  -- 0 never
);
CREATE INDEX token_account ON token (kind, account);

CREATE TABLE ssh_key (
    account TEXT    NOT NULL,
    wire    BLOB    NOT NULL, -- public key as SSH sends it
    comment TEXT    NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (account, wire)
);

-- Random keys of this installation that have to outlive a restart.
CREATE TABLE keyring (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
);

-- +goose Down
DROP TABLE keyring;
DROP TABLE ssh_key;
DROP TABLE token;
DROP TABLE session;
DROP TABLE account;
