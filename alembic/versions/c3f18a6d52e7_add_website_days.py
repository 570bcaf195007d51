"""Add a view of each website per day for other programs, on PostgreSQL.

Revision ID: c3f18a6d52e7
Revises: b7e94d30c6a1
"""

from alembic import op

revision = "c3f18a6d52e7"
down_revision = "b7e94d30c6a1"
branch_labels = None
depends_on = None

OCCURRENCES = """
CREATE TABLE maintenance_occurrences (
  window_id integer NOT NULL, started_at timestamp with time zone NOT NULL, ended_at timestamp with time zone NOT NULL
)
"""
VIEW = """
CREATE MATERIALIZED VIEW website_days AS
WITH today AS (
  SELECT date_trunc('day', now(), 'UTC') AS at
),
shown AS (
  SELECT tstzmultirange(tstzrange(at - interval '9600 hours', at)) AS span FROM today
),
told AS (
  SELECT website_id, range_agg(tstzrange(began, ended)) AS spans FROM (
    SELECT website_id, started_at, ended_at FROM coverage_spans
    UNION ALL
    SELECT website_id, known_since, known_until FROM website_states
  ) each(website_id, began, ended) WHERE began < ended GROUP BY website_id
),
left_out AS (
  SELECT websites.id AS website_id, range_agg(tstzrange(occurrence.started_at, occurrence.ended_at)) AS spans
  FROM maintenance_occurrences occurrence
  JOIN maintenance_windows ON maintenance_windows.id = occurrence.window_id
  JOIN websites ON maintenance_windows.website_id = websites.id
    OR (maintenance_windows.website_id IS NULL AND maintenance_windows.tag_id IS NULL)
    OR EXISTS (
      SELECT FROM website_tags
      WHERE website_tags.website_id = websites.id AND website_tags.tag_id = maintenance_windows.tag_id
    )
  GROUP BY websites.id
),
known AS (
  SELECT told.website_id, told.spans * shown.span - coalesce(left_out.spans, '{}') AS spans
  FROM told CROSS JOIN shown LEFT JOIN left_out ON left_out.website_id = told.website_id
),
down AS (
  SELECT known.website_id, known.spans * failed.spans AS spans
  FROM known JOIN (
    SELECT website_id, range_agg(tstzrange(started_at, ended_at)) AS spans
    FROM downtime_windows WHERE ended_at IS NULL OR ended_at > started_at GROUP BY website_id
  ) failed ON failed.website_id = known.website_id
),
spans AS (
  SELECT website_id, unnest(spans) AS span, false AS is_down FROM known
  UNION ALL
  SELECT website_id, unnest(spans), true FROM down
),
of_days AS (
  SELECT spans.website_id, days.day, spans.is_down, date_part('epoch',
    least(upper(spans.span) AT TIME ZONE 'UTC', days.day + interval '1 day')
    - greatest(lower(spans.span) AT TIME ZONE 'UTC', days.day)) AS seconds
  FROM spans CROSS JOIN LATERAL generate_series(
    date_trunc('day', lower(spans.span) AT TIME ZONE 'UTC'),
    upper(spans.span) AT TIME ZONE 'UTC' - interval '1 microsecond', interval '1 day'
  ) AS days(day)
),
seconds AS (
  SELECT website_id, CAST(day AS date) AS day,
    CAST(coalesce(sum(seconds) FILTER (WHERE NOT is_down), 0) AS double precision) AS known,
    CAST(coalesce(sum(seconds) FILTER (WHERE is_down), 0) AS double precision) AS down
  FROM of_days GROUP BY website_id, CAST(day AS date)
),
checks AS (
  SELECT website_id, DATE '1970-01-01' + bucket AS day, up, degraded, down, unknown,
    response_ms / nullif(answered, 0) AS response_ms, fastest_ms, slowest_ms
  FROM rollup_days CROSS JOIN today
  WHERE bucket < date_part('epoch', today.at) / 86400 AND bucket >= date_part('epoch', today.at) / 86400 - 400
)
SELECT website_id, day,
  coalesce(checks.up, 0) AS up, coalesce(checks.degraded, 0) AS degraded,
  coalesce(checks.down, 0) AS down, coalesce(checks.unknown, 0) AS unknown,
  checks.response_ms, checks.fastest_ms, checks.slowest_ms,
  coalesce(seconds.known, 0) AS known_seconds, coalesce(seconds.down, 0) AS down_seconds,
  (seconds.known - seconds.down) / nullif(seconds.known, 0) AS uptime
FROM checks FULL JOIN seconds USING (website_id, day)
WITH NO DATA
"""
KEY = "CREATE UNIQUE INDEX website_days_key ON website_days (website_id, day)"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for statement in (OCCURRENCES, VIEW, KEY):
            op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP MATERIALIZED VIEW website_days")
        op.execute("DROP TABLE maintenance_occurrences")
