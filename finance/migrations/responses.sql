-- A message stays as it was written: that it was handed over is added, and that once.
CREATE FUNCTION ctx.responses_stay() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE added text[] := ARRAY['handed_at', 'handed_by_name'];
BEGIN
  IF TG_OP = 'DELETE' OR OLD.handed_at IS NOT NULL
    OR to_jsonb(NEW) - added IS DISTINCT FROM to_jsonb(OLD) - added THEN
    RAISE EXCEPTION 'An invoice response stays as it was written'
      USING errcode = '23514', constraint = 'responses_stay';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER responses_stay BEFORE UPDATE OR DELETE ON finance_invoiceresponse
  FOR EACH ROW EXECUTE FUNCTION ctx.responses_stay();
