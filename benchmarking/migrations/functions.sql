-- Comparison across organisations. Owned by app_bench, which can only read; search_path pinned.
GRANT CREATE ON SCHEMA ctx TO app_bench;
-- Numbers of all live partners without their names: `place` is drawn anew at every call. They are
-- not yet suppressed, so only the run of a centre, which publishes the comparison, is told them.
CREATE OR REPLACE FUNCTION ctx.contributions(p_measures text[], p_first date, p_until date)
RETURNS TABLE (place bigint, measure text, month date, value bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH partners AS MATERIALIZED (
    SELECT o.id, row_number() OVER (ORDER BY random()) AS place
    FROM tenants_organisation o WHERE o.kind <> 'centre' AND o.status = 'live')
  SELECT p.place, v.measure::text, v.month, v.value
  FROM partners p JOIN sla_measurevalue v ON v.organisation_id = p.id
  WHERE v.measure = ANY (p_measures) AND v.part = '' AND v.month >= p_first AND v.month < p_until
    AND EXISTS (SELECT FROM tenants_organisation c
                WHERE c.id = ctx.acting() AND c.kind = 'centre')
$$;
-- Peers who agreed to be named, to an organisation that agreed as well; nobody to any other.
CREATE OR REPLACE FUNCTION ctx.named_peers(p_measures text[], p_month date)
RETURNS TABLE (organisation_id int, name text, measure text, value bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.id::int, o.short_name::text, v.measure::text, v.value
  FROM tenants_organisation me
  JOIN tenants_organisation o ON o.id <> me.id AND o.named_in_comparison
    AND o.kind <> 'centre' AND o.status = 'live'
  JOIN sla_measurevalue v ON v.organisation_id = o.id
  WHERE me.id = ctx.acting() AND me.named_in_comparison
    AND v.measure = ANY (p_measures) AND v.part = '' AND v.month = p_month
  ORDER BY o.short_name
$$;
ALTER FUNCTION ctx.contributions(text[], date, date) OWNER TO app_bench;
ALTER FUNCTION ctx.named_peers(text[], date) OWNER TO app_bench;
REVOKE CREATE ON SCHEMA ctx FROM app_bench;
REVOKE ALL ON FUNCTION ctx.contributions(text[], date, date), ctx.named_peers(text[], date)
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ctx.contributions(text[], date, date), ctx.named_peers(text[], date)
  TO app_rw;
