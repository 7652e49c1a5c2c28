-- Which organisations have something to tell: asked by workers, which act for one after the other.
CREATE FUNCTION ctx.organisations_with_webhooks() RETURNS TABLE (organisation_id int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT w.organisation_id FROM events_webhook w
  WHERE w.ended_at IS NULL AND NOT ctx.has_left(w.organisation_id)
$$;
ALTER FUNCTION ctx.organisations_with_webhooks() OWNER TO app_maint;
REVOKE ALL ON FUNCTION ctx.organisations_with_webhooks() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ctx.organisations_with_webhooks() TO app_rw;
