-- At which lines of the commit's files an output says that something is wrong.
ALTER TABLE "evidence" ADD COLUMN "findings" JSONB;
