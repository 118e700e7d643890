-- Ids compare by their bytes, whatever the database's language.

CREATE TABLE sessions (
  number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id TEXT COLLATE "C" NOT NULL UNIQUE,
  workspace TEXT COLLATE "C" NOT NULL,
  parent TEXT COLLATE "C",
  document TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  status TEXT COLLATE "C" NOT NULL DEFAULT 'idle',
  stop_reason TEXT,
  unfinished INTEGER NOT NULL DEFAULT 0
);

-- jsonb cannot hold the character U+0000: U+FFFF stands in for it. A backslash before its escape
-- may itself be escaped.
CREATE FUNCTION searchable(document TEXT) RETURNS jsonb
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT regexp_replace(document, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\uffff', 'g')::jsonb $$;

CREATE INDEX sessions_by_workspace ON sessions (workspace, parent, number);

CREATE INDEX sessions_by_parent ON sessions (parent, number);

CREATE INDEX sessions_by_time ON sessions (created_at);

CREATE INDEX sessions_by_status ON sessions (status, number);

CREATE INDEX sessions_unfinished ON sessions (number) WHERE unfinished = 1;

CREATE INDEX sessions_by_document ON sessions USING gin (searchable(document) jsonb_path_ops);

-- Where each chain stood at its last acknowledged append: what was there may not go missing.
CREATE TABLE anchors (
  session BIGINT PRIMARY KEY,
  sequence BIGINT NOT NULL,
  link BYTEA NOT NULL
);

CREATE TABLE events (
  position BIGINT PRIMARY KEY,
  session BIGINT NOT NULL,
  sequence BIGINT NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  type TEXT COLLATE "C" NOT NULL,
  recorded_at BIGINT NOT NULL,
  principal TEXT NOT NULL,
  signature TEXT,
  stored BYTEA NOT NULL,
  digest BYTEA NOT NULL,
  link BYTEA NOT NULL,
  redacted_by BIGINT
);

CREATE UNIQUE INDEX events_by_sequence ON events (session, sequence);

CREATE UNIQUE INDEX events_by_id ON events (session, id);

-- The highest position that a deleted event had, so that no position is given out twice.
CREATE TABLE deleted (
  position BIGINT NOT NULL
);

INSERT INTO deleted VALUES (0);

-- Whoever writes takes a turn: the row is locked until its commit, and tells that others had one.
CREATE TABLE turn (
  number BIGINT NOT NULL
);

INSERT INTO turn VALUES (0);

CREATE TABLE client_keys (
  session BIGINT NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  first_sequence BIGINT NOT NULL,
  last_sequence BIGINT NOT NULL,
  PRIMARY KEY (session, key)
);

CREATE TABLE resources (
  number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  workspace TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  document TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (kind, id)
);

CREATE INDEX resources_by_workspace ON resources (kind, workspace, number);

CREATE INDEX resources_by_kind ON resources (kind, number);

CREATE INDEX resources_by_document ON resources USING gin (searchable(document) jsonb_path_ops);

CREATE TABLE leases (
  name TEXT COLLATE "C" PRIMARY KEY,
  holder TEXT NOT NULL,
  epoch BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);

CREATE TABLE cursors (
  name TEXT COLLATE "C" PRIMARY KEY,
  position BIGINT NOT NULL
);

-- Who refers to a blob: an event (session and position) or a resource (its number).
CREATE TABLE blob_references (
  sha256 TEXT COLLATE "C" NOT NULL,
  session BIGINT NOT NULL,
  resource BIGINT NOT NULL,
  position BIGINT NOT NULL,
  referred_at BIGINT NOT NULL,
  PRIMARY KEY (sha256, session, resource, position)
);

CREATE INDEX blob_references_by_owner ON blob_references (session, resource, position);
