ALTER TABLE sessions ADD COLUMN parent TEXT;

-- Where each log stands by its last status event: an index of what the fold says.
ALTER TABLE sessions ADD COLUMN status TEXT NOT NULL DEFAULT 'idle';

ALTER TABLE sessions ADD COLUMN stop_reason TEXT;

-- 1 when the last event is neither session.status_idle nor session.status_terminated.
ALTER TABLE sessions ADD COLUMN unfinished INTEGER NOT NULL DEFAULT 0;

UPDATE sessions SET
  unfinished = coalesce((SELECT type NOT IN ('session.status_idle', 'session.status_terminated')
    FROM events WHERE session = number ORDER BY sequence DESC LIMIT 1), 0),
  status = coalesce((SELECT
      CASE type WHEN 'session.status_rescheduled' THEN 'rescheduling' ELSE substr(type, 16) END
    FROM events WHERE session = number AND type IN ('session.status_idle', 'session.status_running',
      'session.status_rescheduled', 'session.status_terminated')
    ORDER BY sequence DESC LIMIT 1), 'idle');

UPDATE sessions SET
  stop_reason = (SELECT json_extract(CAST(stored AS TEXT), '$.event.stop_reason')
    FROM events WHERE session = number AND type = 'session.status_idle'
    ORDER BY sequence DESC LIMIT 1)
  WHERE status = 'idle';

DROP INDEX sessions_by_workspace;

-- They end with what a list filters by, so that it need not read the rows it leaves out.
CREATE INDEX sessions_by_workspace ON sessions (workspace, parent, number, created_at, status);

CREATE INDEX sessions_by_parent ON sessions (parent, number, created_at, status);

CREATE INDEX sessions_unfinished ON sessions (number) WHERE unfinished = 1;

CREATE INDEX resources_by_kind ON resources (kind, number, created_at);
