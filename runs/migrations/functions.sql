CREATE OR REPLACE FUNCTION ctx.open_runs()
RETURNS TABLE (organisation_id int, run_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT r.organisation_id, r.id FROM runs_run r WHERE r.state IN ('planned', 'running')
   AND NOT ctx.has_left(r.organisation_id) ORDER BY r.id
$$;
ALTER FUNCTION ctx.open_runs() OWNER TO app_maint;
REVOKE ALL ON FUNCTION ctx.open_runs() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ctx.open_runs() TO app_rw;
