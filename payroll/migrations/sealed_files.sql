-- What was made for the bank is never changed; keys are renewed, so its seal may be.
CREATE FUNCTION payroll_payfilepart_stays() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  IF to_jsonb(NEW) - 'content_sealed' IS DISTINCT FROM to_jsonb(OLD) - 'content_sealed' THEN
    RAISE EXCEPTION 'A file that was made for the bank cannot be changed.'
      USING ERRCODE = '23514', CONSTRAINT = 'pay_file_stays';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER pay_file_part_stays BEFORE UPDATE ON payroll_payfilepart
  FOR EACH ROW EXECUTE FUNCTION payroll_payfilepart_stays();
