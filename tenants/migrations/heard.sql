-- What was made in a rehearsal stays unheard once the organisation is live: since when it is.
CREATE FUNCTION tenants_goes_live() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  IF NEW.status = 'live' AND OLD.status <> 'live' THEN
    NEW.live_since := clock_timestamp();
  ELSE
    NEW.live_since := OLD.live_since;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER organisation_goes_live BEFORE UPDATE ON tenants_organisation
  FOR EACH ROW EXECUTE FUNCTION tenants_goes_live();
CREATE FUNCTION ctx.heard_since(p_org int) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(o.live_since, timestamptz '0001-01-01 00:00:00+00')
  FROM tenants_organisation o WHERE o.id = p_org AND o.status = 'live'
$$;
ALTER FUNCTION ctx.heard_since(int) OWNER TO app_maint;
REVOKE ALL ON FUNCTION ctx.heard_since(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ctx.heard_since(int) TO app_rw;
