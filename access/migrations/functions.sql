-- Which organisations hold an e-mail domain: asked before anybody is signed in, of a domain that
-- is already known; tells nothing but ids. Two holders open nothing to either of them.
CREATE OR REPLACE FUNCTION ctx.domain_holders(p_domain text)
RETURNS TABLE (organisation_id int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT d.organisation_id FROM access_emaildomain d
  WHERE d.domain = p_domain AND d.verified_at IS NOT NULL
$$;
ALTER FUNCTION ctx.domain_holders(text) OWNER TO app_maint;
REVOKE ALL ON FUNCTION ctx.domain_holders(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ctx.domain_holders(text) TO app_rw;
