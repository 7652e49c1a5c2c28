-- A signed month keeps the targets that it was judged by.
CREATE FUNCTION ctx.signed_targets_stay() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM sla_signedmonth s
              WHERE s.organisation_id = coalesce(NEW.organisation_id, OLD.organisation_id)
                AND s.month >= least(NEW.valid_from, OLD.valid_from)) THEN
    RAISE EXCEPTION 'A month is signed, and its targets stay as they were'
      USING errcode = '23514', constraint = 'signed_targets_stay';
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER signed_targets_stay BEFORE INSERT OR UPDATE OR DELETE ON sla_target
  FOR EACH ROW EXECUTE FUNCTION ctx.signed_targets_stay();
