-- Prices in full: bands, contracts, exchange rates, corrections, closed months. Times are microseconds UTC, money is nano-units, prices are
-- pico-units per token (per request for server tools). Unknown is NULL, never 0.

-- ------------------------------------------------------------------ prices
-- What is paid is computed from the list price and the contract of the day; the columns contract_* of version 1 are no longer read.
ALTER TABLE price ADD COLUMN list_audio_in INTEGER;
ALTER TABLE price ADD COLUMN list_audio_out INTEGER;
ALTER TABLE price ADD COLUMN list_server_tool INTEGER;
ALTER TABLE price ADD COLUMN hour_nano INTEGER NOT NULL DEFAULT 0 CHECK (hour_nano >= 0);
ALTER TABLE price ADD COLUMN origin TEXT NOT NULL DEFAULT 'admin' CHECK (origin IN ('admin', 'catalogue', 'local', 'practice'));
-- From valid_from on the admin's own price no longer counts. Such a row has no figures.
ALTER TABLE price ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1));
DROP TRIGGER price_keeps;
UPDATE price SET origin = source WHERE source IN ('local', 'practice');
CREATE TRIGGER price_keeps BEFORE UPDATE ON price
BEGIN SELECT RAISE (ABORT, 'append-only: price versions never change'); END;

-- What holds in a service mode, in a region, or above a size of the whole input. The ordinary band is the price's own row.
CREATE TABLE price_band (
  price_id INTEGER NOT NULL REFERENCES price (id),
  mode     TEXT NOT NULL,
  region   TEXT NOT NULL,
  above    INTEGER NOT NULL CHECK (above >= 0),
  list_input_uncached INTEGER, list_cache_read INTEGER, list_cache_write_5m INTEGER, list_cache_write_1h INTEGER,
  list_cache_write_other INTEGER, list_output_visible INTEGER, list_output_reasoning INTEGER, list_audio_in INTEGER,
  list_audio_out INTEGER, list_server_tool INTEGER,
  PRIMARY KEY (price_id, mode, region, above),
  CHECK (mode <> '' OR region <> '' OR above > 0)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER price_band_stays BEFORE DELETE ON price_band
BEGIN SELECT RAISE (ABORT, 'append-only: price versions are never deleted'); END;
CREATE TRIGGER price_band_keeps BEFORE UPDATE ON price_band
BEGIN SELECT RAISE (ABORT, 'append-only: price versions never change'); END;
CREATE TRIGGER price_band_of_new_price BEFORE INSERT ON price_band WHEN NEW.price_id <> (SELECT MAX (id) FROM price)
BEGIN SELECT RAISE (ABORT, 'append-only: a price version gets its bands when it is entered'); END;

-- What is paid of the list price, in parts per million. valid_until 0: open. Dates and document may change, figures never.
CREATE TABLE contract (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  provider_id INTEGER NOT NULL REFERENCES provider (id),
  valid_from  INTEGER NOT NULL,
  valid_until INTEGER NOT NULL DEFAULT 0,
  ppm_input_uncached INTEGER NOT NULL CHECK (ppm_input_uncached >= 0), ppm_cache_read INTEGER NOT NULL CHECK (ppm_cache_read >= 0),
  ppm_cache_write_5m INTEGER NOT NULL CHECK (ppm_cache_write_5m >= 0), ppm_cache_write_1h INTEGER NOT NULL CHECK (ppm_cache_write_1h >= 0),
  ppm_cache_write_other INTEGER NOT NULL CHECK (ppm_cache_write_other >= 0), ppm_output_visible INTEGER NOT NULL CHECK (ppm_output_visible >= 0),
  ppm_output_reasoning INTEGER NOT NULL CHECK (ppm_output_reasoning >= 0), ppm_audio_in INTEGER NOT NULL CHECK (ppm_audio_in >= 0),
  ppm_audio_out INTEGER NOT NULL CHECK (ppm_audio_out >= 0), ppm_server_tool INTEGER NOT NULL CHECK (ppm_server_tool >= 0),
  document    TEXT,
  created_at  INTEGER NOT NULL,
  CHECK (valid_until = 0 OR valid_until >= valid_from)
) STRICT;
CREATE TRIGGER contract_stays BEFORE DELETE ON contract
BEGIN SELECT RAISE (ABORT, 'append-only: contracts are never deleted'); END;
CREATE TRIGGER contract_keeps_its_figures BEFORE UPDATE ON contract
WHEN NEW.id <> OLD.id OR NEW.provider_id <> OLD.provider_id OR NEW.created_at <> OLD.created_at
  OR NEW.ppm_input_uncached <> OLD.ppm_input_uncached OR NEW.ppm_cache_read <> OLD.ppm_cache_read OR NEW.ppm_cache_write_5m <> OLD.ppm_cache_write_5m OR NEW.ppm_cache_write_1h <> OLD.ppm_cache_write_1h
  OR NEW.ppm_cache_write_other <> OLD.ppm_cache_write_other OR NEW.ppm_output_visible <> OLD.ppm_output_visible OR NEW.ppm_output_reasoning <> OLD.ppm_output_reasoning OR NEW.ppm_audio_in <> OLD.ppm_audio_in
  OR NEW.ppm_audio_out <> OLD.ppm_audio_out OR NEW.ppm_server_tool <> OLD.ppm_server_tool
BEGIN SELECT RAISE (ABORT, 'append-only: the figures of a contract never change'); END;

-- A provider's discount was one number, worked into each of its price versions. It becomes a contract from the moment on at which the last version was
-- entered that it does not explain, and so from ever where it explains all of them.
INSERT INTO contract (provider_id, valid_from, ppm_input_uncached, ppm_cache_read, ppm_cache_write_5m, ppm_cache_write_1h, ppm_cache_write_other, ppm_output_visible, ppm_output_reasoning, ppm_audio_in, ppm_audio_out, ppm_server_tool, created_at)
WITH
  told (provider_id, valid_from, explained) AS (
    SELECT m.provider_id, p.valid_from,
      ABS (COALESCE (p.contract_input_uncached, 0) * 1000000.0 - COALESCE (p.list_input_uncached, 0) * 1.0 * v.multiplier_ppm) <= 500000
      AND ABS (COALESCE (p.contract_output_visible, 0) * 1000000.0 - COALESCE (p.list_output_visible, 0) * 1.0 * v.multiplier_ppm) <= 500000
    FROM price p JOIN model m ON m.id = p.model_id JOIN provider v ON v.id = m.provider_id),
  before (provider_id, last) AS (SELECT provider_id, MAX (valid_from) FROM told WHERE NOT explained GROUP BY provider_id)
SELECT v.id,
  CASE WHEN b.last IS NULL THEN 0
    ELSE COALESCE ((SELECT MIN (t.valid_from) FROM told t WHERE t.provider_id = v.id AND t.valid_from > b.last), unixepoch () * 1000000) END,
  v.multiplier_ppm, v.multiplier_ppm, v.multiplier_ppm, v.multiplier_ppm, v.multiplier_ppm, v.multiplier_ppm, v.multiplier_ppm, v.multiplier_ppm, v.multiplier_ppm, v.multiplier_ppm,
  unixepoch () * 1000000
FROM provider v LEFT JOIN before b ON b.provider_id = v.id WHERE v.multiplier_ppm <> 1000000;

-- What one unit of a currency is worth in another, from a moment on.
CREATE TABLE rate (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  from_currency TEXT NOT NULL CHECK (length (from_currency) = 3),
  to_currency   TEXT NOT NULL CHECK (length (to_currency) = 3),
  valid_from    INTEGER NOT NULL,
  rate_nano     INTEGER NOT NULL CHECK (rate_nano > 0),
  source        TEXT,
  created_at    INTEGER NOT NULL,
  CHECK (from_currency <> to_currency)
) STRICT;
CREATE TRIGGER rate_stays BEFORE DELETE ON rate
BEGIN SELECT RAISE (ABORT, 'append-only: exchange rates are never deleted'); END;
CREATE TRIGGER rate_keeps BEFORE UPDATE ON rate
BEGIN SELECT RAISE (ABORT, 'append-only: exchange rates never change'); END;

ALTER TABLE organisation ADD COLUMN display_currency TEXT NOT NULL DEFAULT '';

-- ------------------------------------------------------------------ models
ALTER TABLE model ADD COLUMN tools INTEGER CHECK (tools IN (0, 1));
ALTER TABLE model ADD COLUMN vision INTEGER CHECK (vision IN (0, 1));
ALTER TABLE model ADD COLUMN reasoning INTEGER CHECK (reasoning IN (0, 1));
ALTER TABLE model ADD COLUMN retires_on TEXT;
ALTER TABLE model ADD COLUMN replacement TEXT;

-- ------------------------------------------------------------------ the ledger
ALTER TABLE attempt ADD COLUMN contract_id INTEGER REFERENCES contract (id);
ALTER TABLE attempt ADD COLUMN rate_id INTEGER REFERENCES rate (id);
-- In the price's currency. NULL: not told apart, because there was only one or because nobody saw the end.
ALTER TABLE attempt ADD COLUMN price_list_nano INTEGER;
ALTER TABLE attempt ADD COLUMN price_cost_nano INTEGER;
ALTER TABLE attempt ADD COLUMN service_tier TEXT;
ALTER TABLE attempt ADD COLUMN region TEXT;
CREATE INDEX attempt_unpriced ON attempt (model_id) WHERE unpriced = 1;

-- What a closed attempt's charge is off by, found when it was charged again: signed, beside it, and counted on its call's own day.
CREATE TABLE correction (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  attempt_id    INTEGER NOT NULL REFERENCES attempt (id),
  call_id       INTEGER NOT NULL REFERENCES call (id),
  created_at    INTEGER NOT NULL,
  price_id      INTEGER NOT NULL REFERENCES price (id),
  contract_id   INTEGER REFERENCES contract (id),
  rate_id       INTEGER REFERENCES rate (id),
  list_nano     INTEGER NOT NULL,
  cost_nano     INTEGER NOT NULL,
  -- The attempt had no price before, and these are its tokens.
  priced        INTEGER NOT NULL CHECK (priced IN (0, 1)),
  priced_tokens INTEGER NOT NULL,
  reason        TEXT
) STRICT;
CREATE INDEX correction_of_attempt ON correction (attempt_id);
CREATE TRIGGER correction_stays BEFORE DELETE ON correction
WHEN (SELECT sample FROM organisation) = 0 OR (SELECT sample FROM call WHERE id = OLD.call_id) = 0
BEGIN SELECT RAISE (ABORT, 'append-only: corrections are never deleted'); END;
CREATE TRIGGER correction_keeps BEFORE UPDATE ON correction
BEGIN SELECT RAISE (ABORT, 'append-only: corrections never change'); END;
CREATE TRIGGER correction_of_its_attempt BEFORE INSERT ON correction
WHEN NOT EXISTS (SELECT 1 FROM attempt WHERE id = NEW.attempt_id AND call_id = NEW.call_id AND closed_at IS NOT NULL)
BEGIN SELECT RAISE (ABORT, 'append-only: only a closed attempt can be corrected'); END;

-- ------------------------------------------------------------------ closed months
-- month: of the reporting zone at that time, months since January 1970; its calls are those opened from starts_at to before ends_at.
CREATE TABLE month_closed (
  month           INTEGER PRIMARY KEY,
  starts_at       INTEGER NOT NULL,
  ends_at         INTEGER NOT NULL,
  closed_at       INTEGER NOT NULL,
  calls           INTEGER NOT NULL,
  list_nano       INTEGER NOT NULL,
  cost_nano       INTEGER NOT NULL,
  unpriced_tokens INTEGER NOT NULL,
  -- The newest correction there was. What is newer and of this month came in by another way.
  last_correction INTEGER NOT NULL,
  digest          TEXT NOT NULL,
  CHECK (ends_at > starts_at)
) STRICT;
CREATE TRIGGER month_closed_stays BEFORE DELETE ON month_closed WHEN (SELECT sample FROM organisation) = 0
BEGIN SELECT RAISE (ABORT, 'append-only: a closed month stays closed'); END;
CREATE TRIGGER month_closed_keeps BEFORE UPDATE ON month_closed
BEGIN SELECT RAISE (ABORT, 'append-only: a closed month never changes'); END;
CREATE TRIGGER correction_of_open_month BEFORE INSERT ON correction
WHEN EXISTS (SELECT 1 FROM call c JOIN month_closed m ON c.opened_at >= m.starts_at AND c.opened_at < m.ends_at WHERE c.id = NEW.call_id)
BEGIN SELECT RAISE (ABORT, 'append-only: the month of this call is closed'); END;
CREATE TRIGGER call_of_open_month BEFORE INSERT ON call
WHEN EXISTS (SELECT 1 FROM month_closed WHERE NEW.opened_at >= starts_at AND NEW.opened_at < ends_at)
BEGIN SELECT RAISE (ABORT, 'append-only: the month of this call is closed'); END;
