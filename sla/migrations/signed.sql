-- The figures of a signed month stay as they were signed; what is found later is a correction.
CREATE FUNCTION ctx.signed_figures_stay() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE v_month date;
BEGIN
  SELECT s.month INTO v_month FROM sla_signedmonth s
   WHERE s.organisation_id = coalesce(NEW.organisation_id, OLD.organisation_id)
     AND s.month IN (NEW.month, OLD.month);
  IF v_month IS NOT NULL THEN
    RAISE EXCEPTION 'The figures of % are signed and stay as they are', to_char(v_month, 'FMMonth YYYY')
      USING errcode = '23514', constraint = 'signed_figures_stay';
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER signed_figures_stay BEFORE INSERT OR UPDATE OR DELETE ON sla_measurevalue
  FOR EACH ROW EXECUTE FUNCTION ctx.signed_figures_stay();

-- The figures of a month in one fingerprint: signed once, asked again by check_invariants.
CREATE FUNCTION ctx.figures_of_month(p_org int, p_month date, OUT figures int, OUT digest text)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT count(*)::int, encode(sha256(convert_to(coalesce(string_agg(
           concat_ws('|', measure, part, value), E'\n' ORDER BY measure, part), ''), 'UTF8')), 'hex')
  FROM sla_measurevalue WHERE organisation_id = p_org AND month = p_month
$$;
GRANT EXECUTE ON FUNCTION ctx.figures_of_month(int, date) TO PUBLIC;
