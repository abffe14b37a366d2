// Version 1 of the warehouse: a star around fact_ticket_event, and ticket_current.
#pragma once

namespace cxstream::connectors {

constexpr const char* schema_v1 = R"sql(
CREATE TABLE dim_source_system (source_system_key INTEGER PRIMARY KEY, source_system TEXT NOT NULL UNIQUE);
CREATE TABLE dim_account (account_key INTEGER PRIMARY KEY, account_id TEXT NOT NULL UNIQUE);
CREATE TABLE dim_agent (agent_key INTEGER PRIMARY KEY, agent_id TEXT NOT NULL UNIQUE);
CREATE TABLE dim_customer (customer_key INTEGER PRIMARY KEY, customer_id TEXT NOT NULL UNIQUE);
CREATE TABLE dim_raw_tag (raw_tag_key INTEGER PRIMARY KEY, raw_tag TEXT NOT NULL UNIQUE);
CREATE TABLE dim_tag (
  tag_key INTEGER PRIMARY KEY,
  canonical_tag TEXT NOT NULL, -- '' when the event has only a driver
  driver TEXT NOT NULL,        -- '' when the tag has none
  UNIQUE (canonical_tag, driver)
);
CREATE TABLE dim_date (
  date_key INTEGER PRIMARY KEY, -- 20260102
  date TEXT NOT NULL UNIQUE,    -- 2026-01-02, UTC
  year INTEGER NOT NULL,
  quarter INTEGER NOT NULL,
  month INTEGER NOT NULL,
  day INTEGER NOT NULL,
  weekday INTEGER NOT NULL      -- 1 Monday … 7 Sunday
);

CREATE TABLE ticket_current (
  ticket_key INTEGER PRIMARY KEY,
  ticket_id TEXT NOT NULL UNIQUE,
  partition INTEGER,
  ticket_sequence INTEGER,    -- of the last event
  late_events INTEGER,
  first_occurred_at TEXT,
  last_occurred_at TEXT,      -- of the newest revision
  last_occurred_at_us INTEGER,
  account_id TEXT, status TEXT, priority TEXT, channel TEXT, agent_id TEXT, customer_id TEXT,
  canonical_tag TEXT, driver TEXT, evidence_url TEXT,
  sentiment TEXT, sentiment_score REAL, sentiment_confidence REAL,
  churn_risk TEXT, churn_risk_score REAL, churn_risk_confidence REAL,
  effort TEXT, effort_score REAL, effort_confidence REAL,
  raw_tags TEXT,              -- JSON array
  custom_metrics TEXT,        -- JSON object
  revisions BLOB              -- cxstream.v1.TicketState: each field with the revision that wrote it
);

CREATE TABLE fact_ticket_event (
  event_key INTEGER PRIMARY KEY, -- partition * 2^47 + log_offset
  ticket_key INTEGER NOT NULL REFERENCES ticket_current,
  ticket_sequence INTEGER NOT NULL,
  idempotency_key TEXT NOT NULL,
  event_id TEXT,
  event_type TEXT NOT NULL,
  version INTEGER NOT NULL,
  partition INTEGER NOT NULL,
  log_offset INTEGER NOT NULL,
  occurred_at TEXT NOT NULL, occurred_at_us INTEGER NOT NULL,
  received_at TEXT, received_at_us INTEGER,
  committed_at TEXT, committed_at_us INTEGER,
  delivered_at TEXT NOT NULL, delivered_at_us INTEGER NOT NULL,
  late INTEGER NOT NULL,
  date_key INTEGER NOT NULL REFERENCES dim_date, -- of occurred_at
  source_system_key INTEGER NOT NULL REFERENCES dim_source_system,
  account_key INTEGER REFERENCES dim_account,
  agent_key INTEGER REFERENCES dim_agent,
  customer_key INTEGER REFERENCES dim_customer,
  tag_key INTEGER REFERENCES dim_tag,
  status TEXT, priority TEXT, channel TEXT,
  sentiment TEXT, sentiment_score REAL, sentiment_confidence REAL,
  churn_risk TEXT, churn_risk_score REAL, churn_risk_confidence REAL,
  effort TEXT, effort_score REAL, effort_confidence REAL,
  evidence_url TEXT,
  raw_tags TEXT,       -- JSON array
  custom_metrics TEXT, -- JSON object
  cleared TEXT,        -- JSON array of field names
  schema_version TEXT,
  taxonomy_version TEXT,
  UNIQUE (ticket_key, ticket_sequence)
);
CREATE TABLE bridge_event_raw_tag (
  event_key INTEGER NOT NULL REFERENCES fact_ticket_event,
  raw_tag_key INTEGER NOT NULL REFERENCES dim_raw_tag,
  PRIMARY KEY (event_key, raw_tag_key)
) WITHOUT ROWID;
CREATE TABLE delivery_cursor (
  partition INTEGER PRIMARY KEY,
  next_offset INTEGER NOT NULL -- every event below is here, or was not wanted
);
CREATE TABLE last_writer (
  boot_id TEXT NOT NULL -- of the machine's run that wrote last
);

CREATE VIEW v_ticket_history AS
  SELECT t.ticket_id, f.ticket_sequence, f.occurred_at, f.event_type, s.source_system, f.version, f.late,
         f.status, f.priority, f.channel, a.account_id, g.agent_id, c.customer_id,
         nullif(d.canonical_tag, '') AS canonical_tag, nullif(d.driver, '') AS driver,
         f.sentiment, f.sentiment_score, f.churn_risk, f.churn_risk_score, f.effort, f.effort_score,
         f.custom_metrics, f.raw_tags, f.cleared, f.evidence_url, f.idempotency_key, f.received_at, f.committed_at,
         f.delivered_at, f.partition, f.log_offset
  FROM fact_ticket_event f
  JOIN ticket_current t USING (ticket_key)
  JOIN dim_source_system s USING (source_system_key)
  LEFT JOIN dim_account a USING (account_key)
  LEFT JOIN dim_agent g USING (agent_key)
  LEFT JOIN dim_customer c USING (customer_key)
  LEFT JOIN dim_tag d USING (tag_key);

CREATE VIEW v_driver_daily AS
  SELECT y.date, nullif(d.driver, '') AS driver, nullif(d.canonical_tag, '') AS canonical_tag,
         count(*) AS events, count(DISTINCT f.ticket_key) AS tickets,
         sum(f.sentiment IN ('negative', 'very_negative')) AS negative_events,
         sum(f.churn_risk IN ('high', 'very_high')) AS churn_risk_events,
         avg(f.sentiment_score) AS sentiment_score_avg, avg(f.effort_score) AS effort_score_avg
  FROM fact_ticket_event f
  JOIN dim_date y USING (date_key)
  JOIN dim_tag d USING (tag_key)
  GROUP BY y.date_key, d.tag_key;
)sql";

} // namespace cxstream::connectors
