-- An organisation is visible to those whose scope holds it; it is written only by acting for it.
ALTER TABLE tenants_organisation ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenants_organisation FORCE ROW LEVEL SECURITY;
CREATE POLICY may_read ON tenants_organisation FOR SELECT TO app_rw
  USING (id = ANY ((SELECT ctx.tenants())::int[]));
CREATE POLICY may_insert ON tenants_organisation FOR INSERT TO app_rw
  WITH CHECK (id = (SELECT ctx.acting()));
CREATE POLICY may_update ON tenants_organisation FOR UPDATE TO app_rw
  USING (id = (SELECT ctx.acting())) WITH CHECK (id = (SELECT ctx.acting()));
GRANT SELECT ON tenants_organisation, tenants_person TO app_maint, app_bench;
CREATE UNLOGGED TABLE IF NOT EXISTS core_cache (
  cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX IF NOT EXISTS core_cache_expires ON core_cache (expires);
