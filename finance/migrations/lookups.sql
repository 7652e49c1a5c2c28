-- Which organisations have had a register asked: workers ask this, and act for one after the other.
CREATE FUNCTION ctx.organisations_with_lookups() RETURNS TABLE (organisation_id int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT l.organisation_id FROM finance_registerlookup l
  WHERE l.state = 'waiting' AND NOT ctx.has_left(l.organisation_id)
$$;
ALTER FUNCTION ctx.organisations_with_lookups() OWNER TO app_maint;
REVOKE ALL ON FUNCTION ctx.organisations_with_lookups() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ctx.organisations_with_lookups() TO app_rw;
