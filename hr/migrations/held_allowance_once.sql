-- A job has an allowance once on a day, as it is known at a moment.
ALTER TABLE hr_heldallowance ADD CONSTRAINT held_allowance_one_a_day EXCLUDE USING gist (
  int8range(assignment_id, assignment_id, '[]') WITH &&,
  int8range(hashtextextended(code, 0), hashtextextended(code, 0), '[]') WITH &&,
  daterange(from_on, to_on) WITH &&,
  tstzrange(recorded_at, superseded_at) WITH &&);
