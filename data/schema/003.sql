-- The gateway: who may ask for what, how a workload is called, what it may cost, and what was passed over or moved.
-- Times are microseconds UTC, money is nano-units. Unknown is NULL, never 0.

-- ------------------------------------------------------------------ who may ask
ALTER TABLE access_key ADD COLUMN expires_at INTEGER NOT NULL DEFAULT 0;
-- May ask for any provider/model by its name; the models of access_key_model always.
ALTER TABLE access_key ADD COLUMN any_model INTEGER NOT NULL DEFAULT 0 CHECK (any_model IN (0, 1));
-- No row: every workload.
CREATE TABLE access_key_workload (
  key_id      INTEGER NOT NULL REFERENCES access_key (id),
  workload_id INTEGER NOT NULL REFERENCES workload (id),
  PRIMARY KEY (key_id, workload_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE access_key_model (
  key_id   INTEGER NOT NULL REFERENCES access_key (id),
  model_id INTEGER NOT NULL REFERENCES model (id),
  PRIMARY KEY (key_id, model_id)
) STRICT, WITHOUT ROWID;

-- Limits of one process, over all keys of a principal. 0: none.
ALTER TABLE principal ADD COLUMN calls_per_minute INTEGER NOT NULL DEFAULT 0 CHECK (calls_per_minute >= 0);
ALTER TABLE principal ADD COLUMN calls_at_once INTEGER NOT NULL DEFAULT 0 CHECK (calls_at_once >= 0);

-- For whom a tool says that it calls. The name is personal text, apart, as a principal's.
CREATE TABLE behalf (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  principal_id INTEGER NOT NULL REFERENCES principal (id),
  created_at   INTEGER NOT NULL
) STRICT;
CREATE TABLE behalf_personal (
  behalf_id    INTEGER PRIMARY KEY REFERENCES behalf (id),
  principal_id INTEGER NOT NULL REFERENCES principal (id),
  name         TEXT NOT NULL,
  UNIQUE (principal_id, name)
) STRICT;

-- ------------------------------------------------------------------ how a workload is called
-- Milliseconds; 0: as usual.
ALTER TABLE workload ADD COLUMN connect_ms INTEGER NOT NULL DEFAULT 0 CHECK (connect_ms >= 0);
ALTER TABLE workload ADD COLUMN first_content_ms INTEGER NOT NULL DEFAULT 0 CHECK (first_content_ms >= 0);
ALTER TABLE workload ADD COLUMN silence_ms INTEGER NOT NULL DEFAULT 0 CHECK (silence_ms >= 0);
-- A reply whose caller has gone is read to its end all the same.
ALTER TABLE workload ADD COLUMN drain INTEGER NOT NULL DEFAULT 0 CHECK (drain IN (0, 1));
-- Which model is asked first is drawn by weight; else the order of the assignment holds.
ALTER TABLE workload ADD COLUMN spread INTEGER NOT NULL DEFAULT 0 CHECK (spread IN (0, 1));
ALTER TABLE assignment ADD COLUMN weight INTEGER NOT NULL DEFAULT 1 CHECK (weight >= 0);
-- What the data terms must allow. max_retention_days NULL and regions NULL: anything.
ALTER TABLE workload ADD COLUMN no_training INTEGER NOT NULL DEFAULT 0 CHECK (no_training IN (0, 1));
ALTER TABLE workload ADD COLUMN max_retention_days INTEGER CHECK (max_retention_days >= 0);
ALTER TABLE workload ADD COLUMN regions TEXT;

-- What a provider does with what it is sent, from the organisation's own evidence. The newest row of a provider counts; NULL: not known.
CREATE TABLE terms (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  provider_id    INTEGER NOT NULL REFERENCES provider (id),
  trains         INTEGER CHECK (trains IN (0, 1)),
  retention_days INTEGER CHECK (retention_days >= 0),
  regions        TEXT,
  document       TEXT,
  checked_on     TEXT,
  expires_on     TEXT,
  created_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX terms_of_provider ON terms (provider_id);
CREATE TRIGGER terms_stay BEFORE DELETE ON terms
BEGIN SELECT RAISE (ABORT, 'append-only: recorded terms are never deleted'); END;
CREATE TRIGGER terms_keep BEFORE UPDATE ON terms
BEGIN SELECT RAISE (ABORT, 'append-only: recorded terms never change'); END;

-- ------------------------------------------------------------------ the gateway
-- durability: what a settled call survives: 'process' a killed process, 'answered' a power cut too, 'strict' also while it runs.
CREATE TABLE gateway (
  id                   INTEGER PRIMARY KEY CHECK (id = 1),
  enabled              INTEGER NOT NULL DEFAULT 0 CHECK (enabled IN (0, 1)),
  port                 INTEGER NOT NULL DEFAULT 8377 CHECK (port BETWEEN 1 AND 65535),
  address              TEXT NOT NULL DEFAULT '127.0.0.1',
  certificate          TEXT,
  private_key          TEXT,
  keyless_principal_id INTEGER REFERENCES principal (id),
  durability           TEXT NOT NULL DEFAULT 'answered' CHECK (durability IN ('process', 'answered', 'strict')),
  metrics              INTEGER NOT NULL DEFAULT 1 CHECK (metrics IN (0, 1))
) STRICT;
INSERT INTO gateway (id) VALUES (1);
-- Which workloads clients that can send no key may ask for.
CREATE TABLE gateway_keyless (
  workload_id INTEGER PRIMARY KEY REFERENCES workload (id)
) STRICT;

-- ------------------------------------------------------------------ budgets
-- scope_id 0: the organisation. period: 'month', 'quarter' of the reporting zone, 'rolling' over DAYS days, 'none' (what was paid ahead).
-- action: 'notify' or 'block'. What had been spent before it was set is in base_nano of its first period.
CREATE TABLE budget (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  scope      TEXT NOT NULL CHECK (scope IN ('organisation', 'team', 'principal', 'workload')),
  scope_id   INTEGER NOT NULL DEFAULT 0,
  period     TEXT NOT NULL CHECK (period IN ('month', 'quarter', 'rolling', 'none')),
  days       INTEGER NOT NULL DEFAULT 0,
  cap_nano   INTEGER NOT NULL CHECK (cap_nano > 0),
  action     TEXT NOT NULL CHECK (action IN ('notify', 'block')),
  created_at INTEGER NOT NULL,
  removed_at INTEGER
) STRICT;
CREATE UNIQUE INDEX budget_of ON budget (scope, scope_id, period) WHERE removed_at IS NULL;
-- starts: first day of the period (days since 1970 in the reporting zone); a rolling budget has a row a day; 'none' has one at 0.
CREATE TABLE budget_use (
  budget_id     INTEGER NOT NULL REFERENCES budget (id),
  starts        INTEGER NOT NULL,
  base_nano     INTEGER NOT NULL DEFAULT 0,
  spent_nano    INTEGER NOT NULL DEFAULT 0,
  reserved_nano INTEGER NOT NULL DEFAULT 0 CHECK (reserved_nano >= 0),
  PRIMARY KEY (budget_id, starts)
) STRICT, WITHOUT ROWID;
-- Which budgets a call counts against, fixed when it opens. Its reservation stands for as long as the call is open, and grows before
-- a further attempt by what the one before cost.
CREATE TABLE budget_call (
  call_id       INTEGER NOT NULL REFERENCES call (id),
  budget_id     INTEGER NOT NULL REFERENCES budget (id),
  starts        INTEGER NOT NULL,
  reserved_nano INTEGER NOT NULL CHECK (reserved_nano >= 0),
  PRIMARY KEY (call_id, budget_id)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER budget_call_stays BEFORE DELETE ON budget_call
BEGIN SELECT RAISE (ABORT, 'append-only: which budgets a call counts against does not change'); END;
CREATE TRIGGER budget_call_keeps BEFORE UPDATE ON budget_call
WHEN NEW.call_id <> OLD.call_id OR NEW.budget_id <> OLD.budget_id OR NEW.starts <> OLD.starts OR NEW.reserved_nano < OLD.reserved_nano
  OR (SELECT closed_at FROM call WHERE id = OLD.call_id) IS NOT NULL
BEGIN SELECT RAISE (ABORT, 'append-only: which budgets a call counts against does not change'); END;
CREATE TRIGGER budget_stays BEFORE DELETE ON budget
BEGIN SELECT RAISE (ABORT, 'append-only: budgets are marked as removed, never deleted'); END;

-- ------------------------------------------------------------------ the ledger
ALTER TABLE call ADD COLUMN access_key_id INTEGER REFERENCES access_key (id);
ALTER TABLE call ADD COLUMN behalf_id INTEGER REFERENCES behalf (id);
DROP TRIGGER call_keeps_its_start;
CREATE TRIGGER call_keeps_its_start BEFORE UPDATE ON call
WHEN OLD.closed_at IS NULL AND (NEW.closed_at IS NULL OR NEW.id <> OLD.id OR NEW.process_id IS NOT OLD.process_id OR NEW.generation <> OLD.generation
  OR NEW.opened_at <> OLD.opened_at OR NEW.principal_id IS NOT OLD.principal_id OR NEW.workload_id IS NOT OLD.workload_id OR NEW.purpose <> OLD.purpose
  OR NEW.dialect <> OLD.dialect OR NEW.streamed <> OLD.streamed OR NEW.sample <> OLD.sample OR NEW.reserve_nano <> OLD.reserve_nano
  OR NEW.access_key_id IS NOT OLD.access_key_id OR NEW.behalf_id IS NOT OLD.behalf_id)
BEGIN SELECT RAISE (ABORT, 'append-only: an open call can only be closed'); END;
-- Candidates that were passed over without a try, in the order in which they were looked at; before_attempt: the number of the attempt that was made instead.
CREATE TABLE call_skip (
  call_id        INTEGER NOT NULL REFERENCES call (id),
  before_attempt INTEGER NOT NULL,
  position       INTEGER NOT NULL,
  model_id       INTEGER NOT NULL REFERENCES model (id),
  reason         TEXT NOT NULL,
  PRIMARY KEY (call_id, before_attempt, position)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER call_skip_stays BEFORE DELETE ON call_skip
WHEN (SELECT sample FROM organisation) = 0 OR (SELECT sample FROM call WHERE id = OLD.call_id) = 0
BEGIN SELECT RAISE (ABORT, 'append-only: calls are never deleted'); END;
CREATE TRIGGER call_skip_keeps BEFORE UPDATE ON call_skip
BEGIN SELECT RAISE (ABORT, 'append-only: what was passed over does not change'); END;

-- A model that failed again and again: from its first failure until it answered. Rows with fewer than 3 failures are not yet an outage, and go when it answers.
CREATE TABLE outage (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  provider_id INTEGER NOT NULL REFERENCES provider (id),
  model_id    INTEGER NOT NULL REFERENCES model (id),
  began_at    INTEGER NOT NULL,
  last_at     INTEGER NOT NULL,
  ended_at    INTEGER,
  fault       TEXT NOT NULL,
  status      INTEGER,
  failures    INTEGER NOT NULL,
  moved       INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX outage_open ON outage (model_id) WHERE ended_at IS NULL;

-- ------------------------------------------------------------------ the same checks, cheaper
-- SQLite makes a table of its own of each list with more than two members, at each row that is written: a third of what a call costs the
-- writer. Nothing changes but how it is said, so the rows stay as they are.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace (replace (sql,
  'outcome IN (''ok'', ''failed'', ''cancelled'', ''interrupted'')',
  'outcome = ''ok'' OR outcome = ''failed'' OR outcome = ''cancelled'' OR outcome = ''interrupted'''),
  'purpose IN (''work'', ''try'', ''test'', ''check'')',
  'purpose = ''work'' OR purpose = ''try'' OR purpose = ''test'' OR purpose = ''check''')
WHERE type = 'table' AND name IN ('call', 'attempt');
PRAGMA writable_schema = RESET;
