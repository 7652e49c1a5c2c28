CREATE OR REPLACE FUNCTION ctx.open_ledger_year(p_year int) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE t text; n text;
BEGIN
  IF p_year NOT BETWEEN 1990 AND 2100 THEN
    RAISE EXCEPTION 'No ledger is kept for the year %', p_year USING errcode = '22003';
  END IF;
  IF to_regclass(format('public.finance_journalline_%s', p_year)) IS NOT NULL THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(7305002);
  -- Read from the table: to_regclass remembers that there was none before the wait for the lock.
  IF EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace
                AND relname = format('finance_journalline_%s', p_year)) THEN RETURN; END IF;
  FOREACH t IN ARRAY ARRAY['finance_journal', 'finance_journalline'] LOOP
    n := format('%s_%s', t, p_year);
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)', n, t);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', n);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', n);
    EXECUTE format('GRANT SELECT ON %I TO app_dump, app_maint, app_bench', n);
    EXECUTE format('CREATE TRIGGER p_no_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT
                    EXECUTE FUNCTION ctx.ledger_is_append_only()', n);
    EXECUTE format('CREATE TRIGGER p_own_batch AFTER INSERT ON %I REFERENCING NEW TABLE AS new_rows
                    FOR EACH STATEMENT EXECUTE FUNCTION ctx.ledger_rows_in_own_batch()', n);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)',
                   t, n, p_year * 100, (p_year + 1) * 100);
  END LOOP;
END $$;
