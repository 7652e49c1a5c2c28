-- Functions that must see across organisations. Owned by app_maint, search_path pinned, each small.
CREATE OR REPLACE FUNCTION ctx.memberships(p_person bigint, p_on date)
RETURNS TABLE (organisation_id int, slug text, name text, short_name text, kind text, status text,
               role text, unit_path text, limit_pence bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.id::int, o.slug::text, o.name::text, o.short_name::text, o.kind::text, o.status::text,
         g.role::text, coalesce(u.path, '')::text, g.limit_pence
  FROM tenants_grant g
  JOIN tenants_person p ON p.id = g.person_id AND p.is_active
  JOIN tenants_organisation o ON o.id = g.organisation_id
  LEFT JOIN tenants_unit u ON u.organisation_id = g.organisation_id AND u.id = g.unit_id
  WHERE g.person_id = p_person AND g.valid @> p_on
  ORDER BY o.kind <> 'centre', o.name, g.role
$$;
CREATE OR REPLACE FUNCTION ctx.organisations()
RETURNS TABLE (id int, slug text, name text, short_name text, kind text, standing text, status text,
               brand_colour text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.id::int, o.slug::text, o.name::text, o.short_name::text, o.kind::text, o.standing::text,
         o.status::text, o.brand_colour::text
  FROM tenants_organisation o ORDER BY o.id
$$;
-- Of a former organisation everything is kept and nothing is written: ctx.acting() asks here.
CREATE OR REPLACE FUNCTION ctx.has_left(p_org int) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM tenants_organisation o WHERE o.id = p_org AND o.status = 'former')
$$;
ALTER FUNCTION ctx.has_left(int) OWNER TO app_maint;
ALTER FUNCTION ctx.memberships(bigint, date) OWNER TO app_maint;
ALTER FUNCTION ctx.organisations() OWNER TO app_maint;
REVOKE ALL ON FUNCTION ctx.has_left(int), ctx.memberships(bigint, date), ctx.organisations()
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ctx.memberships(bigint, date), ctx.organisations() TO app_rw;
GRANT EXECUTE ON FUNCTION ctx.has_left(int) TO app_rw, app_maint, app_bench, app_owner;
