-- The last seal of every organisation: what is published elsewhere, so that a trail that was cut
-- short or sealed anew can be told from the true one. Hashes and counts only, no content.
CREATE OR REPLACE FUNCTION ctx.anchors()
RETURNS TABLE (slug text, number bigint, hash text, events bigint, sealed_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.slug::text, s.number, encode(s.hash, 'hex'),
         (SELECT sum(e.events) FROM events_seal e WHERE e.organisation_id = o.id)::bigint, s.sealed_at
  FROM tenants_organisation o
  JOIN LATERAL (SELECT * FROM events_seal l WHERE l.organisation_id = o.id
                ORDER BY l.number DESC LIMIT 1) s ON true
  ORDER BY o.slug
$$;
ALTER FUNCTION ctx.anchors() OWNER TO app_maint;
REVOKE ALL ON FUNCTION ctx.anchors() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ctx.anchors() TO app_rw;
