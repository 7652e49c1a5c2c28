-- Committed pay is never changed. Asked once for each statement, not once for each row.
CREATE FUNCTION payroll_slips_are_open() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  IF EXISTS (SELECT FROM touched t JOIN payroll_payrun r
               ON r.organisation_id = t.organisation_id AND r.id = t.pay_run_id
              WHERE r.state IN ('committed', 'paid')) THEN
    RAISE EXCEPTION 'The payslips of a committed pay run cannot be changed.'
      USING ERRCODE = '23514', CONSTRAINT = 'committed_pay_is_final';
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION payroll_parts_are_open() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  IF EXISTS (SELECT FROM touched t JOIN payroll_payslip s
               ON s.organisation_id = t.organisation_id AND s.id = t.payslip_id
             JOIN payroll_payrun r
               ON r.organisation_id = s.organisation_id AND r.id = s.pay_run_id
              WHERE r.state IN ('committed', 'paid')) THEN
    RAISE EXCEPTION 'The payslips of a committed pay run cannot be changed.'
      USING ERRCODE = '23514', CONSTRAINT = 'committed_pay_is_final';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER slips_open_for_new AFTER INSERT ON payroll_payslip
  REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION payroll_slips_are_open();
CREATE TRIGGER slips_open_for_end AFTER DELETE ON payroll_payslip
  REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION payroll_slips_are_open();
CREATE TRIGGER slips_open_for_change AFTER UPDATE ON payroll_payslip
  REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION payroll_slips_are_open();
CREATE TRIGGER lines_open_for_new AFTER INSERT ON payroll_payslipline
  REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION payroll_parts_are_open();
CREATE TRIGGER lines_open_for_end AFTER DELETE ON payroll_payslipline
  REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION payroll_parts_are_open();
CREATE TRIGGER lines_open_for_change AFTER UPDATE ON payroll_payslipline
  REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION payroll_parts_are_open();
CREATE TRIGGER costs_open_for_new AFTER INSERT ON payroll_paycost
  REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION payroll_parts_are_open();
CREATE TRIGGER costs_open_for_end AFTER DELETE ON payroll_paycost
  REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION payroll_parts_are_open();
CREATE TRIGGER costs_open_for_change AFTER UPDATE ON payroll_paycost
  REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION payroll_parts_are_open();

-- A run goes on from committed to paid and nowhere else; before that its payslips must add up.
CREATE FUNCTION payroll_run_goes_on() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
DECLARE v_wrong bigint;
BEGIN
  IF OLD.state IN ('committed', 'paid') AND (
       NEW.state NOT IN ('committed', 'paid') OR (OLD.state = 'paid' AND NEW.state <> 'paid')
       OR (NEW.inputs, NEW.digest, NEW.results, NEW.period_id, NEW.number, NEW.committed_at,
           NEW.approved_by_id, NEW.batch_id)
          IS DISTINCT FROM (OLD.inputs, OLD.digest, OLD.results, OLD.period_id, OLD.number,
           OLD.committed_at, OLD.approved_by_id, OLD.batch_id)) THEN
    RAISE EXCEPTION 'A committed pay run cannot be changed.'
      USING ERRCODE = '23514', CONSTRAINT = 'committed_pay_is_final';
  END IF;
  IF NEW.state = 'committed' AND OLD.state <> 'committed' THEN
    SELECT count(*) INTO v_wrong FROM public.payroll_payslip s LEFT JOIN (
      SELECT l.payslip_id, sum(l.amount_pence) AS pence FROM public.payroll_payslipline l
        JOIN public.payroll_payslip m ON m.organisation_id = l.organisation_id AND m.id = l.payslip_id
       WHERE m.organisation_id = NEW.organisation_id AND m.pay_run_id = NEW.id
       GROUP BY l.payslip_id) l ON l.payslip_id = s.id
     WHERE s.organisation_id = NEW.organisation_id AND s.pay_run_id = NEW.id
       AND s.net_pence <> coalesce(l.pence, 0);
    IF v_wrong > 0 THEN
      RAISE EXCEPTION '% payslips do not add up to their net pay.', v_wrong
        USING ERRCODE = '23514', CONSTRAINT = 'payslips_add_up';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER run_goes_on BEFORE UPDATE ON payroll_payrun
  FOR EACH ROW EXECUTE FUNCTION payroll_run_goes_on();

-- After a load of staff or a calculation the planner knows nothing of the new rows: joins over them
-- would loop. ANALYZE needs MAINTAIN, which the application role must not have.
GRANT MAINTAIN ON hr_employment, hr_assignment, hr_placement, hr_costshare, hr_privatedetails,
  payroll_paymember, payroll_payslip, payroll_payslipline, payroll_paycost TO app_maint;
CREATE FUNCTION ctx.analyse_payroll() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  ANALYZE hr_employment, hr_assignment, hr_placement, hr_costshare, hr_privatedetails,
    payroll_paymember, payroll_payslip, payroll_payslipline, payroll_paycost;
END $$;
ALTER FUNCTION ctx.analyse_payroll() OWNER TO app_maint;
REVOKE ALL ON FUNCTION ctx.analyse_payroll() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ctx.analyse_payroll() TO app_rw;
