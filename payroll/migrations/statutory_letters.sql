-- What was given is never changed; keys are renewed, so its seal may be.
CREATE FUNCTION payroll_statutory_letter_stays() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  IF to_jsonb(NEW) - 'content_sealed' IS DISTINCT FROM to_jsonb(OLD) - 'content_sealed' THEN
    RAISE EXCEPTION 'A letter that was given cannot be changed.'
      USING ERRCODE = '23514', CONSTRAINT = 'statutory_letters_stay';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER statutory_letter_stays BEFORE UPDATE ON payroll_statutoryletter
  FOR EACH ROW EXECUTE FUNCTION payroll_statutory_letter_stays();
