// Version 1 of the warehouse: a star around fact_ticket_event, and ticket_current.
#pragma once

namespace cxstream::connectors::postgres {

// Facts have no foreign keys: one transaction writes them with their dimensions, and a check a row and dimension would
// cost more than writing the row. Months are made on demand (months.hpp); the two ends catch what no month is made for.
constexpr const char* schema_v1 = R"sql(
CREATE TABLE dim_source_system (source_system_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, source_system text NOT NULL UNIQUE);
CREATE TABLE dim_account (account_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account_id text NOT NULL UNIQUE);
CREATE TABLE dim_agent (agent_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, agent_id text NOT NULL UNIQUE);
CREATE TABLE dim_customer (customer_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id text NOT NULL UNIQUE);
CREATE TABLE dim_tag (tag_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, canonical_tag text NOT NULL UNIQUE);
CREATE TABLE dim_driver (driver_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, driver text NOT NULL UNIQUE);
CREATE TABLE dim_raw_tag (raw_tag_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, raw_tag text NOT NULL UNIQUE);
CREATE TABLE dim_date (
  date_key int PRIMARY KEY, -- 20260102
  date date NOT NULL UNIQUE, -- UTC
  year int NOT NULL, quarter int NOT NULL, month int NOT NULL, day int NOT NULL,
  weekday int NOT NULL -- 1 Monday … 7 Sunday
);

CREATE SEQUENCE ticket_key_sequence;
CREATE TABLE ticket_current (
  ticket_key bigint PRIMARY KEY,
  ticket_id text NOT NULL UNIQUE,
  partition int NOT NULL,
  ticket_sequence bigint NOT NULL, -- of the last event
  events bigint NOT NULL,          -- that were folded
  late_events bigint NOT NULL,
  first_occurred_at timestamptz NOT NULL,
  last_occurred_at timestamptz NOT NULL, -- of the newest revision
  account_id text, status text, priority text, channel text, agent_id text, customer_id text,
  canonical_tag text, driver text, evidence_url text,
  sentiment text, sentiment_score float8, sentiment_confidence float8,
  churn_risk text, churn_risk_score float8, churn_risk_confidence float8,
  effort text, effort_score float8, effort_confidence float8,
  raw_tags jsonb,
  custom_metrics jsonb,
  revisions bytea NOT NULL, -- cxstream.v1.TicketState: each field with the revision that wrote it
  updated_at timestamptz NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX ticket_current_by_time ON ticket_current (last_occurred_at);

CREATE TABLE fact_ticket_event (
  event_key bigint NOT NULL, -- partition * 2^47 + log_offset
  ticket_key bigint NOT NULL,
  ticket_sequence bigint NOT NULL,
  idempotency_key text NOT NULL,
  event_id text,
  event_type text NOT NULL,
  version bigint, -- NULL when it is no bigint
  partition int NOT NULL,
  log_offset bigint NOT NULL,
  occurred_at timestamptz NOT NULL,
  received_at timestamptz,
  committed_at timestamptz,
  delivered_at timestamptz NOT NULL,
  late boolean NOT NULL,
  date_key int NOT NULL, -- of occurred_at
  source_system_key bigint NOT NULL,
  account_key bigint, agent_key bigint, customer_key bigint, tag_key bigint, driver_key bigint,
  status text, priority text, channel text,
  sentiment text, sentiment_score float8, sentiment_confidence float8,
  churn_risk text, churn_risk_score float8, churn_risk_confidence float8,
  effort text, effort_score float8, effort_confidence float8,
  evidence_url text,
  raw_tags jsonb,
  custom_metrics jsonb,
  cleared jsonb,
  schema_version text, mapping_version text, taxonomy_version text,
  PRIMARY KEY (event_key, occurred_at)
) PARTITION BY RANGE (occurred_at);
CREATE INDEX fact_ticket_event_by_ticket ON fact_ticket_event (ticket_key, ticket_sequence);
CREATE TABLE fact_ticket_event_before PARTITION OF fact_ticket_event FOR VALUES FROM (MINVALUE) TO ('1990-01-01Z');
CREATE TABLE fact_ticket_event_after PARTITION OF fact_ticket_event FOR VALUES FROM ('2100-01-01Z') TO (MAXVALUE);

CREATE TABLE bridge_event_raw_tag (
  event_key bigint NOT NULL, raw_tag_key bigint NOT NULL, PRIMARY KEY (event_key, raw_tag_key)
);
CREATE TABLE delivery_cursor (
  partition int PRIMARY KEY,
  next_offset bigint NOT NULL, -- every event below is here, or was not wanted
  updated_at timestamptz NOT NULL
);
CREATE TABLE last_writer (server text NOT NULL); -- which run of the server's history was written to last
CREATE TABLE load_audit (
  load_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  loaded_at timestamptz NOT NULL,
  events int NOT NULL,    -- in the batch
  inserted int NOT NULL,  -- new facts
  known int NOT NULL,     -- that were here
  late int NOT NULL,      -- new facts that are older than what their ticket had seen
  tickets int NOT NULL,   -- rows of ticket_current written
  discarded int NOT NULL, -- values, see discards
  first_occurred_at timestamptz,
  last_occurred_at timestamptz
);
CREATE INDEX load_audit_by_time ON load_audit (loaded_at);
CREATE TABLE discards (
  event_key bigint NOT NULL,
  column_name text NOT NULL, -- * for the whole event, which then is no fact
  value text NOT NULL,       -- cut to 1,000 bytes
  reason text NOT NULL,
  ticket_id text NOT NULL,
  discarded_at timestamptz NOT NULL,
  PRIMARY KEY (event_key, column_name, value)
);

-- The first 8 bytes of SHA-256: what a row is compared by (warehouse/row_text.hpp).
CREATE FUNCTION row_hash(text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  ('x' || encode(substring(sha256(convert_to($1, 'UTF8')) FROM 1 FOR 8), 'hex'))::bit(64)::bigint;

CREATE VIEW v_ticket_history AS
  SELECT t.ticket_id, f.ticket_sequence, f.occurred_at, f.event_type, s.source_system, f.version, f.late,
         f.status, f.priority, f.channel, a.account_id, g.agent_id, c.customer_id, d.canonical_tag, r.driver,
         f.sentiment, f.sentiment_score, f.churn_risk, f.churn_risk_score, f.effort, f.effort_score,
         f.custom_metrics, f.raw_tags, f.cleared, f.evidence_url, f.idempotency_key, f.received_at, f.committed_at,
         f.delivered_at, f.partition, f.log_offset
  FROM fact_ticket_event f
  JOIN ticket_current t USING (ticket_key)
  JOIN dim_source_system s USING (source_system_key)
  LEFT JOIN dim_account a USING (account_key)
  LEFT JOIN dim_agent g USING (agent_key)
  LEFT JOIN dim_customer c USING (customer_key)
  LEFT JOIN dim_tag d USING (tag_key)
  LEFT JOIN dim_driver r USING (driver_key);

-- DISTINCT ON nothing but its key: a view of one table could be written through.
CREATE VIEW v_ticket_current AS
  SELECT DISTINCT ON (ticket_id) ticket_id, ticket_sequence, events, late_events, first_occurred_at, last_occurred_at,
         account_id, status, priority, channel, agent_id, customer_id, canonical_tag, driver, evidence_url,
         sentiment, sentiment_score, sentiment_confidence, churn_risk, churn_risk_score, churn_risk_confidence,
         effort, effort_score, effort_confidence, raw_tags, custom_metrics, updated_at
  FROM ticket_current;

CREATE VIEW v_driver_daily AS
  SELECT y.date, r.driver, d.canonical_tag, count(*) AS events, count(DISTINCT f.ticket_key) AS tickets,
         count(*) FILTER (WHERE f.sentiment IN ('negative', 'very_negative')) AS negative_events,
         count(*) FILTER (WHERE f.churn_risk IN ('high', 'very_high')) AS churn_risk_events,
         avg(f.sentiment_score) AS sentiment_score_avg, avg(f.effort_score) AS effort_score_avg
  FROM fact_ticket_event f
  JOIN dim_date y USING (date_key)
  LEFT JOIN dim_driver r USING (driver_key)
  LEFT JOIN dim_tag d USING (tag_key)
  WHERE f.tag_key IS NOT NULL OR f.driver_key IS NOT NULL
  GROUP BY y.date, r.driver, d.canonical_tag;

CREATE VIEW v_freshness AS
  SELECT s.source_system, max(f.occurred_at) AS last_occurred_at, max(f.delivered_at) AS last_delivered_at,
         count(*) AS events_24h
  FROM fact_ticket_event f JOIN dim_source_system s USING (source_system_key)
  WHERE f.occurred_at > now() - interval '24 hours'
  GROUP BY s.source_system;
)sql";

} // namespace cxstream::connectors::postgres
