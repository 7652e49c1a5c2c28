-- The terms of an allowance say one thing of a day, as they are known at a moment.
ALTER TABLE hr_allowance DROP CONSTRAINT allowance_one_a_day;
ALTER TABLE hr_allowance ADD CONSTRAINT allowance_one_a_day EXCLUDE USING gist (
  int8range(organisation_id, organisation_id, '[]') WITH &&,
  int8range(hashtextextended(code, 0), hashtextextended(code, 0), '[]') WITH &&,
  daterange(from_on, to_on) WITH &&,
  tstzrange(recorded_at, superseded_at) WITH &&);
