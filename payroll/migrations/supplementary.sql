-- Whom a committed run paid, when and as which of its period is as final as its figures.
CREATE FUNCTION payroll_run_keeps_its_day() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  IF OLD.state IN ('committed', 'paid')
     AND (NEW.pays_on, NEW.sequence, NEW.chosen, NEW.reason)
         IS DISTINCT FROM (OLD.pays_on, OLD.sequence, OLD.chosen, OLD.reason) THEN
    RAISE EXCEPTION 'A committed pay run cannot be changed.'
      USING ERRCODE = '23514', CONSTRAINT = 'committed_pay_is_final';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER run_keeps_its_day BEFORE UPDATE ON payroll_payrun
  FOR EACH ROW EXECUTE FUNCTION payroll_run_keeps_its_day();
