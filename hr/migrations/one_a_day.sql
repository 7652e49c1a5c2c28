-- No two rows say different things of the same day. An id as a range of one needs no extension,
-- which the embedded server would not have. A code stands for itself by its hash of 64 bits.
ALTER TABLE hr_hoursbasis ADD CONSTRAINT hours_basis_one_a_day EXCLUDE USING gist (
  int8range(organisation_id, organisation_id, '[]') WITH &&, int8range(hashtextextended(code, 0), hashtextextended(code, 0), '[]') WITH &&,
  daterange(from_on, to_on) WITH &&);
ALTER TABLE hr_leaveyear ADD CONSTRAINT leave_year_one_a_day EXCLUDE USING gist (
  int8range(organisation_id, organisation_id, '[]') WITH &&,
  daterange(from_on, to_on) WITH &&);
ALTER TABLE hr_payvalue ADD CONSTRAINT pay_value_one_a_day EXCLUDE USING gist (
  int8range(pay_point_id, pay_point_id, '[]') WITH &&,
  daterange(from_on, to_on) WITH &&);
ALTER TABLE hr_allowance ADD CONSTRAINT allowance_one_a_day EXCLUDE USING gist (
  int8range(organisation_id, organisation_id, '[]') WITH &&, int8range(hashtextextended(code, 0), hashtextextended(code, 0), '[]') WITH &&,
  daterange(from_on, to_on) WITH &&);
ALTER TABLE hr_positionbudget ADD CONSTRAINT position_budget_one_a_day EXCLUDE USING gist (
  int8range(position_id, position_id, '[]') WITH &&,
  daterange(from_on, to_on) WITH &&);
ALTER TABLE hr_employment ADD CONSTRAINT employment_one_at_a_time EXCLUDE USING gist (
  int8range(organisation_id, organisation_id, '[]') WITH &&, int8range(number, number, '[]') WITH &&,
  daterange(from_on, to_on) WITH &&);
ALTER TABLE hr_placement ADD CONSTRAINT placement_one_a_day EXCLUDE USING gist (
  int8range(assignment_id, assignment_id, '[]') WITH &&,
  daterange(from_on, to_on) WITH &&,
  tstzrange(recorded_at, superseded_at) WITH &&);
ALTER TABLE hr_privatedetails ADD CONSTRAINT private_details_one_a_day EXCLUDE USING gist (
  int8range(employment_id, employment_id, '[]') WITH &&,
  daterange(from_on, to_on) WITH &&,
  tstzrange(recorded_at, superseded_at) WITH &&);

-- The cost of a placement is borne to the last ten-thousandth, checked when the work is committed.
CREATE FUNCTION hr_shares_are_whole() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
DECLARE v_sum bigint;
BEGIN
  SELECT coalesce(sum(ten_thousandths), 0) INTO v_sum FROM hr_costshare
   WHERE organisation_id = NEW.organisation_id AND placement_id = NEW.id;
  IF v_sum <> 10000 THEN
    RAISE EXCEPTION 'The cost of placement % is shared to % of 10000.', NEW.id, v_sum
      USING ERRCODE = '23514', CONSTRAINT = 'cost_shares_are_whole';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER cost_shares_are_whole AFTER INSERT ON hr_placement
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hr_shares_are_whole();
