-- What was issued is never changed; keys are renewed, so its seal may be.
CREATE FUNCTION payroll_certificate_stays() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  IF to_jsonb(NEW) - 'content_sealed' IS DISTINCT FROM to_jsonb(OLD) - 'content_sealed' THEN
    RAISE EXCEPTION 'A certificate that was issued cannot be changed.'
      USING ERRCODE = '23514', CONSTRAINT = 'certificates_stay';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER certificate_stays BEFORE UPDATE ON payroll_certificate
  FOR EACH ROW EXECUTE FUNCTION payroll_certificate_stays();
