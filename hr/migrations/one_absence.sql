-- Nobody is away twice on a day, and an absence is one thing at a moment.
ALTER TABLE hr_absence ADD CONSTRAINT absence_one_a_day EXCLUDE USING gist (
  int8range(employment_id, employment_id, '[]') WITH &&,
  daterange(from_on, to_on) WITH &&,
  tstzrange(recorded_at, superseded_at) WITH &&);
ALTER TABLE hr_absence ADD CONSTRAINT absence_known_once EXCLUDE USING gist (
  int8range(organisation_id, organisation_id, '[]') WITH &&,
  int8range(number, number, '[]') WITH &&,
  tstzrange(recorded_at, superseded_at) WITH &&);
