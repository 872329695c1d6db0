-- One organisation. Times are microseconds UTC, money is nano-units, prices are pico-units per token. Unknown is NULL, never 0.

-- ------------------------------------------------------------------ configuration
CREATE TABLE organisation (
  id         INTEGER PRIMARY KEY CHECK (id = 1),
  uid        TEXT NOT NULL,
  name       TEXT NOT NULL,
  currency   TEXT NOT NULL CHECK (length(currency) = 3),
  timezone   TEXT NOT NULL,
  sample     INTEGER NOT NULL DEFAULT 0 CHECK (sample IN (0, 1)),
  generation INTEGER NOT NULL DEFAULT 1,
  -- Quarter-hours before this one are no longer kept in usage_quarter.
  quarters_from INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE provider (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  kind           TEXT NOT NULL,
  name           TEXT NOT NULL,
  address        TEXT NOT NULL,
  ca_file        TEXT,
  key_env        TEXT,
  key_version    INTEGER NOT NULL DEFAULT 0,
  key_set_at     INTEGER NOT NULL DEFAULT 0,
  multiplier_ppm INTEGER NOT NULL DEFAULT 1000000 CHECK (multiplier_ppm >= 0),
  enabled        INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
  practice       INTEGER NOT NULL DEFAULT 0 CHECK (practice IN (0, 1)),
  checked_at     INTEGER NOT NULL DEFAULT 0,
  check_result   TEXT,
  removed_at     INTEGER
) STRICT;
CREATE UNIQUE INDEX provider_name ON provider (name) WHERE removed_at IS NULL;

CREATE TABLE model (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  provider_id    INTEGER NOT NULL REFERENCES provider (id),
  name           TEXT NOT NULL,
  title          TEXT,
  context_tokens INTEGER,
  max_output     INTEGER,
  remote_host    TEXT,
  listed         INTEGER NOT NULL DEFAULT 1 CHECK (listed IN (0, 1)),
  UNIQUE (provider_id, name)
) STRICT;

-- Versions: a charge keeps the one it was made at. NULL: that kind has no price.
CREATE TABLE price (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  model_id   INTEGER NOT NULL REFERENCES model (id),
  valid_from INTEGER NOT NULL,
  currency   TEXT NOT NULL CHECK (length(currency) = 3),
  list_input_uncached        INTEGER, list_cache_read        INTEGER, list_cache_write_5m     INTEGER, list_cache_write_1h INTEGER,
  list_cache_write_other     INTEGER, list_output_visible    INTEGER, list_output_reasoning   INTEGER,
  contract_input_uncached    INTEGER, contract_cache_read    INTEGER, contract_cache_write_5m INTEGER, contract_cache_write_1h INTEGER,
  contract_cache_write_other INTEGER, contract_output_visible INTEGER, contract_output_reasoning INTEGER,
  source     TEXT,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX price_of_model ON price (model_id, valid_from);

CREATE TABLE workload (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  name       TEXT NOT NULL,
  title      TEXT,
  builtin    INTEGER NOT NULL DEFAULT 0 CHECK (builtin IN (0, 1)),
  removed_at INTEGER
) STRICT;
CREATE UNIQUE INDEX workload_name ON workload (name) WHERE removed_at IS NULL;

CREATE TABLE assignment (
  workload_id INTEGER NOT NULL REFERENCES workload (id),
  position    INTEGER NOT NULL,
  model_id    INTEGER NOT NULL REFERENCES model (id),
  PRIMARY KEY (workload_id, position),
  UNIQUE (workload_id, model_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE team (
  id   INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE principal (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  agent      INTEGER NOT NULL CHECK (agent IN (0, 1)),
  owner_id   INTEGER REFERENCES principal (id),
  created_at INTEGER NOT NULL,
  removed_at INTEGER
) STRICT;

-- Personal text, apart from everything that refers to a principal by id, so that a person can be erased.
CREATE TABLE personal (
  principal_id INTEGER PRIMARY KEY REFERENCES principal (id),
  name         TEXT NOT NULL
) STRICT;

-- The team a principal belongs to from a time on; the first row of each counts from ever. NULL: no team.
CREATE TABLE membership (
  principal_id INTEGER NOT NULL REFERENCES principal (id),
  since        INTEGER NOT NULL,
  team_id      INTEGER REFERENCES team (id),
  PRIMARY KEY (principal_id, since)
) STRICT, WITHOUT ROWID;

-- A principal's secret, only as its SHA-256.
CREATE TABLE access_key (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  principal_id INTEGER NOT NULL REFERENCES principal (id),
  sha256       TEXT NOT NULL UNIQUE,
  hint         TEXT NOT NULL,
  created_at   INTEGER NOT NULL,
  revoked_at   INTEGER,
  last_used_at INTEGER
) STRICT;

-- ------------------------------------------------------------------ who is alive
-- A process that opens calls holds a lock on its own byte of the owners file for as long as it lives.
CREATE TABLE process (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  lock_byte  INTEGER NOT NULL UNIQUE,
  started_at INTEGER NOT NULL,
  ended_at   INTEGER
) STRICT;
CREATE INDEX process_alive ON process (id) WHERE ended_at IS NULL;

-- ------------------------------------------------------------------ the ledger
CREATE TABLE call (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  process_id   INTEGER REFERENCES process (id),
  generation   INTEGER NOT NULL,
  opened_at    INTEGER NOT NULL,
  principal_id INTEGER REFERENCES principal (id),
  workload_id  INTEGER REFERENCES workload (id),
  purpose      TEXT NOT NULL CHECK (purpose IN ('work', 'try', 'test', 'check')),
  dialect      TEXT NOT NULL,
  streamed     INTEGER NOT NULL CHECK (streamed IN (0, 1)),
  sample       INTEGER NOT NULL DEFAULT 0 CHECK (sample IN (0, 1)),
  reserve_nano INTEGER NOT NULL CHECK (reserve_nano >= 0),
  closed_at    INTEGER,
  outcome      TEXT CHECK (outcome IN ('ok', 'failed', 'cancelled', 'interrupted')),
  model_id     INTEGER REFERENCES model (id),
  finish       TEXT,
  CHECK ((closed_at IS NULL) = (outcome IS NULL)),
  CHECK (closed_at IS NOT NULL OR process_id IS NOT NULL)
) STRICT;
CREATE INDEX call_open ON call (process_id) WHERE closed_at IS NULL;

CREATE TABLE attempt (
  id                  INTEGER PRIMARY KEY,
  call_id             INTEGER NOT NULL REFERENCES call (id),
  number              INTEGER NOT NULL,
  model_id            INTEGER NOT NULL REFERENCES model (id),
  generation          INTEGER NOT NULL,
  opened_at           INTEGER NOT NULL,
  closed_at           INTEGER,
  outcome             TEXT CHECK (outcome IN ('ok', 'failed', 'cancelled', 'interrupted')),
  fault               TEXT,
  status              INTEGER,
  provider_model      TEXT,
  provider_request_id TEXT,
  input_uncached INTEGER, cache_read INTEGER, cache_write_5m INTEGER, cache_write_1h INTEGER, cache_write_other INTEGER,
  output_visible INTEGER, output_reasoning INTEGER, audio_in INTEGER, audio_out INTEGER, server_tool_requests INTEGER,
  estimated           INTEGER NOT NULL DEFAULT 0 CHECK (estimated IN (0, 1)),
  contradictory       INTEGER NOT NULL DEFAULT 0 CHECK (contradictory IN (0, 1)),
  may_be_billed       INTEGER NOT NULL DEFAULT 0 CHECK (may_be_billed IN (0, 1)),
  -- The charge is the most it can have been: nobody saw the end.
  at_most             INTEGER NOT NULL DEFAULT 0 CHECK (at_most IN (0, 1)),
  usage_raw           TEXT,
  price_id            INTEGER REFERENCES price (id),
  unpriced            INTEGER NOT NULL DEFAULT 0 CHECK (unpriced IN (0, 1)),
  list_nano           INTEGER NOT NULL DEFAULT 0,
  cost_nano           INTEGER NOT NULL DEFAULT 0,
  connect_us INTEGER, first_us INTEGER, first_text_us INTEGER, total_us INTEGER,
  CHECK ((closed_at IS NULL) = (outcome IS NULL))
) STRICT;
CREATE INDEX attempt_of_call ON attempt (call_id);

-- Append-only: from open to closed once, and never again. Only sample calls can go, and only while the organisation is marked as sample.
CREATE TRIGGER call_closes_once BEFORE UPDATE ON call WHEN OLD.closed_at IS NOT NULL
BEGIN SELECT RAISE (ABORT, 'append-only: this call is closed and cannot change'); END;
CREATE TRIGGER call_keeps_its_start BEFORE UPDATE ON call
WHEN OLD.closed_at IS NULL AND (NEW.closed_at IS NULL OR NEW.id <> OLD.id OR NEW.process_id IS NOT OLD.process_id OR NEW.generation <> OLD.generation
  OR NEW.opened_at <> OLD.opened_at OR NEW.principal_id IS NOT OLD.principal_id OR NEW.workload_id IS NOT OLD.workload_id OR NEW.purpose <> OLD.purpose
  OR NEW.dialect <> OLD.dialect OR NEW.streamed <> OLD.streamed OR NEW.sample <> OLD.sample OR NEW.reserve_nano <> OLD.reserve_nano)
BEGIN SELECT RAISE (ABORT, 'append-only: an open call can only be closed'); END;
CREATE TRIGGER call_stays BEFORE DELETE ON call
WHEN OLD.sample = 0 OR (SELECT sample FROM organisation) = 0
BEGIN SELECT RAISE (ABORT, 'append-only: calls are never deleted'); END;
CREATE TRIGGER attempt_closes_once BEFORE UPDATE ON attempt WHEN OLD.closed_at IS NOT NULL
BEGIN SELECT RAISE (ABORT, 'append-only: this attempt is closed and cannot change'); END;
CREATE TRIGGER attempt_keeps_its_start BEFORE UPDATE ON attempt
WHEN OLD.closed_at IS NULL AND (NEW.closed_at IS NULL OR NEW.id <> OLD.id OR NEW.call_id <> OLD.call_id OR NEW.number <> OLD.number
  OR NEW.model_id <> OLD.model_id OR NEW.generation <> OLD.generation OR NEW.opened_at <> OLD.opened_at)
BEGIN SELECT RAISE (ABORT, 'append-only: an open attempt can only be closed'); END;
CREATE TRIGGER attempt_stays BEFORE DELETE ON attempt
WHEN (SELECT sample FROM organisation) = 0 OR (SELECT sample FROM call WHERE id = OLD.call_id) = 0
BEGIN SELECT RAISE (ABORT, 'append-only: attempts are never deleted'); END;
CREATE TRIGGER attempt_of_open_call BEFORE INSERT ON attempt
WHEN NEW.closed_at IS NULL AND (SELECT closed_at FROM call WHERE id = NEW.call_id) IS NOT NULL
BEGIN SELECT RAISE (ABORT, 'append-only: a closed call takes no more attempts'); END;
CREATE TRIGGER price_stays BEFORE DELETE ON price
BEGIN SELECT RAISE (ABORT, 'append-only: price versions are never deleted'); END;
CREATE TRIGGER price_keeps BEFORE UPDATE ON price
BEGIN SELECT RAISE (ABORT, 'append-only: price versions never change'); END;

-- ------------------------------------------------------------------ roll-ups: sums over closed calls, written with the settlement
-- day: in the reporting zone, days since 1970-01-01. test: purposes test and check. Ids are 0 where there is none.
CREATE TABLE usage_day (
  day INTEGER NOT NULL, test INTEGER NOT NULL, principal_id INTEGER NOT NULL, workload_id INTEGER NOT NULL, model_id INTEGER NOT NULL,
  calls INTEGER NOT NULL, failed_calls INTEGER NOT NULL, fallback_calls INTEGER NOT NULL,
  input_uncached INTEGER NOT NULL, cache_read INTEGER NOT NULL, cache_write_5m INTEGER NOT NULL, cache_write_1h INTEGER NOT NULL,
  cache_write_other INTEGER NOT NULL, output_visible INTEGER NOT NULL, output_reasoning INTEGER NOT NULL,
  cost_nano INTEGER NOT NULL, list_nano INTEGER NOT NULL,
  unpriced_tokens INTEGER NOT NULL, unpriced_calls INTEGER NOT NULL, estimated_calls INTEGER NOT NULL,
  PRIMARY KEY (day, test, principal_id, workload_id, model_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE usage_day_principal (
  day INTEGER NOT NULL, test INTEGER NOT NULL, principal_id INTEGER NOT NULL,
  calls INTEGER NOT NULL, failed_calls INTEGER NOT NULL, fallback_calls INTEGER NOT NULL,
  input_uncached INTEGER NOT NULL, cache_read INTEGER NOT NULL, cache_write_5m INTEGER NOT NULL, cache_write_1h INTEGER NOT NULL,
  cache_write_other INTEGER NOT NULL, output_visible INTEGER NOT NULL, output_reasoning INTEGER NOT NULL,
  cost_nano INTEGER NOT NULL, list_nano INTEGER NOT NULL,
  unpriced_tokens INTEGER NOT NULL, unpriced_calls INTEGER NOT NULL, estimated_calls INTEGER NOT NULL,
  PRIMARY KEY (day, test, principal_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE usage_day_workload (
  day INTEGER NOT NULL, test INTEGER NOT NULL, workload_id INTEGER NOT NULL,
  calls INTEGER NOT NULL, failed_calls INTEGER NOT NULL, fallback_calls INTEGER NOT NULL,
  input_uncached INTEGER NOT NULL, cache_read INTEGER NOT NULL, cache_write_5m INTEGER NOT NULL, cache_write_1h INTEGER NOT NULL,
  cache_write_other INTEGER NOT NULL, output_visible INTEGER NOT NULL, output_reasoning INTEGER NOT NULL,
  cost_nano INTEGER NOT NULL, list_nano INTEGER NOT NULL,
  unpriced_tokens INTEGER NOT NULL, unpriced_calls INTEGER NOT NULL, estimated_calls INTEGER NOT NULL,
  PRIMARY KEY (day, test, workload_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE usage_day_model (
  day INTEGER NOT NULL, test INTEGER NOT NULL, model_id INTEGER NOT NULL,
  calls INTEGER NOT NULL, failed_calls INTEGER NOT NULL, fallback_calls INTEGER NOT NULL,
  input_uncached INTEGER NOT NULL, cache_read INTEGER NOT NULL, cache_write_5m INTEGER NOT NULL, cache_write_1h INTEGER NOT NULL,
  cache_write_other INTEGER NOT NULL, output_visible INTEGER NOT NULL, output_reasoning INTEGER NOT NULL,
  cost_nano INTEGER NOT NULL, list_nano INTEGER NOT NULL,
  unpriced_tokens INTEGER NOT NULL, unpriced_calls INTEGER NOT NULL, estimated_calls INTEGER NOT NULL,
  PRIMARY KEY (day, test, model_id)
) STRICT, WITHOUT ROWID;

-- quarter: quarter-hours since 1970 UTC; kept 90 days.
CREATE TABLE usage_quarter (
  quarter INTEGER NOT NULL, test INTEGER NOT NULL, workload_id INTEGER NOT NULL, model_id INTEGER NOT NULL,
  calls INTEGER NOT NULL, failed_calls INTEGER NOT NULL, fallback_calls INTEGER NOT NULL,
  input_uncached INTEGER NOT NULL, cache_read INTEGER NOT NULL, cache_write_5m INTEGER NOT NULL, cache_write_1h INTEGER NOT NULL,
  cache_write_other INTEGER NOT NULL, output_visible INTEGER NOT NULL, output_reasoning INTEGER NOT NULL,
  cost_nano INTEGER NOT NULL, list_nano INTEGER NOT NULL,
  unpriced_tokens INTEGER NOT NULL, unpriced_calls INTEGER NOT NULL, estimated_calls INTEGER NOT NULL,
  PRIMARY KEY (quarter, test, workload_id, model_id)
) STRICT, WITHOUT ROWID;

-- ------------------------------------------------------------------ quality and latency tests
CREATE TABLE trial (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  process_id  INTEGER REFERENCES process (id),
  sample      INTEGER NOT NULL DEFAULT 0 CHECK (sample IN (0, 1)),
  kind        TEXT NOT NULL CHECK (kind IN ('quality', 'latency')),
  suite       TEXT,
  workload_id INTEGER REFERENCES workload (id),
  started_at  INTEGER NOT NULL,
  ended_at    INTEGER NOT NULL DEFAULT 0,
  state       TEXT NOT NULL CHECK (state IN ('running', 'done', 'stopped', 'interrupted', 'failed')),
  setup       TEXT,
  summary     TEXT
) STRICT;
CREATE INDEX trial_running ON trial (process_id) WHERE state = 'running';

CREATE TABLE trial_result (
  id            INTEGER PRIMARY KEY,
  trial_id      INTEGER NOT NULL REFERENCES trial (id) ON DELETE CASCADE,
  call_id       INTEGER REFERENCES call (id) ON DELETE SET NULL,
  model_id      INTEGER REFERENCES model (id),
  position      INTEGER NOT NULL,
  case_id       TEXT,
  repeat        INTEGER NOT NULL,
  outcome       TEXT NOT NULL CHECK (outcome IN ('passed', 'failed', 'error', 'skipped')),
  score         REAL NOT NULL,
  answer        TEXT,
  detail        TEXT,
  input_tokens  INTEGER, output_tokens INTEGER, cost_nano INTEGER, first_text_us INTEGER, total_us INTEGER
) STRICT;
CREATE INDEX trial_result_of_trial ON trial_result (trial_id);
CREATE INDEX trial_result_of_call ON trial_result (call_id);

-- ------------------------------------------------------------------ the audit trail
-- A hash chain. The hashes cover salted values, so salt and value of an erased person can go and the chain still verifies.
CREATE TABLE audit (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  at           INTEGER NOT NULL,
  action       TEXT NOT NULL,
  subject      TEXT NOT NULL,
  actor        TEXT,
  actor_salt   TEXT,
  actor_hash   TEXT NOT NULL,
  before       TEXT,
  after        TEXT,
  values_salt  TEXT,
  values_hash  TEXT NOT NULL,
  hash         TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_stays BEFORE DELETE ON audit
BEGIN SELECT RAISE (ABORT, 'append-only: the audit trail is never shortened'); END;
CREATE TRIGGER audit_keeps BEFORE UPDATE ON audit
WHEN NEW.id <> OLD.id OR NEW.at <> OLD.at OR NEW.action <> OLD.action OR NEW.subject <> OLD.subject
  OR NEW.actor_hash <> OLD.actor_hash OR NEW.values_hash <> OLD.values_hash OR NEW.hash <> OLD.hash
  OR (NEW.actor IS NOT NULL AND NEW.actor IS NOT OLD.actor) OR (NEW.before IS NOT NULL AND NEW.before IS NOT OLD.before)
  OR (NEW.after IS NOT NULL AND NEW.after IS NOT OLD.after)
  OR (NEW.actor_salt IS NOT NULL AND NEW.actor_salt IS NOT OLD.actor_salt) OR (NEW.values_salt IS NOT NULL AND NEW.values_salt IS NOT OLD.values_salt)
BEGIN SELECT RAISE (ABORT, 'append-only: the audit trail never changes'); END;
