-- Roles of reliability by least privilege. Web and workers are app_rw, which owns nothing.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app_owner') THEN CREATE ROLE app_owner LOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app_rw') THEN CREATE ROLE app_rw LOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app_maint') THEN CREATE ROLE app_maint NOLOGIN BYPASSRLS; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app_dump') THEN CREATE ROLE app_dump LOGIN BYPASSRLS; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app_bench') THEN CREATE ROLE app_bench NOLOGIN BYPASSRLS; END IF;
END $$;
ALTER ROLE app_owner NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS;
ALTER ROLE app_rw NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS;
ALTER ROLE app_rw SET track_activities = off;
ALTER ROLE app_rw SET statement_timeout = '10min';
ALTER ROLE app_rw SET idle_in_transaction_session_timeout = '10min';
GRANT app_maint, app_bench TO app_owner;
