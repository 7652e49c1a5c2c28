-- A payment is changed once, when its run is released, and none of its indexes with it: room for a
-- second copy of each row on its page saves writing all of them again.
ALTER TABLE finance_payment SET (fillfactor = 45);
