-- What a committed payslip took for an order is as final as the payslip.
CREATE TRIGGER orders_open_for_new AFTER INSERT ON payroll_ordertaken
  REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION payroll_parts_are_open();
CREATE TRIGGER orders_open_for_end AFTER DELETE ON payroll_ordertaken
  REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION payroll_parts_are_open();
CREATE TRIGGER orders_open_for_change AFTER UPDATE ON payroll_ordertaken
  REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION payroll_parts_are_open();
