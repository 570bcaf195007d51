"""A view of each website's days for other programs, on PostgreSQL only.

Its figures for past days match those of the pages, as of the last refresh by `core.services.website_days`.
"""

from sqlalchemy import DDL, MetaData, event

VIEW = "website_days"
OCCURRENCES = "maintenance_occurrences"
DAYS = 400  # a year and a month to compare; a day takes 100 bytes per website

# SQL cannot expand recurrence rules, so the occurrences of maintenance are stored before each refresh.
MAKE_OCCURRENCES = f"""
CREATE TABLE {OCCURRENCES} (
  window_id integer NOT NULL, started_at timestamp with time zone NOT NULL, ended_at timestamp with time zone NOT NULL
)
"""
MAKE_VIEW = f"""
CREATE MATERIALIZED VIEW {VIEW} AS
WITH today AS (
  SELECT date_trunc('day', now(), 'UTC') AS at
),
shown AS (
  SELECT tstzmultirange(tstzrange(at - interval '{DAYS * 24} hours', at)) AS span FROM today
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
  FROM {OCCURRENCES} occurrence
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
  SELECT told.website_id, told.spans * shown.span - coalesce(left_out.spans, '{{}}') AS spans
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
  WHERE bucket < date_part('epoch', today.at) / 86400 AND bucket >= date_part('epoch', today.at) / 86400 - {DAYS}
)
SELECT website_id, day,
  coalesce(checks.up, 0) AS up, coalesce(checks.degraded, 0) AS degraded,
  coalesce(checks.down, 0) AS down, coalesce(checks.unknown, 0) AS unknown,
  checks.response_ms, checks.fastest_ms, checks.slowest_ms,
  coalesce(seconds.known, 0) AS known_seconds, coalesce(seconds.down, 0) AS down_seconds,
  (seconds.known - seconds.down) / nullif(seconds.known, 0) AS uptime
FROM checks FULL JOIN seconds USING (website_id, day)
WITH NO DATA
"""  # noqa: S608 - names of ours
# Without a unique index, a refresh would lock out readers.
MAKE_KEY = f"CREATE UNIQUE INDEX {VIEW}_key ON {VIEW} (website_id, day)"
DROP = (f"DROP MATERIALIZED VIEW IF EXISTS {VIEW}", f"DROP TABLE IF EXISTS {OCCURRENCES}")


def attend(metadata: MetaData) -> None:
    """Create the view after its tables, and drop it before them."""
    for moment, statements in (("after_create", (MAKE_OCCURRENCES, MAKE_VIEW, MAKE_KEY)), ("before_drop", DROP)):
        for statement in statements:
            ddl = DDL(statement.replace("%", "%%")).execute_if(dialect="postgresql")  # type: ignore[no-untyped-call]
            event.listen(metadata, moment, ddl)
