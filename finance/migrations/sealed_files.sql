-- What was made for the bank is never changed; keys are renewed, so its seal may be.
CREATE FUNCTION finance_paymentfilepart_stays() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  IF to_jsonb(NEW) - 'content_sealed' IS DISTINCT FROM to_jsonb(OLD) - 'content_sealed' THEN
    RAISE EXCEPTION 'A file that was made for the bank cannot be changed.'
      USING ERRCODE = '23514', CONSTRAINT = 'payment_file_stays';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payment_file_part_stays BEFORE UPDATE ON finance_paymentfilepart
  FOR EACH ROW EXECUTE FUNCTION finance_paymentfilepart_stays();
