-- Compressing a payload was more than half of what the database did for a delivery, while GitHub waits for the answer.
-- Stored as they come; those that came to nothing, which are most, are emptied after a day (store/deliveries.ts).
ALTER TABLE "deliveries" ALTER COLUMN "payload" SET STORAGE EXTERNAL;
