-- How often a reviewer has sent the change back in this round of requests; apart from the repairs of verification.
ALTER TABLE "tasks" ADD COLUMN "review_rounds" INTEGER NOT NULL DEFAULT 0;
