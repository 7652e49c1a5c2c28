-- What a committed payslip took of an overpayment is as final as the payslip.
CREATE TRIGGER recoveries_open_for_new AFTER INSERT ON payroll_recoverytaken
  REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION payroll_parts_are_open();
CREATE TRIGGER recoveries_open_for_end AFTER DELETE ON payroll_recoverytaken
  REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION payroll_parts_are_open();
CREATE TRIGGER recoveries_open_for_change AFTER UPDATE ON payroll_recoverytaken
  REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION payroll_parts_are_open();
