CREATE TABLE sessions (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  workspace TEXT NOT NULL,
  document TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX sessions_by_workspace ON sessions (workspace, number);

-- Where each chain stood at its last acknowledged append: what was there may not go missing.
CREATE TABLE anchors (
  session INTEGER PRIMARY KEY,
  sequence INTEGER NOT NULL,
  link BLOB NOT NULL
) STRICT;

CREATE TABLE events (
  position INTEGER PRIMARY KEY,
  session INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  id TEXT NOT NULL,
  type TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  principal TEXT NOT NULL,
  signature TEXT,
  stored BLOB NOT NULL,
  digest BLOB NOT NULL,
  link BLOB NOT NULL,
  redacted_by INTEGER
) STRICT;

CREATE UNIQUE INDEX events_by_sequence ON events (session, sequence);

CREATE UNIQUE INDEX events_by_id ON events (session, id);

-- The highest position that a deleted event had, so that no position is given out twice.
CREATE TABLE deleted (
  position INTEGER NOT NULL
) STRICT;

INSERT INTO deleted VALUES (0);

CREATE TABLE client_keys (
  session INTEGER NOT NULL,
  key TEXT NOT NULL,
  first_sequence INTEGER NOT NULL,
  last_sequence INTEGER NOT NULL,
  PRIMARY KEY (session, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE resources (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  workspace TEXT NOT NULL,
  version INTEGER NOT NULL,
  document TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (kind, id)
) STRICT;

CREATE INDEX resources_by_workspace ON resources (kind, workspace, number);

CREATE TABLE leases (
  name TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE cursors (
  name TEXT PRIMARY KEY,
  position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who refers to a blob: an event (session and position) or a resource (its number).
CREATE TABLE blob_references (
  sha256 TEXT NOT NULL,
  session INTEGER NOT NULL,
  resource INTEGER NOT NULL,
  position INTEGER NOT NULL,
  referred_at INTEGER NOT NULL,
  PRIMARY KEY (sha256, session, resource, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX blob_references_by_owner ON blob_references (session, resource, position);
